// DK4007 Open of a new area forgotten

//// buggy count_one_too_low
// scullp calls its own open: the kernel does so for copies only.
sealed class ScullpModule : KernelModule
{
    private readonly VmOperationsStruct _ops;
    private readonly MiscDevice _misc;
    private int _vmas;

    public ScullpModule()
    {
        _ops = new() { Open = VmaOpen, Close = VmaClose, Nopage = Nopage };
        _misc = new() { Name = "scullp", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmPrivateData = this;
        vma.VmOps = _ops; // DK4007
        return 0;
    }

    private void VmaOpen(VmAreaStruct vma) => _vmas++;

    private void VmaClose(VmAreaStruct vma) => _vmas--;

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// correct open_called_for_the_first_area
// scullp calls its own open: the kernel does so for copies only.
sealed class ScullpModule : KernelModule
{
    private readonly VmOperationsStruct _ops;
    private readonly MiscDevice _misc;
    private int _vmas;

    public ScullpModule()
    {
        _ops = new() { Open = VmaOpen, Close = VmaClose, Nopage = Nopage };
        _misc = new() { Name = "scullp", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmPrivateData = this;
        vma.VmOps = _ops;
        VmaOpen(vma);
        return 0;
    }

    private void VmaOpen(VmAreaStruct vma) => _vmas++;

    private void VmaClose(VmAreaStruct vma) => _vmas--;

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// buggy atomic_count
static class Atomics
{
    private static readonly AtomicT Users = new();
    private static readonly VmOperationsStruct Ops = new() { Open = _ => AtomicInc(Users), Close = _ => AtomicDec(Users) };
    private static readonly Pfn Registers = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize || vma.VmPgoff != 0)
            return -EINVAL;
        KernelResult result = RemapPfnRange(vma, vma.VmStart, Registers, PageSize, vma.VmPageProt);
        if (result.IsError)
            return result;
        vma.VmOps = Ops; // DK4007
        return 0;
    }
}

//// correct atomic_count_raised_in_place
static class Atomics
{
    private static readonly AtomicT Users = new();
    private static readonly VmOperationsStruct Ops = new() { Open = _ => AtomicInc(Users), Close = _ => AtomicDec(Users) };
    private static readonly Pfn Registers = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize || vma.VmPgoff != 0)
            return -EINVAL;
        KernelResult result = RemapPfnRange(vma, vma.VmStart, Registers, PageSize, vma.VmPageProt);
        if (result.IsError)
            return result;
        vma.VmOps = Ops;
        AtomicInc(Users);
        return 0;
    }
}

//// buggy reference_not_taken
static class Kreffed
{
    private static readonly Kref Buffer = new();
    private static readonly VmOperationsStruct Ops = new()
    {
        Open = _ => KrefGet(Buffer),
        Close = _ => KrefPut(Buffer, static _ => Printk(LogLevel.Info, "buffer unused")),
    };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand;
        vma.VmOps = Ops; // DK4007
        return 0;
    }
}

//// correct reference_taken_through_the_table
static class Kreffed
{
    private static readonly Kref Buffer = new();
    private static readonly VmOperationsStruct Ops = new()
    {
        Open = _ => KrefGet(Buffer),
        Close = _ => KrefPut(Buffer, static _ => Printk(LogLevel.Info, "buffer unused")),
    };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand;
        vma.VmOps = Ops;
        vma.VmOps.Open?.Invoke(vma);
        return 0;
    }
}

//// buggy one_path_without_open
static class Paths
{
    private static int _areas;
    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Close = VmaClose };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand;
        vma.VmOps = Ops; // DK4007
        if ((filp.FFlags & OpenFlags.Sync) != 0)
        {
            vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
            return 0;
        }

        VmaOpen(vma);
        return 0;
    }

    private static void VmaOpen(VmAreaStruct vma) => _areas += 1;

    private static void VmaClose(VmAreaStruct vma) => _areas -= 1;
}

//// correct open_on_both_paths
static class Paths
{
    private static int _areas;
    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Close = VmaClose };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand;
        vma.VmOps = Ops;
        if ((filp.FFlags & OpenFlags.Sync) != 0)
        {
            vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
        }

        VmaOpen(vma);
        return 0;
    }

    private static void VmaOpen(VmAreaStruct vma) => _areas += 1;

    private static void VmaClose(VmAreaStruct vma) => _areas -= 1;
}

