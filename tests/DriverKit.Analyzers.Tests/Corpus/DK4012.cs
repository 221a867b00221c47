// DK4012 Area of a nopage driver not marked as a driver's

//// buggy handler_sets_only_the_operations
sealed class NopageModule : KernelModule
{
    private readonly VmOperationsStruct _ops;
    private readonly MiscDevice _misc;
    private readonly Page[] _pages = [];

    public NopageModule()
    {
        _ops = new() { Nopage = Nopage };
        _misc = new() { Name = "nopage", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = _ops; // DK4012
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= (ulong)_pages.Length)
            return NopageResult.Sigbus;
        GetPage(_pages[index]);
        return _pages[index];
    }
}

//// correct handler_marks_the_area
sealed class NopageModule : KernelModule
{
    private readonly VmOperationsStruct _ops;
    private readonly MiscDevice _misc;
    private readonly Page[] _pages = [];

    public NopageModule()
    {
        _ops = new() { Nopage = Nopage };
        _misc = new() { Name = "nopage", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _ops;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= (ulong)_pages.Length)
            return NopageResult.Sigbus;
        GetPage(_pages[index]);
        return _pages[index];
    }
}

//// buggy operations_of_a_static_field
static class StaticOps
{
    private static readonly VmOperationsStruct Ops = new() { Nopage = Nopage };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = Ops; // DK4012
        return 0;
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// correct marked_after_the_operations
static class StaticOps
{
    private static readonly VmOperationsStruct Ops = new() { Nopage = Nopage };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = Ops;
        vma.VmFlags |= VmFlags.DontExpand;
        return 0;
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// buggy marked_on_one_path_only
static class OnePath
{
    private static readonly VmOperationsStruct Ops = new() { Nopage = Nopage };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = Ops; // DK4012
        if ((filp.FFlags & OpenFlags.Sync) != 0)
        {
            vma.VmFlags |= VmFlags.Reserved;
            vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
        }

        return 0;
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// correct marked_on_both_paths
static class OnePath
{
    private static readonly VmOperationsStruct Ops = new() { Nopage = Nopage };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = Ops;
        if ((filp.FFlags & OpenFlags.Sync) != 0)
        {
            vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
        }

        vma.VmFlags |= VmFlags.Reserved;
        return 0;
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// buggy other_flags_only
static class OtherFlags
{
    private static readonly VmOperationsStruct Ops = new() { Nopage = Nopage };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags &= ~VmFlags.MayWrite;
        vma.VmOps = Ops; // DK4012
        return 0;
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// correct io_memory
static class OtherFlags
{
    private static readonly VmOperationsStruct Ops = new() { Nopage = Nopage };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Io;
        vma.VmOps = Ops;
        return 0;
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// buggy operations_in_a_captured_local
sealed class CapturedModule : KernelModule
{
    private readonly MiscDevice _misc;

    public CapturedModule()
    {
        VmOperationsStruct ops = new() { Nopage = Nopage };
        _misc = new()
        {
            Name = "captured",
            Fops = new()
            {
                Owner = this,
                Mmap = (filp, vma) =>
                {
                    vma.VmOps = ops; // DK4012
                    return 0;
                },
            },
        };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// correct operations_without_nopage
sealed class CapturedModule : KernelModule
{
    private readonly MiscDevice _misc;

    public CapturedModule()
    {
        VmOperationsStruct ops = new() { Open = vma => Printk(LogLevel.Debug, $"{vma}") };
        _misc = new()
        {
            Name = "captured",
            Fops = new()
            {
                Owner = this,
                Mmap = (filp, vma) =>
                {
                    vma.VmOps = ops;
                    return 0;
                },
            },
        };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// buggy open_marks_nothing
static class Opened
{
    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Nopage = Nopage };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = Ops; // DK4012
        VmaOpen(vma);
        return 0;
    }

    private static void VmaOpen(VmAreaStruct vma)
    {
        Printk(LogLevel.Debug, $"open {vma}");
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// correct open_marks_the_area
static class Opened
{
    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Nopage = Nopage };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = Ops;
        VmaOpen(vma);
        return 0;
    }

    private static void VmaOpen(VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved | VmFlags.DontCopy;
        Printk(LogLevel.Debug, $"open {vma}");
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// buggy operations_made_in_the_handler
sealed class Fresh
{
    private readonly Page[] _pages = [];

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = new() // DK4012
        {
            Nopage = (VmAreaStruct area, UserVirtualAddress address, ref FaultType type) =>
            {
                ulong index = area.VmPgoff + ((address - area.VmStart) >> PageShift);
                if (index >= (ulong)_pages.Length)
                    return NopageResult.Sigbus;
                GetPage(_pages[index]);
                return _pages[index];
            },
        };
        return 0;
    }
}

//// correct operations_made_in_the_handler_and_marked
sealed class Fresh
{
    private readonly Page[] _pages = [];

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        Mark(vma);
        vma.VmOps = new()
        {
            Nopage = (VmAreaStruct area, UserVirtualAddress address, ref FaultType type) =>
            {
                ulong index = area.VmPgoff + ((address - area.VmStart) >> PageShift);
                if (index >= (ulong)_pages.Length)
                    return NopageResult.Sigbus;
                GetPage(_pages[index]);
                return _pages[index];
            },
        };
        return 0;
    }

    private static void Mark(VmAreaStruct vma) => vma.VmFlags = vma.VmFlags | VmFlags.Reserved;
}

//// correct a_failing_handler_needs_no_mark
static class Failing
{
    private static readonly VmOperationsStruct Ops = new() { Nopage = Nopage };
    private static bool _ready;

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = Ops;
        if (!_ready)
            return -EAGAIN;
        vma.VmFlags |= VmFlags.Reserved;
        return 0;
    }

    public static void Ready() => _ready = true;

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}
