using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>A process dies for memory in the middle of anything: nothing is lost, the others live, and the log says who it was.</summary>
public sealed class OomTests
{
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const ulong Victim = 5 << 20;

    public static TheoryData<string> Points => ["fault", "fork", "read", "write", "populate", "mlock", "ioctl", "insmod", "brk"];

    [Theory]
    [MemberData(nameof(Points))]
    public void Whatever_needs_the_memory_gets_that_of_the_largest_process(string point)
    {
        using Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        (UserProcess asking, int fd) = TestDriver.Open(kernel, new FileOperations { Ioctl = (_, _, _, _) => TakeAndGive(600) });
        kernel.WriteFile("/tmp/file", new string('x', 2 << 20));
        int file = asking.Open("/tmp/file", OpenFlags.ReadWrite);
        UserVirtualAddress area = asking.Mmap(default, 4 << 20, ReadWrite, Anonymous);
        UserProcess fat = Hog(kernel, "fat", Victim);
        List<Page> held = Exhaust(kernel);
        switch (point)
        {
            case "fault": Touch(asking, area, 2 << 20); break;
            case "fork":
                Touch(asking, area, 256 << 10);
                for (int i = 0; i < 300 && fat.IsAlive; i++)
                    asking.Fork();
                break;
            case "read":
                for (long at = 0; at < 2 << 20; at += 4096)
                    asking.Pread(file, area + (ulong)at, 4096, at);
                break;
            case "write":
                for (long at = 0; at < 2 << 20; at += 4096)
                    asking.Pwrite(file, area + (ulong)at, 4096, at);
                Touch(asking, area, 2 << 20);
                break;
            case "populate": asking.Mmap(default, 2 << 20, ReadWrite, Anonymous | MapFlags.Populate); break;
            case "mlock": asking.Mlock(area, 2 << 20); break;
            case "ioctl": Assert.Equal(0, asking.Ioctl(fd, 0)); break;
            case "insmod": kernel.InsertModule(new Greedy(600)); break;
            default:
                asking.Brk(asking.Mm.StartBrk + (2ul << 20));
                Touch(asking, asking.Mm.StartBrk, 2 << 20);
                break;
        }

        Assert.False(fat.IsAlive);
        Assert.True(asking.IsAlive);
        Assert.Equal(1ul, kernel.Memory.VmStat[VmEvent.OomKill]);
        string[] log = kernel.LogLines();
        Assert.Contains(log, line => line.Contains(" invoked oom-killer: "));
        Assert.Contains(log, line => line == $"Killed process {fat.Pid} (fat)");
        Expect.Errno(ESRCH, () => fat.Fork());
        MemoryAudit.Check(kernel);
        Free(kernel, held);
        foreach (UserProcess process in kernel.Processes.ToArray())
            process.Exit();
        foreach (KernelModule module in kernel.Modules.ToArray())
            kernel.RemoveModule(module);
        kernel.RemoveNode("/tmp/file");
        Assert.Equal(free, kernel.FreePages());
        Assert.False(kernel.IsTainted);
    }

