using System.Reflection;

namespace DriverKit.Tests.Support;

/// <summary>What a machine has after boot, and whether it has it again.</summary>
internal sealed class LeakCheck
{
    private static readonly FieldInfo KernelTables = typeof(Kernel).GetField("_kernelTables", BindingFlags.NonPublic | BindingFlags.Instance)!;

    /// <summary>What a zone's pages are used for while something uses them.</summary>
    private static readonly ZoneStat[] Gauges =
        [ZoneStat.AnonPages, ZoneStat.Mapped, ZoneStat.FilePages, ZoneStat.Shmem, ZoneStat.PageTablePages, ZoneStat.Dirty, ZoneStat.Writeback];

    private readonly ulong _freePages;
    private readonly ulong _tables;
    private readonly string _blocks;
    private string? _kept;
    private ulong? _keptPages;

    public LeakCheck(Kernel kernel)
    {
        Kernel = kernel;
        _freePages = kernel.FreePages();
        _tables = Tables();
        _blocks = FreeBlocks();
    }

    public Kernel Kernel { get; }

    /// <summary>Ends all processes, unloads the modules, empties the caches, and compares. A machine that the test has switched off is not looked at.</summary>
    public void Run()
    {
        if (!Kernel.Machine.IsOn || IsStuck())
            return;
        End();
        List<string> lost = [.. Processes()];
        lost.AddRange(_kept is null ? KernelMemory() : Kept());
        Assert.True(lost.Count == 0, "The test leaves behind: " + string.Join("; ", lost));
    }

    /// <summary>Nothing can run on it: it has panicked, or its processors spin for ever, as the test wanted. Nobody can look then.</summary>
    private bool IsStuck()
    {
        try
        {
            Kernel.CreateProcess("probe").Exit();
            return false;
        }
        catch (SyscallException)
        {
            return false;
        }
        catch (Exception exception) when (exception is DeadlockException or InvalidOperationException)
        {
            return true;
        }
    }

    /// <summary>That many pages will be missing, or an unknown number.</summary>
    public void Keep(ulong? pages, string what) => (_keptPages, _kept) = (pages, what);

    private void End()
    {
        if (Kernel.Processes.Any())
        {
            // Those that sleep in the kernel die first.
            UserProcess reaper = Kernel.CreateProcess("reaper");
            Try(() => reaper.Kill(-1, Signal.SIGKILL));
            Try(Kernel.Run);
            foreach (UserProcess process in Kernel.Processes.ToArray())
                Try(() => process.Exit());
        }

        foreach (KernelModule module in Kernel.Modules.Reverse().ToArray())
            Try(() => Kernel.RemoveModule(module));
        Try(() =>
        {
            UserProcess sync = Kernel.CreateProcess("sync");
            sync.Sync();
            sync.Exit();
        });
        Kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
        foreach (KmemCache cache in Kernel.Slab.Caches)
            Kernel.Slab.Shrink(cache);
    }

    /// <summary>A driver that is wrong on purpose may be so to the end.</summary>
    private static void Try(Action end)
    {
        try
        {
            end();
        }
        catch (Exception exception) when (exception is SyscallException or KernelOopsException or SignalException or DeadlockException)
        {
        }
    }

    private IEnumerable<string> Processes()
    {
        if (Kernel.VirtualMemory.Overcommit.Committed is not 0 and var committed)
            yield return $"{committed} pages promised";
        foreach (ZoneStat gauge in Gauges)
        {
            foreach (Zone zone in Kernel.Memory.PopulatedZones.Where(zone => zone.PageState(gauge) != 0))
                yield return $"{VmStat.NameOf(gauge)} {zone.PageState(gauge)} in {zone.Name}";
        }

        if (Kernel.Memory.VmStat.ActivePages + Kernel.Memory.VmStat.InactivePages is not 0 and var listed)
            yield return $"{listed} pages on reclaim lists";
        if (Kernel.VirtualMemory.SwapCache.Count is not 0 and var cached)
            yield return $"{cached} pages in the swap cache";
        if (Kernel.VirtualMemory.Swap.TotalPages - Kernel.VirtualMemory.Swap.FreePages is not 0 and var swapped)
            yield return $"{swapped} blocks of swap";
    }

    private IEnumerable<string> Kept()
    {
        if (_keptPages is { } pages && Missing != (long)pages)
            yield return $"{Missing} pages, but {_kept} are {pages}";
    }

    private IEnumerable<string> KernelMemory()
    {
        if (Missing != 0)
            yield return $"{Missing} pages";
        else if (Tables() == _tables && FreeBlocks() != _blocks)
            yield return $"free blocks\n{FreeBlocks()}instead of\n{_blocks}";
        if (Kernel.Slab.Caches.Sum(cache => cache.ActiveObjects) is not 0 and var objects)
            yield return $"{objects} slab objects in {string.Join(", ", Kernel.Slab.Caches.Where(cache => cache.ActiveObjects != 0).Select(cache => cache.Name))}";
        if (Kernel.ReadFile("/proc/vmallocinfo") is { Length: not 0 } areas)
            yield return areas;
    }

    /// <summary>Pages that were free after boot. The kernel's page tables for vmalloc stay for the next one, as on Linux.</summary>
    private long Missing => (long)(_freePages - Kernel.FreePages() - (Tables() - _tables));

    /// <summary>/proc/buddyinfo, read without a process.</summary>
    private string FreeBlocks() => string.Concat(Kernel.Memory.PopulatedZones.Select(zone => $"{zone.Name} {string.Join(' ', Enumerable.Range(0, 11).Select(zone.FreeBlocks))}\n"));

    /// <summary>Pages of the kernel's page tables.</summary>
    private ulong Tables()
    {
        PageTableWalker walker = Kernel.Machine.PageTables;
        return Count(((KernelPageTables)KernelTables.GetValue(Kernel)!).Root, 0, walker.Format.Levels[0].IndexOf(Kernel.Memory.Layout.PageOffset));

        ulong Count(PhysicalAddress table, int level, int first)
        {
            ulong count = 1;
            for (int i = first; level < walker.Format.Levels.Length - 1 && i < walker.Format.Levels[level].Entries; i++)
            {
                PageTableEntry entry = walker.Read(table + (ulong)(i * walker.Format.EntrySize));
                if (entry is { IsPresent: true, IsLarge: false })
                    count += Count(entry.Pfn.ToPhysical(), level + 1, 0);
            }

            return count;
        }
    }
}
