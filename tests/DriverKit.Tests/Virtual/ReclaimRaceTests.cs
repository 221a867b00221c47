using DriverKit.Memory.Cache;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>Reclaim runs in the middle of other work: what that work holds, what swap has, and what is counted stay true.</summary>
public sealed class ReclaimRaceTests
{
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;
    private const Protection ReadWrite = Protection.Read | Protection.Write;

    [Fact]
    public void Pages_that_madvise_has_brought_back_from_swap_can_leave_again_before_anybody_touches_them()
    {
        using Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        UserProcess process = kernel.CreateProcess("reader");
        UserVirtualAddress area = Fill(process, 1500);
        PushOut(kernel);
        process.Madvise(area, 1500 * 4096, MemoryAdvice.WillNeed);
        Assert.True(kernel.VirtualMemory.SwapCache.Count > 1000);
        MemoryAudit.Check(kernel);
        PushOut(kernel);
        Assert.True(kernel.VirtualMemory.SwapCache.Count < 100, $"{kernel.VirtualMemory.SwapCache.Count} pages stay");
        Assert.Equal(0ul, kernel.Memory.VmStat[VmEvent.OomKill]);
        for (ulong i = 0; i < 1500; i++)
            Assert.Equal((int)i, process.Load<int>(area + i * 4096));
        MemoryAudit.Check(kernel);
    }

    [Fact]
    public void Pages_of_the_swap_cache_count_as_file_pages_also_when_they_move()
    {
        using Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        UserProcess process = kernel.CreateProcess("reader");
        UserVirtualAddress area = Fill(process, 500);
        PushOut(kernel);
        long before = kernel.Memory.VmStat[ZoneStat.FilePages];
        process.Madvise(area, 500 * 4096, MemoryAdvice.WillNeed);
        Assert.Equal(before + (long)kernel.VirtualMemory.SwapCache.Count, kernel.Memory.VmStat[ZoneStat.FilePages]);
        kernel.CompactMemory();
        MemoryAudit.Check(kernel);
        process.Exit();
        MemoryAudit.Check(kernel);
        Assert.Equal(before, kernel.Memory.VmStat[ZoneStat.FilePages]);
    }