    [Fact]
    public void A_driver_that_tries_again_and_again_costs_its_own_process_only()
    {
        using Kernel kernel = Boot();
        int taken = 0;
        (UserProcess asking, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Ioctl = (_, _, _, _) =>
            {
                var pages = new List<Page>();
                for (int i = 0; i < 4000; i++)
                {
                    if (AllocPage(GfpFlags.Kernel) is { } page)
                        pages.Add(page);
                }

                taken = pages.Count;
                pages.ForEach(page => FreePage(page));
                return -ENOMEM;
            },
        });
        Touch(asking, asking.Mmap(default, 4 << 20, ReadWrite, Anonymous), 4 << 20);
        UserProcess bystander = Hog(kernel, "bystander", 2 << 20);
        SignalException killed = Assert.Throws<SignalException>(() => asking.Ioctl(fd, 0));
        Assert.Equal(Signal.SIGKILL, killed.Signal);
        Assert.False(asking.IsAlive);
        Assert.True(taken > 100);
        Assert.True(bystander.IsAlive);
        Assert.Equal(1ul, kernel.Memory.VmStat[VmEvent.OomKill]);
        MemoryAudit.Check(kernel);
    }

    [Fact]
    public void A_request_that_must_not_fail_lives_on_the_reserve_when_its_own_process_is_the_victim()
    {
        using Kernel kernel = Boot();
        Page? page = null;
        (UserProcess asking, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Ioctl = (_, _, _, _) =>
            {
                page = AllocPage(GfpFlags.Kernel | GfpFlags.NoFail);
                return 0;
            },
        });
        Touch(asking, asking.Mmap(default, 4 << 20, ReadWrite, Anonymous), 4 << 20);
        List<Page> held = Exhaust(kernel);
        Assert.Equal(Signal.SIGKILL, Assert.Throws<SignalException>(() => asking.Ioctl(fd, 0)).Signal);
        Assert.NotNull(page);
        Assert.False(kernel.IsTainted);
        held.Add(page);
        Free(kernel, held);
    }

    [Fact]
    public void A_bug_in_the_close_of_the_victim_is_the_victims_and_not_that_of_the_process_that_asked()
    {
        using Kernel kernel = Boot();
        UserProcess fat = MapWithClose(kernel, () =>
        {
            PreemptDisable();
            throw new InvalidOperationException("close has a bug");
        });
        UserProcess asking = kernel.CreateProcess("asking");
        UserVirtualAddress area = asking.Mmap(default, 4 << 20, ReadWrite, Anonymous);
        List<Page> held = Exhaust(kernel);
        Touch(asking, area, 2 << 20);
        Assert.False(fat.IsAlive);
        Assert.True(asking.IsAlive);
        Assert.True(kernel.IsTainted);
        Assert.Contains(kernel.LogLines(), line => line.Contains("close has a bug"));
        Assert.Contains(kernel.LogLines(), line => line.Contains($"exited with preempt_count 1"));
        MemoryAudit.Check(kernel);
        Free(kernel, held);
    }

    [Fact]
    public void A_close_that_allocates_gets_memory_from_the_reserve()
    {
        using Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        int got = 0;
        UserProcess fat = MapWithClose(kernel, () =>
        {
            for (int i = 0; i < 4; i++)
            {
                if (AllocPage(GfpFlags.Kernel) is { } page)
                {
                    got++;
                    FreePage(page);
                }
            }
        });
        UserProcess asking = kernel.CreateProcess("asking");
        UserVirtualAddress area = asking.Mmap(default, 4 << 20, ReadWrite, Anonymous);
        List<Page> held = Exhaust(kernel);
        Touch(asking, area, 2 << 20);
        Assert.False(fat.IsAlive);
        Assert.Equal(4, got);
        Assert.Equal(1ul, kernel.Memory.VmStat[VmEvent.OomKill]);
        asking.Exit();
        Free(kernel, held);
        kernel.RemoveModule(kernel.Modules[0]);
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void A_close_that_makes_a_process_run_does_not_start_reclaim_within_reclaim()
    {
        using Kernel kernel = Boot();
        UserProcess helper = kernel.CreateProcess("helper");
        helper.OomScoreAdj = UserProcess.OomScoreAdjMin;
        UserVirtualAddress word = helper.Mmap(default, 4096, ReadWrite, Anonymous);
        helper.Store(word, 1);
        var taken = new List<Page>();
        (ulong Free, ulong Kills) left = default;
        UserProcess fat = MapWithClose(kernel, () =>
        {
            helper.Madvise(word, 4096, MemoryAdvice.DontNeed);
            while (AllocPage(GfpFlags.Kernel | GfpFlags.NoWarn) is { } page)
                taken.Add(page);
            left = (kernel.FreePages(), kernel.Memory.VmStat[VmEvent.OomKill]);
        });
        UserProcess asking = kernel.CreateProcess("asking");
        UserVirtualAddress area = asking.Mmap(default, 4 << 20, ReadWrite, Anonymous);
        List<Page> held = Exhaust(kernel);
        Assert.Throws<SignalException>(() => Touch(asking, area, 2 << 20));
        Assert.False(fat.IsAlive);
        Assert.Equal((0ul, 1ul), left);
        Assert.True(helper.IsAlive);
        Free(kernel, [.. held, .. taken]);
        MemoryAudit.Check(kernel);
    }

    [Fact]
    public void Vmalloc_areas_do_not_overlap_when_looking_for_a_table_runs_a_close_that_needs_an_area()
    {
        using Kernel kernel = Boot();
        KernelVirtualAddress inner = default, outer = default;
        UserProcess fat = MapWithClose(kernel, () => inner = Vmalloc(4096));
        List<Page> held = Exhaust(kernel);

        // One page more than the lowest mark: the area's page is to be had, its table is not.
        kernel.RunKernelThread(() =>
        {
            while (kernel.FreePages() <= kernel.Memory.PopulatedZones.Single().PagesMin)
            {
                FreePage(held[^1]);
                held.RemoveAt(held.Count - 1);
            }

            outer = Vmalloc(4096);
        });
        Assert.False(fat.IsAlive);
        Assert.False(inner.IsNull);
        Assert.NotEqual(inner, outer);
        kernel.RunKernelThread(() =>
        {
            Assert.NotNull(VmallocToPage(inner));
            Assert.NotEqual(VmallocToPage(inner), VmallocToPage(outer));
            Vfree(inner);
            Vfree(outer);
        });
        Free(kernel, held);
    }

    [Fact]
    public void The_pages_of_a_process_are_found_though_a_kernel_thread_looks_for_memory_to_bring_them_in()
    {
        using Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        UserProcess fat = Hog(kernel, "fat", Victim);
        UserVirtualAddress area = fat.Mmap(default, 4 << 20, ReadWrite, Anonymous | MapFlags.NoReserve);
        UserProcess thin = Hog(kernel, "thin", 1 << 20);
        List<Page> held = Exhaust(kernel);
        var pages = new Page?[700];
        int got = 0;
        kernel.RunKernelThread(() => got = (int)kernel.VirtualMemory.UserPages.Get(fat.Mm, area, write: true, force: false, pages).Value);
        Assert.True(fat.IsAlive);
        Assert.False(thin.IsAlive);
        Assert.InRange(got, 1, 699);
        MemoryAudit.Check(kernel);
        fat.Exit();
        Free(kernel, [.. held, .. pages.Take(got).Select(page => page!)]);
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void An_area_of_another_process_is_filled_though_that_process_is_the_largest()
    {
        using Kernel kernel = Boot();
        VmAreaStruct? area = null;
        Page? page = null;
        var results = new List<KernelResult>();
        (UserProcess asking, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                area = vma;
                return 0;
            },
            Ioctl = (_, _, _, argument) =>
            {
                for (ulong at = 0; at < argument; at += 4 << 20)
                    results.Add(VmInsertPage(area!, area!.VmStart + at, page!));
                return 0;
            },
        });
        kernel.RunKernelThread(() => page = AllocPage(GfpFlags.Kernel));
        UserProcess fat = Hog(kernel, "fat", Victim);
        int theirs = fat.Open(TestDriver.Node, OpenFlags.ReadWrite);
        fat.Mmap(default, 512 << 20, Protection.Read, MapFlags.Shared, theirs);
        UserProcess thin = Hog(kernel, "thin", 1 << 20);
        List<Page> held = Exhaust(kernel);
        asking.Ioctl(fd, 0, 512 << 20);
        Assert.True(fat.IsAlive);
        Assert.False(thin.IsAlive);
        Assert.All(results, result => Assert.Equal(0, result.Value));
        MemoryAudit.Check(kernel);
        fat.Exit();
        held.Add(page!);
        Free(kernel, held);
        asking.Exit();
        MemoryAudit.Check(kernel);
    }

    [Fact]
    public void A_page_of_a_file_is_read_once_though_looking_for_memory_runs_a_close_that_leads_to_the_same_page()
    {
        using Kernel kernel = Boot();
        kernel.WriteFile("/tmp/file", "once");
        UserProcess other = kernel.CreateProcess("other"), asking = kernel.CreateProcess("asking");
        int otherFd = other.Open("/tmp/file"), fd = asking.Open("/tmp/file");
        UserVirtualAddress otherBuffer = other.Mmap(default, 4096, ReadWrite, Anonymous | MapFlags.Populate);
        UserVirtualAddress buffer = asking.Mmap(default, 4096, ReadWrite, Anonymous | MapFlags.Populate);
        asking.Sync();
        kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
        UserProcess fat = MapWithClose(kernel, () => Assert.Equal(4, other.Pread(otherFd, otherBuffer, 4, 0)));
        List<Page> held = Exhaust(kernel);
        Assert.Equal(4, asking.Pread(fd, buffer, 4, 0));
        Assert.False(fat.IsAlive);
        Assert.Equal((0x65636e6f, 0x65636e6f), (asking.Load<int>(buffer), other.Load<int>(otherBuffer)));
        MemoryAudit.Check(kernel);
        Free(kernel, held);
    }

    [Fact]
    public void Two_kernels_run_out_of_memory_within_one_another()
    {
        using Kernel outer = Boot(), inner = Boot();
        UserProcess innerFat = Hog(inner, "inner", Victim);
        UserProcess fat = MapWithClose(outer, () =>
        {
            List<Page> held = Exhaust(inner);
            UserProcess asking = inner.CreateProcess("asking");
            Touch(asking, asking.Mmap(default, 2 << 20, ReadWrite, Anonymous), 2 << 20);
            Free(inner, held);
        });
        UserProcess other = outer.CreateProcess("asking");
        UserVirtualAddress area = other.Mmap(default, 2 << 20, ReadWrite, Anonymous);
        List<Page> taken = Exhaust(outer);
        Touch(other, area, 2 << 20);
        Assert.False(fat.IsAlive);
        Assert.False(innerFat.IsAlive);
        Assert.Equal((1ul, 1ul), (outer.Memory.VmStat[VmEvent.OomKill], inner.Memory.VmStat[VmEvent.OomKill]));
        Free(outer, taken);
        MemoryAudit.Check(outer);
        MemoryAudit.Check(inner);
    }

    [Fact]
    public void A_victim_leaves_the_files_it_shares_to_the_others()
    {
        using Kernel kernel = Boot();
        kernel.WriteFile("/tmp/shared", new string('a', 8192));
        UserProcess parent = kernel.CreateProcess("parent");
        int fd = parent.Open("/tmp/shared", OpenFlags.ReadWrite);
        UserVirtualAddress map = parent.Mmap(default, 8192, ReadWrite, MapFlags.Shared, fd);
        UserProcess fat = parent.Fork();
        parent.Unlink("/tmp/shared");
        Touch(fat, fat.Mmap(default, Victim, ReadWrite, Anonymous), Victim);
        fat.Store(map, 0x62626262);
        List<Page> held = Exhaust(kernel);
        UserProcess asking = kernel.CreateProcess("asking");
        Touch(asking, asking.Mmap(default, 2 << 20, ReadWrite, Anonymous), 2 << 20);
        Assert.False(fat.IsAlive);
        var buffer = new byte[8];
        parent.Lseek(fd, 0);
        Assert.Equal(8, parent.Read(fd, buffer));
        Assert.Equal("bbbbaaaa"u8, buffer);
        Assert.Equal(0x62626262, parent.Load<int>(map));
        MemoryAudit.Check(kernel);
        Free(kernel, held);
    }

    private static Kernel Boot() => Kernel.Boot(new MachineOptions { MemorySize = 16.MiB() });

    private static UserProcess Hog(Kernel kernel, string name, ulong bytes)
    {
        UserProcess hog = kernel.CreateProcess(name);
        Touch(hog, hog.Mmap(default, bytes, ReadWrite, Anonymous), bytes);
        return hog;
    }

    private static void Touch(UserProcess process, UserVirtualAddress area, ulong bytes)
    {
        for (ulong at = 0; at < bytes; at += 4096)
            process.Store(area + at, 1);
    }

    /// <summary>A fat process with an area of a driver, whose close runs code.</summary>
    private static UserProcess MapWithClose(Kernel kernel, Action close)
    {
        (UserProcess fat, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = new VmOperationsStruct { Close = _ => close() };
                return 0;
            },
        });
        fat.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd);
        Touch(fat, fat.Mmap(default, Victim, ReadWrite, Anonymous), Victim);
        return fat;
    }

    /// <summary>Takes all memory that can be had without waiting.</summary>
    private static List<Page> Exhaust(Kernel kernel)
    {
        List<Page> pages = [];
        kernel.RunKernelThread(() =>
        {
            while (AllocPage(GfpFlags.NoWarn) is { } page)
                pages.Add(page);
        });
        return pages;
    }

    private static void Free(Kernel kernel, List<Page> pages) => kernel.RunKernelThread(() => pages.ForEach(PutPage));

    private static KernelResult TakeAndGive(int count)
    {
        var pages = new List<Page>();
        for (int i = 0; i < count; i++)
        {
            if (AllocPage(GfpFlags.Kernel) is { } page)
                pages.Add(page);
        }

        bool all = pages.Count == count;
        pages.ForEach(page => FreePage(page));
        return all ? 0 : -ENOMEM;
    }

    private sealed class Greedy(int pages) : KernelModule
    {
        public override KernelResult Init() => TakeAndGive(pages);

        public override void Exit()
        {
        }
    }
}
