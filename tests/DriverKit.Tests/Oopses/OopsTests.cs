using System.Runtime.CompilerServices;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Oopses;

/// <summary>Whatever a driver's code throws becomes an oops: the process dies, nothing else does.</summary>
public sealed class OopsTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;

    [Fact]
    public void A_null_reference_in_a_driver_is_reported_with_the_drivers_file_and_line()
    {
        Kernel kernel = Boot();
        int line = 0;
        string? nothing = null;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Ioctl = (_, _, _, _) =>
            {
                line = Line() + 1;
                return nothing!.Length;
            },
        });
        KernelOopsException oops = Expect.Oops("Unable to handle kernel NULL pointer dereference at virtual address 00000000", () => process.Ioctl(fd, 1));
        Assert.IsType<NullReferenceException>(oops.InnerException);
        Assert.Contains($"{nameof(OopsTests)}.{nameof(A_null_reference_in_a_driver_is_reported_with_the_drivers_file_and_line)} (lambda) at {File()}:{line}", oops.Report);
        Assert.Contains("Oops: [#1]\nModules linked in: testdriver\nCPU: 0\nProcess user (pid: ", oops.Report);
        Assert.Contains("process context)\nCall Trace:\n", oops.Report);
        Assert.True(oops.IsReported && kernel.IsTainted && !process.IsAlive);
        Assert.Equal(oops.Report, string.Join('\n', kernel.Log.Lines.Where(l => l.Level == LogLevel.Emergency).Select(l => l.Message)));
        Expect.Errno(ESRCH, () => process.Ioctl(fd, 1));
        Assert.Null(process.ExitCode);
    }

    [Fact]
    public void The_call_trace_names_the_header_function_and_the_drivers_helper()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "what its kernel code allocates");
        KernelOopsException oops = Expect.OopsIn(kernel, "virt_to_page(", Helper, "DK2001");
        string[] trace = oops.Report.Split("Call Trace:\n")[1].Split('\n');
        Assert.Equal(" AsmPage.VirtToPage", trace[0]);
        Assert.StartsWith($" {nameof(OopsTests)}.{nameof(Helper)} at {File()}:", trace[1], StringComparison.Ordinal);
        Assert.Contains("Rule: DK2001 Address outside low memory given to a function for logical addresses; see docs/rules/DK2001.md\n", oops.Report);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("read")]
    [InlineData("write")]
    [InlineData("llseek")]
    [InlineData("ioctl")]
    [InlineData("mmap")]
    [InlineData("release")]
    [InlineData("vma open on split")]
    [InlineData("vma open on fork")]
    [InlineData("nopage")]
    [InlineData("nopage under copy_to_user")]
    [InlineData("close on munmap")]
    [InlineData("close on munmap of many")]
    [InlineData("close on exit")]
    [InlineData("release on exit")]
    [InlineData("populate")]
    public void A_bug_in_any_callback_kills_the_process_and_loses_nothing(string where)
    {
        Kernel kernel = Boot();
        string armed = "";
        var healthy = new PagesDriver();
        kernel.InsertModule(healthy);
        int counted = 0;
        KernelResult Bug(string callback)
        {
            int[] array = [1];
            return armed == callback ? array[callback.Length + 1] : 0;
        }

        var operations = new VmOperationsStruct
        {
            Open = _ => Bug("vma open"),
            Close = _ =>
            {
                Bug("close");
                counted++;
            },
            Nopage = (VmAreaStruct _, UserVirtualAddress _, ref FaultType _) =>
            {
                Bug("nopage");
                return AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
            },
            Populate = (_, _, _, _, _, _) => Bug("populate"),
        };
        var driver = new TestDriver(new FileOperations
        {
            Open = (_, _) => Bug("open"),
            Read = (OpenFile _, UserVirtualAddress buffer, ulong count, ref long _) => Bug("read").IsError ? 0 : count - CopyToUser(buffer, new byte[count]),
            Write = (OpenFile _, UserVirtualAddress _, ulong _, ref long _) => Bug("write"),
            Llseek = (_, _, _) => Bug("llseek"),
            Ioctl = (_, _, _, _) => Bug("ioctl"),
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                return Bug("mmap");
            },
            Release = (_, _) => Bug("release"),
        });
        kernel.InsertModule(driver);
        UserProcess bystander = kernel.CreateProcess("bystander");
        UserVirtualAddress kept = bystander.Mmap(default, 8192, ReadWrite, MapFlags.Private | MapFlags.Anonymous);
        bystander.Store(kept, 4711);
        string before = kernel.Buddyinfo();

        UserProcess victim = kernel.CreateProcess("victim");
        int other = victim.Open("/dev/nopage", OpenFlags.ReadWrite), fd = victim.Open(TestDriver.Node, OpenFlags.ReadWrite), second = victim.Open("/dev/remap", OpenFlags.ReadWrite);
        UserVirtualAddress area = new(0x2000_0000);
        victim.Mmap(area, 4 * 4096, ReadWrite, MapFlags.Shared | MapFlags.Fixed, fd);
        victim.Mmap(area + 4 * 4096ul, 4 * 4096, ReadWrite, MapFlags.Shared | MapFlags.Fixed, other);
        victim.Mmap(area + 8 * 4096ul, 4 * 4096, ReadWrite, MapFlags.Private | MapFlags.Fixed, second);
        victim.Store(area, 1);
        victim.Store(area + 4 * 4096ul, 2);
        victim.Store(area + 8 * 4096ul, 3);
        armed = where.Split(" on ")[0].Split(" under ")[0];
        Action call = where switch
        {
            "open" => () => victim.Open(TestDriver.Node),
            "read" => () => victim.Read(fd, area, 8),
            "write" => () => victim.Write(fd, area, 8),
            "llseek" => () => victim.Lseek(fd, 1),
            "ioctl" => () => victim.Ioctl(fd, 1),
            "mmap" => () => victim.Mmap(new(0x1000_0000), 4096, ReadWrite, MapFlags.Shared | MapFlags.Fixed, fd),
            "release" => () => victim.Close(victim.Open(TestDriver.Node)),
            "vma open on split" => () => victim.Munmap(area + 4096ul, 4096),
            "vma open on fork" => () => victim.Fork(),
            "nopage" => () => victim.Load<int>(area + 4096ul),
            "nopage under copy_to_user" => () => victim.Read(fd, area + 4096ul, 8),
            "close on munmap" => () => victim.Munmap(area, 4 * 4096),
            "close on munmap of many" => () => victim.Munmap(area, 12 * 4096),
            "populate" => () => victim.Mmap(new(0x1000_0000), 4096, ReadWrite, MapFlags.Shared | MapFlags.Fixed | MapFlags.Populate, fd),
            _ => () => victim.Exit(),
        };
        KernelOopsException oops = Expect.Oops("Oops: unhandled IndexOutOfRangeException in kernel mode", call);
        Assert.Contains($"at {File()}:", oops.Report);
        Assert.False(victim.IsAlive);
        armed = "";

        Assert.Equal(0, healthy.LiveAreas);
        Assert.Equal((0, 0), (healthy.RefCount, driver.RefCount));
        Assert.All(healthy.Pages, page => Assert.Equal((1, 0), (page.Count, page.Mapcount)));
        Assert.Equal(before, kernel.Buddyinfo());
        Assert.Equal([bystander], kernel.Processes);
        Assert.Equal(4711, bystander.Load<int>(kept));
        bystander.Store(kept + 4096ul, 1);
        int again = bystander.Open(TestDriver.Node, OpenFlags.ReadWrite);
        bystander.Store(bystander.Mmap(default, 4096, ReadWrite, MapFlags.Shared, again), 5);
        bystander.Exit();
        Assert.True(counted >= 1);
        kernel.RemoveModule(driver);
        kernel.RemoveModule(healthy);
    }

    [Fact]
    public void A_bug_in_Init_leaves_the_module_out_and_one_in_Exit_takes_it_out()
    {
        Kernel kernel = Boot();
        var module = new BuggyModule { InInit = true };
        Assert.Contains("insmod", Expect.Oops("unhandled InvalidCastException", () => kernel.InsertModule(module)).Report);
        Assert.Empty(kernel.Modules);
        module.InInit = false;
        kernel.InsertModule(module);
        Assert.Contains("rmmod", Expect.Oops("unhandled InvalidCastException", () => kernel.RemoveModule(module)).Report);
        Assert.Empty(kernel.Modules);
    }

    [Fact]
    public void A_page_that_is_reserved_while_a_process_maps_it_costs_only_that_page()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "a reserved page is not freed, as on Linux");
        ulong free = kernel.FreePages();
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 8 * 4096, ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Populate);
        Assert.True(kernel.VirtualMemory.Tables.TryFind(process.Mm, area.Value + 4096, out PhysicalAddress where));
        kernel.RunKernelThread(() => SetPageReserved(PfnToPage(kernel.VirtualMemory.Tables.Read(where).Pfn)));
        Expect.Oops("Bad page state at put_page: PG_reserved is set", () => process.Exit(), "DK3012");
        Assert.Equal(free - 1, kernel.FreePages());
    }

    [Fact]
    public void A_driver_that_makes_its_own_caller_call_the_kernel_is_stopped()
    {
        Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        foreach (Action<UserProcess> nonsense in new Action<UserProcess>[] { p => p.Exit(), p => p.Munmap(new(0x2000_0000), 4096), p => p.Load<int>(new(0x2000_0000)), p => p.Fork() })
        {
            UserProcess process = kernel.CreateProcess("p");
            var driver = new TestDriver(new FileOperations
            {
                Ioctl = (_, _, _, _) =>
                {
                    nonsense(process);
                    return 0;
                },
            });
            kernel.InsertModule(driver);
            int fd = process.Open(TestDriver.Node);
            Expect.Oops("made it do a system call or a load", () => process.Ioctl(fd, 1));
            kernel.RemoveModule(driver);
        }

        Assert.Equal(free, kernel.FreePages());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Atomic_context_that_the_burial_of_a_process_leaves_behind_is_not_the_next_ones(bool release)
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 1, "the page it allocates");
        Page page = kernel.Run(() => AllocPage(GfpFlags.HighUser))!;
        void Leave(bool now)
        {
            if (now)
                KmapAtomic(page, KmType.User0);
        }

        var operations = new VmOperationsStruct { Close = _ => Leave(!release) };
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Ioctl = (_, _, _, _) => throw new NotSupportedException("first"),
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                return 0;
            },
            Release = (_, _) =>
            {
                Leave(release);
                return 0;
            },
        });
        process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        Expect.Oops("first", () => process.Ioctl(fd, 1));
        Assert.Contains($"note: user[{process.Pid}] exited with preempt_count 1", kernel.LogLines());
        kernel.RunKernelThread(() =>
        {
            Assert.False(InAtomic());
            KunmapAtomic(KmapAtomic(page, KmType.User0), KmType.User0);
        });
        kernel.CreateProcess("next").Brk();
    }

    [Fact]
    public void A_driver_whose_open_opens_its_device_again_is_stopped_on_a_small_host_stack()
    {
        Kernel kernel = Boot();

        // A misc device would wait for itself: its open runs under misc_sem.
        var number = new DeviceNumber(240, 0);
        var driver = new Cdev(new FileOperations { Open = (_, _) => kernel.CreateProcess("deeper").Open("/dev/deep") });
        kernel.RunKernelThread(() => Assert.True(CdevAdd(driver, number, 1).IsSuccess));
        kernel.MakeNode("/dev/deep", number);
        ulong free = kernel.FreePages();
        UserProcess process = kernel.CreateProcess("outermost");
        Exception? seen = null;
        var thread = new Thread(() => seen = Record.Exception(() => process.Open("/dev/deep")), 512 * 1024);
        thread.Start();
        thread.Join();
        Expect.Oops("kernel stack overflow", () => throw seen!);
        Assert.False(process.IsAlive);
        foreach (UserProcess left in kernel.Processes.ToArray())
            left.Exit();
        Assert.Equal(free, kernel.FreePages());
        kernel.RunKernelThread(() => CdevDel(driver));
    }

    private static void Helper() => VirtToPage((KernelLogicalAddress)Vmalloc(4096));

    private static int Line([CallerLineNumber] int line = 0) => line;

    private static string File([CallerFilePath] string file = "") => file;

    private sealed class BuggyModule : KernelModule
    {
        public bool InInit { get; set; }

        public override KernelResult Init() => InInit ? (int)(object)"text" : 0;

        public override void Exit() => _ = (int)(object)"text";
    }

    [Fact]
    public void A_local_function_has_its_own_name_in_a_report()
    {
        using var kernel = Kernel.Boot();
        KernelOopsException oops = Assert.Throws<KernelOopsException>(() => kernel.RunKernelThread(Beat));
        Assert.Contains($"{nameof(OopsTests)}.{nameof(Beat)} at ", oops.Report);

        static void Beat() => throw new InvalidOperationException("beat");
    }
}