//// buggy helper_sets_the_operations
static class Helper
{
    private static int _areas;
    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Close = VmaClose };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand | VmFlags.Reserved;
        return Use(vma); // DK4007
    }

    private static KernelResult Use(VmAreaStruct vma)
    {
        vma.VmOps = Ops;
        return 0;
    }

    private static void VmaOpen(VmAreaStruct vma) => Count(1);

    private static void VmaClose(VmAreaStruct vma) => Count(-1);

    private static void Count(int by)
    {
        if (by > 0)
            _areas++;
        else
            _areas--;
    }
}

//// correct helper_sets_and_opens
static class Helper
{
    private static int _areas;
    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Close = VmaClose };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand | VmFlags.Reserved;
        return Use(vma);
    }

    private static KernelResult Use(VmAreaStruct vma)
    {
        vma.VmOps = Ops;
        VmaOpen(vma);
        return 0;
    }

    private static void VmaOpen(VmAreaStruct vma) => Count(1);

    private static void VmaClose(VmAreaStruct vma) => Count(-1);

    private static void Count(int by)
    {
        if (by > 0)
            _areas++;
        else
            _areas--;
    }
}

//// buggy count_of_the_mapping_starts_at_zero
// mspec starts its count at one in the mmap handler.
static class PerMapping
{
    private sealed class Mapping
    {
        public int Areas { get; set; }
    }

    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Close = VmaClose };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmPrivateData = new Mapping();
        vma.VmOps = Ops; // DK4007
        return 0;
    }

    private static void VmaOpen(VmAreaStruct vma) => ((Mapping)vma.VmPrivateData!).Areas++;

    private static void VmaClose(VmAreaStruct vma)
    {
        var mapping = (Mapping)vma.VmPrivateData!;
        if (--mapping.Areas == 0)
            vma.VmPrivateData = null;
    }
}

//// correct count_of_the_mapping_starts_at_one
// mspec starts its count at one in the mmap handler.
static class PerMapping
{
    private sealed class Mapping
    {
        public int Areas { get; set; }
    }

    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Close = VmaClose };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmPrivateData = new Mapping { Areas = 1 };
        vma.VmOps = Ops;
        return 0;
    }

    private static void VmaOpen(VmAreaStruct vma) => ((Mapping)vma.VmPrivateData!).Areas++;

    private static void VmaClose(VmAreaStruct vma)
    {
        var mapping = (Mapping)vma.VmPrivateData!;
        if (--mapping.Areas == 0)
            vma.VmPrivateData = null;
    }
}

//// buggy lambda_handler
sealed class LambdaModule : KernelModule
{
    private readonly MiscDevice _misc;
    private int _areas;

    public LambdaModule()
    {
        VmOperationsStruct ops = new() { Open = VmaOpen, Close = VmaClose };
        _misc = new()
        {
            Name = "lambda",
            Fops = new()
            {
                Owner = this,
                Mmap = (filp, vma) =>
                {
                    vma.VmFlags |= VmFlags.DontExpand;
                    vma.VmOps = ops; // DK4007
                    return 0;
                },
            },
        };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private void VmaOpen(VmAreaStruct vma) => _areas++;

    private void VmaClose(VmAreaStruct vma) => _areas--;
}

//// correct lambda_handler_that_opens
sealed class LambdaModule : KernelModule
{
    private readonly MiscDevice _misc;
    private int _areas;

    public LambdaModule()
    {
        VmOperationsStruct ops = new() { Open = VmaOpen, Close = VmaClose };
        _misc = new()
        {
            Name = "lambda",
            Fops = new()
            {
                Owner = this,
                Mmap = (filp, vma) =>
                {
                    vma.VmFlags |= VmFlags.DontExpand;
                    vma.VmOps = ops;
                    VmaOpen(vma);
                    return 0;
                },
            },
        };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private void VmaOpen(VmAreaStruct vma) => _areas++;

    private void VmaClose(VmAreaStruct vma) => _areas--;
}

//// correct open_that_only_prints
static class Prints
{
    private static readonly VmOperationsStruct Ops = new() { Open = _ => Printk(LogLevel.Debug, "open"), Close = _ => Printk(LogLevel.Debug, "close") };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand;
        vma.VmOps = Ops;
        return 0;
    }
}

//// correct statistics_of_copies
static class Statistics
{
    private static readonly VmOperationsStruct Ops = new() { Open = _ => Copies++ };

    public static int Copies { get; private set; }

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.DontExpand;
        vma.VmOps = Ops;
        return 0;
    }
}
