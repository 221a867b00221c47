using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>More memory in use than there is: pages leave for swap and come back, with what they held.</summary>
public sealed class SwapTests : KernelTest
{
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;
    private const Protection ReadWrite = Protection.Read | Protection.Write;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void A_process_may_use_twice_the_memory_of_the_machine_and_finds_every_word_again(Architecture architecture)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB(), Architecture = architecture });
        using var disk = new RamDisk(64.MiB());
        kernel.SwapOn(disk);
        ulong free = kernel.FreePages();
        UserProcess process = kernel.CreateProcess("hog");
        const ulong Size = 32 << 20;
        UserVirtualAddress area = process.Mmap(default, Size, ReadWrite, Anonymous);
        for (ulong at = 0; at < Size; at += 4096)
            process.Store(area + at + (at >> 12) % 4000, (byte)(at / 4096 * 7));
        Assert.True(process.Mm.SwapEntries > 2000, $"{process.Mm.SwapEntries} pages in swap");
        Assert.Equal(Size >> 12, process.Mm.AnonRss + process.Mm.SwapEntries - 0ul);
        Audit.AddressSpaces(kernel);
        for (ulong at = 0; at < Size; at += 4096)
            Assert.Equal((byte)(at / 4096 * 7), process.Load<byte>(area + at + (at >> 12) % 4000));
        Assert.True(process.Mm.MajorFaults > 2000);
        Assert.Equal((long)kernel.Memory.VmStat[VmEvent.Pgmajfault], (long)process.Mm.MajorFaults);
        Audit.AddressSpaces(kernel);
        process.Exit();
        Assert.Equal(free, kernel.FreePages());
        Assert.Equal(kernel.VirtualMemory.Swap.TotalPages, kernel.VirtualMemory.Swap.FreePages);
        Assert.Equal(0ul, kernel.VirtualMemory.SwapCache.Count);
    }

    [Fact]
    public void Pages_in_swap_are_shared_after_fork_and_copied_when_stored_to()
    {
        Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        UserProcess parent = kernel.CreateProcess("parent");
        UserVirtualAddress area = Fill(parent, 64);
        PushOut(kernel, parent, area, 64);
        UserProcess child = parent.Fork();
        Assert.Equal(parent.Mm.SwapEntries, child.Mm.SwapEntries);
        child.Store(area, 1000);
        parent.Store(area + 4096ul, 2000);
        for (ulong i = 0; i < 64; i++)
        {
            Assert.Equal(i == 1 ? 2000 : (int)i, parent.Load<int>(area + i * 4096));
            Assert.Equal(i == 0 ? 1000 : (int)i, child.Load<int>(area + i * 4096));
        }

        Audit.AddressSpaces(kernel);
        child.Exit();
        parent.Exit();
        Assert.Equal(kernel.VirtualMemory.Swap.TotalPages, kernel.VirtualMemory.Swap.FreePages);
    }

    [Fact]
    public void Shared_anonymous_memory_goes_to_swap_and_both_processes_see_it_come_back()
    {
        Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        ulong free = kernel.FreePages();
        UserProcess parent = kernel.CreateProcess("parent");
        UserVirtualAddress area = parent.Mmap(default, 64 * 4096, ReadWrite, MapFlags.Shared | MapFlags.Anonymous);
        UserProcess child = parent.Fork();
        for (ulong i = 0; i < 64; i++)
            parent.Store(area + i * 4096, (int)i);
        PushOut(kernel, parent, area, 64);
        child.Store(area + 63 * 4096ul, -1);
        for (ulong i = 0; i < 64; i++)
            Assert.Equal(i == 63 ? -1 : (int)i, parent.Load<int>(area + i * 4096));
        Audit.AddressSpaces(kernel);
        child.Exit();
        parent.Exit();
        Assert.Equal(free, kernel.FreePages());
        Assert.Equal(kernel.VirtualMemory.Swap.TotalPages, kernel.VirtualMemory.Swap.FreePages);
    }

    [Fact]
    public void Locked_pages_stay_in_memory_whatever_the_pressure()
    {
        Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        UserProcess process = kernel.CreateProcess("locker");
        UserVirtualAddress area = Fill(process, 64);
        process.Mlock(area, 64 * 4096);
        UserProcess hog = kernel.CreateProcess("hog");
        Hog(hog, 24 << 20);
        Assert.All(process.Mincore(area, 64 * 4096), page => Assert.Equal(1, page));
        Assert.True(hog.Mm.SwapEntries > 0);
    }

    [Fact]
    public void Pages_a_device_holds_neither_leave_memory_nor_move()
    {
        Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        UserProcess process = kernel.CreateProcess("dma");
        UserVirtualAddress area = Fill(process, 8);
        var pages = new Page?[8];
        Assert.Equal(8, kernel.VirtualMemory.UserPages.Get(process.Mm, area, write: true, force: false, pages).Value);
        UserProcess hog = kernel.CreateProcess("hog");
        Hog(hog, 24 << 20);
        hog.Exit();
        kernel.CompactMemory();
        Assert.All(process.Mincore(area, 8 * 4096), page => Assert.Equal(1, page));
        for (ulong i = 0; i < 8; i++)
        {
            kernel.Machine.Ram.Frame(pages[i]!.Pfn)[4] = 0xAB;
            Assert.Equal(0xAB, process.Load<byte>(area + i * 4096 + 4));
            kernel.Memory.PageAllocator.Put(pages[i]!);
        }
    }

    [Fact]
    public void Compaction_makes_large_blocks_out_of_scattered_pages_and_moves_what_they_hold()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Architecture = Architecture.X8664 });
        UserProcess process = kernel.CreateProcess("scatter");
        const ulong Pages = 6000;
        UserVirtualAddress area = Fill(process, Pages);

        // Every other page goes: free memory is in single pages.
        for (ulong i = 0; i < Pages; i += 2)
            process.Madvise(area + i * 4096, 4096, MemoryAdvice.DontNeed);
        ulong SinglePages() => kernel.Memory.PopulatedZones.Aggregate(0ul, (sum, zone) => sum + zone.FreeBlocks(0));
        Assert.True(SinglePages() > Pages / 2 - 100, $"{SinglePages()} single pages");
        kernel.CompactMemory();
        Assert.True(SinglePages() < Pages / 10, $"{SinglePages()} single pages are left");
        Assert.True(kernel.Memory.VmStat[VmEvent.PgmigrateSuccess] > 500);
        for (ulong i = 1; i < Pages; i += 2)
            Assert.Equal((int)i, process.Load<int>(area + i * 4096));
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void Without_swap_the_largest_process_is_killed_and_the_others_live()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB() });
        UserProcess fat = kernel.CreateProcess("fat");
        Hog(fat, 8 << 20);
        UserProcess thin = kernel.CreateProcess("thin");
        Hog(thin, 6 << 20);
        Assert.False(fat.IsAlive);
        Assert.True(thin.IsAlive);
        Assert.Contains(kernel.LogLines(), line => line == $"Killed process {fat.Pid} (fat)");
        Assert.Equal(1ul, kernel.Memory.VmStat[VmEvent.OomKill]);
    }

    [Fact]
    public void Kswapd_leaves_every_zone_above_its_high_mark()
    {
        Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        UserProcess hog = kernel.CreateProcess("hog");
        Hog(hog, 24 << 20);
        Assert.True(kernel.Memory.VmStat[VmEvent.PgstealKswapd] > 0);
        Assert.True(kernel.Memory.VmStat[VmEvent.Pageoutrun] > 0);
    }

    [Fact]
    public void Pages_used_again_and_again_are_the_last_to_go()
    {
        Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        UserProcess process = kernel.CreateProcess("worker");
        UserVirtualAddress hot = Fill(process, 32);
        UserProcess hog = kernel.CreateProcess("hog");
        UserVirtualAddress cold = hog.Mmap(default, 24 << 20, ReadWrite, Anonymous);
        for (ulong at = 0; at < 24 << 20; at += 4096)
        {
            hog.Store(cold + at, 1);
            for (ulong i = 0; i < 32; i++)
                process.Load<int>(hot + i * 4096);
        }

        Assert.True(process.Mm.MajorFaults * 20 < hog.Mm.SwapEntries, $"{process.Mm.MajorFaults} faults of the worker, {hog.Mm.SwapEntries} pages of the hog in swap");
    }

    [Fact]
    public void Swap_refuses_nonsense()
    {
        Kernel kernel = Boot();
        Assert.Throws<ArgumentNullException>(() => kernel.SwapOn(null!));
        using var tiny = new RamDisk(4096);
        Expect.Errno(EINVAL, () => kernel.SwapOn(tiny));
        using var disk = new RamDisk(1.MiB());
        kernel.SwapOn(disk);
        Expect.Errno(EBUSY, () => kernel.SwapOn(disk));
        using var namesake = new RamDisk(1.MiB());
        Expect.Errno(EBUSY, () => kernel.SwapOn(namesake));
        using var other = new RamDisk(1.MiB(), "/dev/ram1");
        Expect.Errno(EINVAL, () => kernel.SwapOn(other, int.MinValue));
        Expect.Errno(EINVAL, () => kernel.SwapOn(other, 40_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RamDisk(ulong.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RamDisk(100));
        Assert.Throws<ArgumentOutOfRangeException>(() => disk.Read(256, new byte[4096]));
        Assert.Throws<ArgumentOutOfRangeException>(() => disk.Write(ulong.MaxValue, new byte[4096]));
    }

    [Fact]
    public void A_file_of_the_host_can_be_the_swap_disk()
    {
        string path = Path.GetTempFileName();
        try
        {
            using var disk = new HostFileDisk(path, 32.MiB());
            Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB() });
            kernel.SwapOn(disk);
            UserProcess process = kernel.CreateProcess("hog");
            UserVirtualAddress area = process.Mmap(default, 20 << 20, ReadWrite, Anonymous);
            for (ulong at = 0; at < 20 << 20; at += 4096)
                process.Store(area + at, at);
            for (ulong at = 0; at < 20 << 20; at += 4096)
                Assert.Equal(at, process.Load<ulong>(area + at));
            Assert.True(new FileInfo(path).Length > 4 << 20);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private Kernel BootSmall(out RamDisk disk)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB() });
        disk = new RamDisk(64.MiB());
        kernel.SwapOn(disk);
        return kernel;
    }

    /// <summary>Pages that each hold their number.</summary>
    private static UserVirtualAddress Fill(UserProcess process, ulong pages)
    {
        UserVirtualAddress area = process.Mmap(default, pages * 4096, ReadWrite, Anonymous);
        for (ulong i = 0; i < pages; i++)
            process.Store(area + i * 4096, (int)i);
        return area;
    }

    private static void Hog(UserProcess hog, ulong bytes)
    {
        UserVirtualAddress area = hog.Mmap(default, bytes, ReadWrite, Anonymous | MapFlags.NoReserve);
        for (ulong at = 0; at < bytes; at += 4096)
            hog.Store(area + at, 1);
    }

    /// <summary>Memory becomes so short that the pages of the area leave it.</summary>
    private static void PushOut(Kernel kernel, UserProcess process, UserVirtualAddress area, ulong pages)
    {
        UserProcess hog = kernel.CreateProcess("hog");
        UserVirtualAddress much = hog.Mmap(default, 40 << 20, ReadWrite, Anonymous | MapFlags.NoReserve);
        for (ulong at = 0; at < 40 << 20; at += 4096)
            hog.Store(much + at, 1);
        Assert.Contains((byte)0, process.Mincore(area, pages * 4096));
        hog.Exit();
    }
}