    [Fact]
    public void A_driver_cannot_map_a_page_where_a_private_copy_has_gone_to_swap()
    {
        using Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        VmAreaStruct? area = null;
        Page? page = null;
        KernelResult inserted = 0;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                area = vma;
                vma.VmOps = new VmOperationsStruct { Nopage = Nopage };
                return 0;
            },
            Ioctl = (_, _, _, argument) => inserted = VmInsertPage(area!, new UserVirtualAddress(argument), page!),
        });
        kernel.RunKernelThread(() => page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero));
        UserVirtualAddress at = process.Mmap(default, 4096, ReadWrite, MapFlags.Private, fd);
        process.Store(at, 42);
        PushOut(kernel);
        Assert.Equal(1ul, process.Mm.SwapEntries);
        Expect.Errno(EBUSY, () => process.Ioctl(fd, 0, at));
        Assert.Equal(-EBUSY, inserted);
        Assert.Equal(42, process.Load<int>(at));
        MemoryAudit.Check(kernel);

        NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
        {
            GetPage(page!);
            return page!;
        }
    }

    [Fact]
    public void A_forced_store_to_a_page_that_comes_back_from_swap_does_not_reach_the_other_process()
    {
        using Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        UserProcess parent = kernel.CreateProcess("parent");
        UserVirtualAddress area = Fill(parent, 1);
        parent.Store(area, 1234);
        UserProcess child = parent.Fork();
        child.Mprotect(area, 4096, Protection.Read);
        PushOut(kernel);
        Assert.Equal((1ul, 1ul), (parent.Mm.SwapEntries, child.Mm.SwapEntries));
        var pages = new Page?[1];
        Assert.Equal(1, kernel.Run(() => kernel.VirtualMemory.UserPages.Get(child.Mm, area, write: true, force: true, pages).Value));
        kernel.Machine.Ram.Frame(pages[0]!.Pfn)[0] = 0xFF;
        kernel.Memory.PageAllocator.Put(pages[0]!);
        Assert.Equal(1234, parent.Load<int>(area));
        Assert.Equal(0xFF, child.Load<byte>(area));
        MemoryAudit.Check(kernel);
    }

    [Fact]
    public void Memory_is_not_short_while_there_is_swap_though_every_page_has_just_been_used()
    {
        using Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        var held = new List<Page>();
        UserProcess process = kernel.CreateProcess("worker");
        UserVirtualAddress area = Fill(process, 900);

        // A driver takes most of the machine, so that little of it is mapped: reclaim turns to mapped pages last.
        kernel.RunKernelThread(() =>
        {
            while (kernel.FreePages() > 300)
                held.Add(AllocPage(GfpFlags.Kernel)!);
        });
        for (ulong i = 0; i < 900; i++)
            Assert.Equal((int)i, process.Load<int>(area + i * 4096));
        kernel.RunKernelThread(() =>
        {
            for (int i = 0; i < 600; i++)
                held.Add(AllocPage(GfpFlags.Kernel)!);
        });
        Assert.Equal(0ul, kernel.Memory.VmStat[VmEvent.OomKill]);
        Assert.DoesNotContain(null, held);
        Assert.True(process.IsAlive);
        for (ulong i = 0; i < 900; i++)
            Assert.Equal((int)i, process.Load<int>(area + i * 4096));
        kernel.RunKernelThread(() => held.ForEach(page => FreePage(page)));
    }

    [Theory]
    [InlineData(GfpFlags.NoIo, false, false)]
    [InlineData(GfpFlags.NoFs, false, true)]
    [InlineData(GfpFlags.Kernel, true, true)]
    public void Reclaim_writes_no_more_than_the_one_who_needs_memory_may(GfpFlags flags, bool files, bool swapped)
    {
        using Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        UserProcess process = kernel.CreateProcess("writer");
        UserVirtualAddress area = process.Mmap(default, 4 << 20, ReadWrite, Anonymous);
        int fd = process.Open("/tmp/dirty", OpenFlags.ReadWrite | OpenFlags.Create);
        for (ulong at = 0; at < 4 << 20; at += 4096)
        {
            process.Store(area + at, 1);
            process.Pwrite(fd, area + at, 4096, (long)at);
        }

        var held = new List<Page>();
        kernel.RunKernelThread(() =>
        {
            for (int i = 0; i < 1800 && AllocPage(flags | GfpFlags.NoWarn) is { } page; i++)
                held.Add(page);
            Assert.Equal(swapped, kernel.Memory.VmStat[VmEvent.Pswpout] != 0);
            Assert.Equal(files, kernel.Memory.VmStat[ZoneStat.Dirty] < 1000);
            held.ForEach(page => FreePage(page));
        });
        MemoryAudit.Check(kernel);
    }

    [Fact]
    public void A_file_that_is_read_again_and_again_outlives_one_that_is_read_once()
    {
        using Kernel kernel = BootSmall(out RamDisk disk);
        using RamDisk swap = disk;
        UserProcess process = kernel.CreateProcess("reader");
        UserVirtualAddress buffer = process.Mmap(default, 4096, ReadWrite, Anonymous);
        int small = process.Open("/tmp/small", OpenFlags.ReadWrite | OpenFlags.Create), large = process.Open("/tmp/large", OpenFlags.ReadWrite | OpenFlags.Create);
        process.Ftruncate(small, 64 << 12);
        process.Ftruncate(large, 32 << 20);
        for (long at = 0; at < 32 << 20; at += 4096)
        {
            process.Pread(large, buffer, 4096, at);
            process.Pread(small, buffer, 4096, at % (64 << 12));
        }

        UserVirtualAddress map = process.Mmap(default, 64 << 12, Protection.Read, MapFlags.Shared, small);
        Assert.All(process.Mincore(map, 64 << 12), page => Assert.Equal(1, page));
        Assert.True(kernel.Memory.VmStat[VmEvent.Pgactivate] >= 64);
    }

    private static Kernel BootSmall(out RamDisk disk)
    {
        Kernel kernel = Kernel.Boot(new MachineOptions { MemorySize = 16.MiB() });
        disk = new RamDisk(64.MiB());
        kernel.SwapOn(disk);
        return kernel;
    }

    private static UserVirtualAddress Fill(UserProcess process, ulong pages)
    {
        UserVirtualAddress area = process.Mmap(default, pages * 4096, ReadWrite, Anonymous);
        for (ulong i = 0; i < pages; i++)
            process.Store(area + i * 4096, (int)i);
        return area;
    }

    /// <summary>A process fills memory twice over, so that what was there before leaves it.</summary>
    private static void PushOut(Kernel kernel)
    {
        UserProcess hog = kernel.CreateProcess("hog");
        UserVirtualAddress much = hog.Mmap(default, 40 << 20, ReadWrite, Anonymous | MapFlags.NoReserve);
        for (ulong at = 0; at < 40 << 20; at += 4096)
            hog.Store(much + at, 1);
        hog.Exit();
    }
}
