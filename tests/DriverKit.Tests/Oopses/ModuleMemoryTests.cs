using DriverKit.Hardware;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Oopses;

/// <summary>DK3013: with TrackModuleMemory a module that is gone must have given back what its code has allocated.</summary>
public sealed class ModuleMemoryTests : KernelTest
{
    private static readonly KernelOptions Tracking = new() { TrackModuleMemory = true };

    public static TheoryData<string> Allocators => [.. Hoarder.Ways.Keys];

    private Kernel BootTracking()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB() }, Tracking);
        Keeps(kernel, null, "what the modules leave behind");
        return kernel;
    }

    [Theory]
    [MemberData(nameof(Allocators))]
    public void What_is_left_is_reported_with_its_line(string way)
    {
        Kernel kernel = BootTracking();
        var module = new Hoarder(way);
        kernel.InsertModule(module);
        KernelOopsException oops = Expect.Oops("module hoarder is gone and leaves memory behind", () => kernel.RemoveModule(module), "DK3013");
        Assert.Matches($@"\n  {way.Split(' ')[0]}: .+, at .*ModuleMemoryTests\.cs:\d+\n", oops.Report);
        Assert.Contains("Rule: DK3013 Memory still live when the module leaves; see docs/rules/DK3013.md", oops.Report);
        Assert.Empty(kernel.Modules);
        Expect.Errno(Errno.ENOENT, () => kernel.RemoveModule(module));
    }

    [Theory]
    [MemberData(nameof(Allocators))]
    public void What_is_given_back_is_not(string way)
    {
        Kernel kernel = BootTracking();
        for (int round = 0; round < 3; round++)
        {
            var module = new Hoarder(way) { GivesBack = true };
            kernel.InsertModule(module);
            kernel.RemoveModule(module);
        }

        Assert.False(kernel.IsTainted);
    }

    [Fact]
    public void Without_the_option_nothing_is_remembered()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB() });
        Keeps(kernel, null, "what the module leaves behind");
        var module = new Hoarder("kmalloc");
        kernel.InsertModule(module);
        kernel.RemoveModule(module);
        Assert.False(kernel.IsTainted);
    }

    [Fact]
    public void Lines_that_allocate_again_and_again_are_counted()
    {
        Kernel kernel = BootTracking();
        var module = new Hoarder("kmalloc", times: 5);
        kernel.InsertModule(module);
        KernelOopsException oops = Expect.Oops("leaves memory behind", () => kernel.RemoveModule(module), "DK3013");
        Assert.Contains("  5 times: kmalloc: 100 bytes, at ", oops.Cause);
        Assert.Equal(2, oops.Cause.Split('\n').Length);
    }

    [Fact]
    public void What_has_been_reported_is_not_reported_again()
    {
        Kernel kernel = BootTracking();
        var module = new Hoarder("kmalloc");
        kernel.InsertModule(module);
        Expect.Oops("leaves memory behind", () => kernel.RemoveModule(module), "DK3013");
        var tidy = new Hoarder("kmalloc") { GivesBack = true };
        kernel.InsertModule(tidy);
        kernel.RemoveModule(tidy);
    }

    /// <summary>Nothing tells which of two modules in one assembly has allocated it, as long as both are there.</summary>
    [Fact]
    public void Of_two_modules_of_one_assembly_the_last_is_asked()
    {
        Kernel kernel = BootTracking();
        var first = new Hoarder("vmalloc");
        var second = new Idle();
        kernel.InsertModule(first);
        kernel.InsertModule(second);
        kernel.RemoveModule(first);
        Expect.Oops("module idle is gone and leaves memory behind", () => kernel.RemoveModule(second), "DK3013");
    }

    [Fact]
    public void An_Init_that_fails_is_asked_too()
    {
        Kernel kernel = BootTracking();
        KernelOopsException oops = Expect.Oops("Init of module hoarder has failed and leaves memory behind", () => kernel.InsertModule(new Hoarder("kmalloc") { Result = -Errno.EBUSY }), "DK8003");
        Assert.Contains("kmalloc: 100 bytes", oops.Cause);
        Expect.Errno(Errno.EBUSY, () => kernel.InsertModule(new Idle { Result = -Errno.EBUSY }));
    }

    /// <summary>The host's own code is not the module's, though it stands in the same assembly.</summary>
    [Fact]
    public void What_the_host_allocates_is_not_counted()
    {
        Kernel kernel = BootTracking();
        var module = new Idle();
        kernel.InsertModule(module);
        KernelLogicalAddress own = default;
        kernel.RunKernelThread(() => own = Kmalloc(64, GfpFlags.Kernel));
        kernel.RemoveModule(module);
        kernel.RunKernelThread(() => Kfree(own));
    }

    /// <summary>nopage hands its reference on; the page goes with the process, and its frame to others.</summary>
    [Fact]
    public void A_page_that_went_with_its_process_is_not_left()
    {
        Kernel kernel = BootTracking();
        var module = new Lender();
        kernel.InsertModule(module);
        UserProcess process = kernel.CreateProcess("reader");
        int fd = process.Open("/dev/lender", OpenFlags.ReadOnly);
        UserVirtualAddress area = process.Mmap(default, 4 * PageSize, Protection.Read, MapFlags.Shared, fd);
        for (ulong page = 0; page < 4; page++)
            Assert.Equal(0, process.Load<int>(area + page * PageSize));
        process.Exit();
        Assert.All(module.Lent, page => Assert.Equal(0, page.Count));
        UserProcess other = kernel.CreateProcess("other");
        UserVirtualAddress own = other.Mmap(default, 16.MiB(), Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        for (UserVirtualAddress at = own; module.Lent.Exists(page => page.Count == 0); at += PageSize)
            other.Store(at, 1);
        kernel.RemoveModule(module);
    }

    /// <summary>Allocates in one way, and gives back or does not.</summary>
    private sealed class Hoarder(string way, int times = 1) : KernelModule
    {
        private readonly List<Action> _undo = [];

        public static IReadOnlyDictionary<string, Func<Action>> Ways { get; } = new Dictionary<string, Func<Action>>
        {
            ["kmalloc"] = () => Kept(Kmalloc(100, GfpFlags.Kernel), Kfree),
            ["kmalloc atomic"] = () => Kept(Kzalloc(4000, GfpFlags.Atomic), Kfree),
            ["vmalloc"] = () => Kept(Vmalloc(3 * PageSize), Vfree),
            ["vmalloc_32"] = () => Kept(Vmalloc32(PageSize), Vfree),
            ["alloc_pages"] = () => Kept(AllocPage(GfpFlags.Kernel)!, FreePage),
            ["alloc_pages put"] = () => Kept(AllocPage(GfpFlags.HighUser)!, PutPage),
            ["alloc_pages block"] = () => Kept(GetFreePages(GfpFlags.Kernel, 2), block => FreePages(block, 2)),
            ["ioremap unaligned"] = () => Kept(Ioremap(new PhysicalAddress(0xfe000100), 16), at => Iounmap(at + 4)),
            ["ioremap"] = () => Kept(Ioremap(new PhysicalAddress(0xfe000000), PageSize), Iounmap),
            ["kmem_cache_create"] = () => Kept(KmemCacheCreate("hoard", 48)!, KmemCacheDestroy),
            ["kmem_cache_alloc"] = TakeObject,
        };

        public bool GivesBack { get; init; }

        public KernelResult Result { get; init; }

        public override KernelResult Init()
        {
            for (int i = 0; i < times; i++)
                _undo.Add(Ways[way]());
            return Result;
        }

        public override void Exit()
        {
            if (GivesBack)
                _undo.ForEach(undo => undo());
        }

        private static Action Kept<T>(T taken, Action<T> giveBack) => () => giveBack(taken);

        private static Action TakeObject()
        {
            KmemCache cache = KmemCacheCreate("hoard", 48)!;
            KernelLogicalAddress taken = KmemCacheAlloc(cache, GfpFlags.Kernel);
            return () =>
            {
                KmemCacheFree(cache, taken);
                KmemCacheDestroy(cache);
            };
        }
    }

    private sealed class Idle : KernelModule
    {
        public KernelResult Result { get; init; }

        public override KernelResult Init() => Result;
    }

    private sealed class Lender : KernelModule
    {
        private readonly VmOperationsStruct _operations;
        private readonly MiscDevice _misc;

        public Lender()
        {
            _operations = new() { Nopage = Lend };
            _misc = new() { Name = "lender", Fops = new() { Owner = this, Mmap = Mmap } };
        }

        public List<Page> Lent { get; } = [];

        public override KernelResult Init() => MiscRegister(_misc);

        public override void Exit() => MiscDeregister(_misc);

        private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
        {
            vma.VmOps = _operations;
            return 0;
        }

        private NopageResult Lend(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
        {
            Lent.Add(AllocPage(GfpFlags.HighUser | GfpFlags.Zero)!);
            return Lent[^1];
        }
    }
}
