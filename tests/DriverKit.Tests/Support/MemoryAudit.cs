using DriverKit.Memory.Cache;

namespace DriverKit.Tests.Support;

/// <summary>What must hold of swap, the caches, the reclaim lists and the counters of pages at any time, counted afresh from page tables and memory map.</summary>
internal static class MemoryAudit
{
    /// <summary>Everything, address spaces too.</summary>
    public static void Check(Kernel kernel)
    {
        Audit.AddressSpaces(kernel);
        Dictionary<SwapEntry, int> users = SwapUsers(kernel);
        ReclaimLists(kernel);
        Pages(kernel, users);
        Blocks(kernel, users);
        Promises(kernel);
    }

    /// <summary>Page-table entries by the block they name; each address space has counted its own.</summary>
    private static Dictionary<SwapEntry, int> SwapUsers(Kernel kernel)
    {
        var users = new Dictionary<SwapEntry, int>();
        foreach (MmStruct mm in kernel.Processes.Select(process => process.Mm).Distinct())
        {
            ulong count = 0, at = 0;
            for (; kernel.VirtualMemory.Tables.NextEntry(mm, ref at, mm.TaskSize, out PhysicalAddress where); at += PageSize)
            {
                PageTableEntry entry = kernel.VirtualMemory.Tables.Read(where);
                if (entry.IsResident)
                    continue;
                Assert.True(mm.FindVma(new(at)) is { } vma && vma.VmStart.Value <= at, $"a page in swap where no area is: {at:x}");
                var block = SwapEntry.Of(entry);
                users[block] = users.GetValueOrDefault(block) + 1;
                count++;
            }

            Assert.Equal(count, mm.SwapEntries);
        }

        return users;
    }

    private static void ReclaimLists(Kernel kernel)
    {
        ulong listed = 0;
        foreach (Zone zone in kernel.Memory.PopulatedZones)
        {
            listed += Walk(zone.ActiveList, zone, active: true) + Walk(zone.InactiveList, zone, active: false);
        }

        Assert.Equal((ulong)AllPages(kernel).Count(page => page.Has(PageFlags.Lru)), listed);

        static ulong Walk(LruList list, Zone zone, bool active)
        {
            ulong count = 0;
            Page? previous = null;
            for (Page? page = list.Head; page is not null; previous = page, page = page.LruNext, count++)
            {
                Assert.True(page.Has(PageFlags.Lru) && page.Has(PageFlags.Active) == active && page.Zone == zone && page.LruPrevious == previous && page.Count > 0, $"{page} is on a list");
            }

            Assert.Equal((previous, list.Count), (list.Tail, count));
            return count;
        }
    }

    private static void Pages(Kernel kernel, Dictionary<SwapEntry, int> users)
    {
        long anonymous = 0, mapped = 0, cached = 0, shared = 0, dirty = 0;
        ulong inSwapCache = 0;
        foreach (Page page in AllPages(kernel))
        {
            if (page.Mapcount != 0)
                _ = page.IsAnonymous ? anonymous++ : mapped++;
            int caches = 0;
            if (page.Mapping is AddressSpace mapping)
            {
                Assert.Same(page, mapping.Pages[page.Index]);
                caches++;
                cached++;
                shared += mapping.AOps.IsSwapBacked ? 1 : 0;
                dirty += !mapping.AOps.IsSwapBacked && page.Has(PageFlags.Dirty) ? 1 : 0;
            }

            if (page.Has(PageFlags.SwapCache))
            {
                Assert.Same(page, kernel.VirtualMemory.SwapCache.Find(SwapEntry.Of(page.Private)));
                Assert.True(users.ContainsKey(SwapEntry.Of(page.Private)), $"{page} keeps a block that nobody needs");
                caches++;
                cached++;
                inSwapCache++;
            }

            Assert.True(page.Head.Count >= page.Mapcount + caches, $"{page}");
            if (page.Mapcount != 0 && page.Mapping is not null)
                Assert.Equal(page.Mapcount, kernel.VirtualMemory.ReverseMap.MappingsOf(page).Count());
        }

        VmStat stat = kernel.Memory.VmStat;
        Assert.Equal(
            (anonymous, mapped, cached, shared, dirty),
            (stat[ZoneStat.AnonPages], stat[ZoneStat.Mapped], stat[ZoneStat.FilePages], stat[ZoneStat.Shmem], stat[ZoneStat.Dirty]));
        Assert.Equal(inSwapCache, kernel.VirtualMemory.SwapCache.Count);
    }

    /// <summary>A block has as many users as entries and caches name it; one user more, and nothing else, is shared anonymous memory.</summary>
    private static void Blocks(Kernel kernel, Dictionary<SwapEntry, int> users)
    {
        foreach (SwapArea area in kernel.VirtualMemory.Swap.Areas)
        {
            ulong inUse = 0;
            for (ulong block = 1; block <= area.Pages; block++)
            {
                var entry = new SwapEntry(area.Type, block);
                int entries = users.GetValueOrDefault(entry), cache = kernel.VirtualMemory.SwapCache.Find(entry) is null ? 0 : 1;
                int count = area.Users(block);
                inUse += count != 0 ? 1ul : 0;
                Assert.True(count == entries + cache || (count == 1 && entries + cache == 0), $"{entry} has {count} users, {entries} entries name it");
            }

            Assert.Equal(inUse, area.InUse);
        }
    }

    private static void Promises(Kernel kernel)
    {
        ulong promised = 0;
        var files = new HashSet<Inode>();
        foreach (VmAreaStruct vma in kernel.Processes.Select(process => process.Mm).Distinct().SelectMany(mm => mm.Mmap))
        {
            if (vma.Has(VmFlags.Account))
                promised += vma.Length >> PageShift;
            if (vma.VmFile is { Inode.IMapping.AOps.IsSwapBacked: true } file && files.Add(file.Inode) && !vma.Has(VmFlags.NoReserve))
                promised += (ulong)file.Inode.ISize >> PageShift;
        }

        Assert.Equal(promised, kernel.VirtualMemory.Overcommit.Committed);
    }

    private static IEnumerable<Page> AllPages(Kernel kernel)
    {
        MemoryMap map = kernel.Memory.MemoryMap;
        for (Pfn pfn = default; pfn < map.Frames; pfn += 1ul)
        {
            if (map.Known(pfn) is { } page)
                yield return page;
        }
    }
}
