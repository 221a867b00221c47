using System.Runtime.CompilerServices;

namespace DriverKit.Tests.Support;

/// <summary>What must hold of every address space at any time, counted afresh from the areas and the page tables.</summary>
internal static class Audit
{
    public static void AddressSpaces(Kernel kernel)
    {
        var mapped = new Dictionary<Page, int>();
        foreach (MmStruct mm in kernel.Processes.Select(process => process.Mm).Distinct())
            AddressSpace(kernel, mm, mapped);
        foreach ((Page page, int count) in mapped)
        {
            Assert.Equal(count, page.Mapcount);
            Assert.True(page.Head.Count >= count, $"{page} is mapped {count} times");
        }
    }

    private static void AddressSpace(Kernel kernel, MmStruct mm, Dictionary<Page, int> mapped)
    {
        ulong end = 0, total = 0, anonymous = 0, file = 0;
        int areas = 0;
        var resident = new HashSet<ulong>();
        foreach (VmAreaStruct vma in mm.Mmap)
        {
            areas++;
            total += vma.Length >> PageShift;
            Assert.True(vma.VmStart.Value >= end && vma.VmEnd > vma.VmStart && vma.VmEnd.Value <= mm.TaskSize, $"{vma} after {end:x}");
            Assert.True(vma.VmStart.IsPageAligned && vma.VmEnd.IsPageAligned);
            end = vma.VmEnd.Value;
            ulong at = vma.VmStart.Value;
            for (; kernel.VirtualMemory.Tables.NextResident(mm, ref at, end, out PhysicalAddress where); at += PageSize)
            {
                PageTableEntry entry = kernel.VirtualMemory.Tables.Read(where);
                resident.Add(at);
                CheckTlb(kernel, mm, at, entry);
                Assert.False(entry.IsWritable && (vma.VmFlags & VmFlags.Write) == 0, $"{entry} in {vma}");
                Assert.False(entry.IsWritable && entry.Pfn == kernel.VirtualMemory.Tables.ZeroPage.Pfn, $"the zero page is writable at {at:x}");
                if (kernel.VirtualMemory.Tables.NormalPage(entry) is not { } page)
                    continue;
                mapped[page] = mapped.GetValueOrDefault(page) + 1;
                if (page.IsAnonymous)
                    anonymous++;
                else
                    file++;
            }
        }

        Assert.Equal((areas, total), (mm.MapCount, mm.TotalVm));
        Assert.Equal((anonymous, file), (mm.AnonRss, mm.FileRss + mm.ShmemRss));
        ulong strays = 0, upper = 0;
        ulong lowest = CountTables(kernel, mm, mm.Pgd, 0, 0, resident, ref strays, ref upper);
        Assert.Equal((lowest, (lowest + upper - 1) * PageSize), (mm.NrPtes, mm.PgtablesBytes));
        Assert.Equal(0ul, strays);
    }

    /// <summary>A translation in the TLB is the one in the page table, and a store is remembered only for a page that is writable and dirty.</summary>
    private static void CheckTlb(Kernel kernel, MmStruct mm, ulong address, PageTableEntry entry)
    {
        if (!kernel.Machine.Bus.TryGetMemory(entry.Pfn, out byte[] memory, out int offset))
            return;
        Span<byte> load = mm.Tlb.Bytes(address, AccessType.Load, 8), store = mm.Tlb.Bytes(address, AccessType.Store, 8);
        Assert.True(load.IsEmpty || (entry.IsPresent && Unsafe.AreSame(ref load[0], ref memory[offset])), $"stale load translation of {address:x}");
        Assert.True(store.IsEmpty || (entry is { IsPresent: true, IsWritable: true, IsDirty: true } && Unsafe.AreSame(ref store[0], ref memory[offset])), $"stale store translation of {address:x}");
    }

    /// <summary>Tables of the lowest level below the user half of a table, and those above them; entries that no area covers are strays.</summary>
    private static ulong CountTables(Kernel kernel, MmStruct mm, PhysicalAddress table, int level, ulong start, HashSet<ulong> resident, ref ulong strays, ref ulong upper)
    {
        PageTableWalker walker = kernel.Machine.PageTables;
        PageTableLevel shape = walker.Format.Levels[level];
        bool lowest = level == walker.Format.Levels.Length - 1;
        ulong tables = 0;
        for (int i = 0; i < shape.Entries; i++)
        {
            ulong address = start + (ulong)i * shape.Coverage;
            if (address >= mm.TaskSize)
                break;
            PageTableEntry entry = walker.Read(table + (ulong)(i * walker.Format.EntrySize));
            if (lowest)
            {
                strays += entry.IsResident && !resident.Contains(address) ? 1ul : 0;
                Assert.True(entry.IsResident || mm.Tlb.Bytes(address, AccessType.Load, 1).IsEmpty, $"stale translation of {address:x}");
            }
            else if (entry.IsPresent)
            {
                tables += CountTables(kernel, mm, entry.Pfn.ToPhysical(), level + 1, address, resident, ref strays, ref upper);
            }
        }

        upper += lowest ? 0ul : 1;
        return tables + (lowest ? 1ul : 0);
    }
}
