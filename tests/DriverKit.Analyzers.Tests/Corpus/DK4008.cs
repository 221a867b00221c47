// DK4008 remap_pfn_range outside the mmap handler

//// buggy from_nopage
static class Lazy
{
    private static readonly Page[] Pages = [];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= (ulong)Pages.Length)
            return NopageResult.Sigbus;
        if (RemapPfnRange(vma, address, PageToPfn(Pages[index]), PageSize, vma.VmPageProt).IsError) // DK4008
            return NopageResult.Oom;
        return NopageResult.Refault;
    }
}

//// correct page_from_nopage
static class Lazy
{
    private static readonly Page[] Pages = [];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= (ulong)Pages.Length)
            return NopageResult.Sigbus;
        GetPage(Pages[index]);
        return Pages[index];
    }
}

//// buggy from_ioctl
sealed class GrowModule : KernelModule
{
    private const uint Attach = 1;
    private static readonly Pfn Window = new(0xfe000);
    private readonly MiscDevice _misc;
    private VmAreaStruct? _area;

    public GrowModule() => _misc = new() { Name = "grow", Fops = new() { Owner = this, Ioctl = Ioctl, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize)
            return -EINVAL;
        _area = vma;
        return 0;
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        if (command != Attach)
            return -ENOTTY;
        if (_area is not { } area)
            return -EINVAL;
        return RemapPfnRange(area, area.VmStart, Window, PageSize, area.VmPageProt); // DK4008
    }
}

//// correct from_mmap
sealed class GrowModule : KernelModule
{
    private const uint Attach = 1;
    private static readonly Pfn Window = new(0xfe000);
    private readonly MiscDevice _misc;
    private VmAreaStruct? _area;

    public GrowModule() => _misc = new() { Name = "grow", Fops = new() { Owner = this, Ioctl = Ioctl, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize)
            return -EINVAL;
        _area = vma;
        return RemapPfnRange(vma, vma.VmStart, Window, PageSize, vma.VmPageProt);
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        if (command != Attach)
            return -ENOTTY;
        if (_area is not { } area)
            return -EINVAL;
        return area.VmPgoff;
    }
}

//// buggy from_nopage_through_two_helpers
static class Deep
{
    private static readonly Pfn First = new(0xfd000);

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
        Fill(vma, address) ? NopageResult.Refault : NopageResult.Sigbus; // DK4008

    private static bool Fill(VmAreaStruct vma, UserVirtualAddress address) => Enter(vma, address).IsSuccess;

    private static KernelResult Enter(VmAreaStruct vma, UserVirtualAddress address) => IoRemapPfnRange(vma, address, First, PageSize, vma.VmPageProt);
}

//// correct from_mmap_through_two_helpers
static class Deep
{
    private static readonly Pfn First = new(0xfd000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma) =>
        vma.VmPgoff == 0 && vma.Length == PageSize && Fill(vma, vma.VmStart) ? 0 : -EAGAIN;

    private static bool Fill(VmAreaStruct vma, UserVirtualAddress address) => Enter(vma, address).IsSuccess;

    private static KernelResult Enter(VmAreaStruct vma, UserVirtualAddress address) => IoRemapPfnRange(vma, address, First, PageSize, vma.VmPageProt);
}

//// buggy from_read
sealed class ReadModule : KernelModule
{
    private static readonly Pfn Window = new(0xfe000);
    private readonly MiscDevice _misc;
    private VmAreaStruct? _area;
    private Page? _page;

    public ReadModule() => _misc = new() { Name = "read", Fops = new() { Owner = this, Mmap = Mmap, Read = Read } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand;
        _area = vma;
        return 0;
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (_area is not { } area || _page is not { } page)
            return -EAGAIN;
        return RemapPfnRange(area, area.VmStart, Window, PageSize, area.VmPageProt); // DK4008
    }
}

//// correct insert_page_from_write
sealed class ReadModule : KernelModule
{
    private static readonly Pfn Window = new(0xfe000);
    private readonly MiscDevice _misc;
    private VmAreaStruct? _area;
    private Page? _page;

    public ReadModule() => _misc = new() { Name = "read", Fops = new() { Owner = this, Mmap = Mmap, Read = Read } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand;
        _area = vma;
        return 0;
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (_area is not { } area || _page is not { } page)
            return -EAGAIN;
        return VmInsertPage(area, area.VmStart, page);
    }
}

//// buggy from_open_of_the_area
static class Opens
{
    private static readonly Pfn Window = new(0xfe000);
    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize)
            return -EINVAL;
        vma.VmFlags |= VmFlags.DontExpand;
        vma.VmOps = Ops;
        return 0;
    }

    private static void VmaOpen(VmAreaStruct vma)
    {
        KernelResult result = RemapPfnRange(vma, vma.VmStart, Window, PageSize, vma.VmPageProt); // DK4008
        if (result.IsError)
            Printk(LogLevel.Warning, "no page tables");
    }
}

//// correct from_the_handler_that_calls_open
static class Opens
{
    private static readonly Pfn Window = new(0xfe000);
    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize)
            return -EINVAL;
        KernelResult result = RemapPfnRange(vma, vma.VmStart, Window, PageSize, vma.VmPageProt);
        if (result.IsError)
            return result;
        vma.VmFlags |= VmFlags.DontExpand;
        vma.VmOps = Ops;
        return 0;
    }

    private static void VmaOpen(VmAreaStruct vma)
    {
        Printk(LogLevel.Debug, $"copied to {vma.VmStart}");
    }
}

//// buggy lambda_in_the_fault_slot
static class Lambdas
{
    private static readonly Pfn Window = new(0xfe000);

    public static VmOperationsStruct Make() => new()
    {
        Nopage = (VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
            RemapPfnRange(vma, vma.VmStart, Window, PageSize, vma.VmPageProt).IsError ? NopageResult.Oom : NopageResult.Refault, // DK4008
    };
}

//// correct lambda_in_the_mmap_slot
static class Lambdas
{
    private static readonly Pfn Window = new(0xfe000);

    public static FileOperations Make(KernelModule owner) => new()
    {
        Owner = owner,
        Mmap = (filp, vma) =>
            vma.Length != PageSize || RemapPfnRange(vma, vma.VmStart, Window, PageSize, vma.VmPageProt).IsError ? -EAGAIN : 0,
    };
}

//// buggy from_a_work_function
static class Later
{
    private static readonly Pfn Window = new(0xfe000);
    private static readonly WorkStruct Work = new(Run);
    private static VmAreaStruct? _area;
    private static int _runs;

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand;
        _area = vma;
        ScheduleWork(Work);
        return 0;
    }

    private static void Run(WorkStruct work)
    {
        _runs++;
        if (_area is { } area && RemapPfnRange(area, area.VmStart, Window, PageSize, area.VmPageProt).IsError) // DK4008
            Printk(LogLevel.Warning, "no page tables");
    }
}

//// correct work_that_only_counts
static class Later
{
    private static readonly Pfn Window = new(0xfe000);
    private static readonly WorkStruct Work = new(Run);
    private static VmAreaStruct? _area;
    private static int _runs;

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand;
        _area = vma;
        ScheduleWork(Work);
        return 0;
    }

    private static void Run(WorkStruct work)
    {
        _runs++;
        if (_area is { } area)
            Printk(LogLevel.Info, $"{area} was mapped {_runs} times");
    }
}
