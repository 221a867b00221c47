// DK4006 Close of an area undoes what its open never does

//// buggy close_counts_down_without_open
sealed class CountedModule : KernelModule
{
    private readonly VmOperationsStruct _ops;
    private readonly MiscDevice _misc;
    private int _areas;

    public CountedModule()
    {
        _ops = new() { Close = VmaClose, Nopage = Nopage }; // DK4006
        _misc = new() { Name = "counted", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _ops;
        _areas++;
        return 0;
    }

    private void VmaClose(VmAreaStruct vma) => _areas--;

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// correct open_counts_up
sealed class CountedModule : KernelModule
{
    private readonly VmOperationsStruct _ops;
    private readonly MiscDevice _misc;
    private int _areas;

    public CountedModule()
    {
        _ops = new() { Open = VmaOpen, Close = VmaClose, Nopage = Nopage };
        _misc = new() { Name = "counted", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _ops;
        _areas++;
        return 0;
    }

    private void VmaOpen(VmAreaStruct vma) => _areas++;

    private void VmaClose(VmAreaStruct vma) => _areas--;

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;
}

//// buggy open_only_prints
// The mapping is freed when the first of two areas that share it goes away (split, fork).
static class Shared
{
    private sealed class Mapping
    {
        public Kref Users { get; } = new();

        public Page? Page { get; set; }
    }

    private static readonly VmOperationsStruct Ops = new()
    {
        Open = VmaOpen,
        Close = VmaClose, // DK4006
    };

    private static void VmaOpen(VmAreaStruct vma)
    {
        Printk(LogLevel.Debug, $"open at {vma.VmStart}");
    }

    private static void VmaClose(VmAreaStruct vma)
    {
        if (vma.VmPrivateData is Mapping { Page: { } page } mapping)
            KrefPut(mapping.Users, _ => FreePage(page));
    }
}

//// correct open_takes_a_reference
// The mapping is freed when the first of two areas that share it goes away (split, fork).
static class Shared
{
    private sealed class Mapping
    {
        public Kref Users { get; } = new();

        public Page? Page { get; set; }
    }

    private static readonly VmOperationsStruct Ops = new()
    {
        Open = VmaOpen,
        Close = VmaClose,
    };

    private static void VmaOpen(VmAreaStruct vma)
    {
        Printk(LogLevel.Debug, $"open at {vma.VmStart}");
        if (vma.VmPrivateData is Mapping mapping)
            KrefGet(mapping.Users);
    }

    private static void VmaClose(VmAreaStruct vma)
    {
        if (vma.VmPrivateData is Mapping { Page: { } page } mapping)
            KrefPut(mapping.Users, _ => FreePage(page));
    }
}

//// buggy close_frees_memory
static class Freed
{
    private static readonly VmOperationsStruct Ops = new() { Close = VmaClose }; // DK4006

    private static void VmaClose(VmAreaStruct vma)
    {
        if (vma.VmPrivateData is KernelLogicalAddress buffer)
            Kfree(buffer);
    }
}

//// correct close_only_prints
static class Freed
{
    private static readonly VmOperationsStruct Ops = new() { Close = VmaClose };

    private static void VmaClose(VmAreaStruct vma)
    {
        Printk(LogLevel.Debug, $"area {vma} goes");
    }
}

//// buggy atomic_count_as_lambdas
sealed class Atomics
{
    private readonly AtomicT _users = new();

    public VmOperationsStruct Operations() => new()
    {
        Open = vma => Printk(LogLevel.Debug, "open"),
        Close = vma => AtomicDec(_users), // DK4006
    };
}

//// correct atomic_count_as_lambdas_both_ways
sealed class Atomics
{
    private readonly AtomicT _users = new();

    public VmOperationsStruct Operations() => new()
    {
        Open = vma => AtomicInc(_users),
        Close = vma => AtomicDec(_users),
    };
}

//// buggy put_through_a_helper
sealed class Helpers
{
    private readonly VmOperationsStruct _ops;
    private int _count = 1;

    public Helpers()
    {
        _ops = new() { Close = vma => Put() }; // DK4006
    }

    public VmOperationsStruct Operations => _ops;

    private void Get() => _count += 1;

    private void Put()
    {
        if (--_count == 0)
            Printk(LogLevel.Info, "nobody maps it any more");
    }
}

//// correct get_and_put_through_helpers
sealed class Helpers
{
    private readonly VmOperationsStruct _ops;
    private int _count = 1;

    public Helpers()
    {
        _ops = new() { Open = vma => Get(), Close = vma => Put() };
    }

    public VmOperationsStruct Operations => _ops;

    private void Get() => _count += 1;

    private void Put()
    {
        if (--_count == 0)
            Printk(LogLevel.Info, "nobody maps it any more");
    }
}

//// buggy page_dropped_per_area
static class Held
{
    private static readonly VmOperationsStruct Ops = new()
    {
        Close = vma => PutPage((Page)vma.VmPrivateData!), // DK4006
    };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize)
            return -EINVAL;
        Page? page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (page is null)
            return -ENOMEM;
        KernelResult result = VmInsertPage(vma, vma.VmStart, page);
        if (result.IsError)
        {
            FreePage(page);
            return result;
        }

        vma.VmPrivateData = page;
        vma.VmOps = Ops;
        return 0;
    }
}

//// correct page_held_per_area
static class Held
{
    private static readonly VmOperationsStruct Ops = new()
    {
        Open = vma => GetPage((Page)vma.VmPrivateData!),
        Close = vma => PutPage((Page)vma.VmPrivateData!),
    };

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize)
            return -EINVAL;
        Page? page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (page is null)
            return -ENOMEM;
        KernelResult result = VmInsertPage(vma, vma.VmStart, page);
        if (result.IsError)
        {
            FreePage(page);
            return result;
        }

        vma.VmPrivateData = page;
        vma.VmOps = Ops;
        return 0;
    }
}

//// buggy open_is_empty
// A copy per area needs no count.
static class Copied
{
    private static readonly VmOperationsStruct Ops = new()
    {
        Open = VmaOpen,
        Close = VmaClose, // DK4006
    };

    private static void VmaOpen(VmAreaStruct vma)
    {
    }

    private static void VmaClose(VmAreaStruct vma)
    {
        if (vma.VmPrivateData is KernelLogicalAddress settings)
            Kfree(settings);
    }
}

//// correct open_makes_a_copy
// A copy per area needs no count.
static class Copied
{
    private static readonly VmOperationsStruct Ops = new()
    {
        Open = VmaOpen,
        Close = VmaClose,
    };

    private static void VmaOpen(VmAreaStruct vma)
    {
        KernelLogicalAddress copy = Kmalloc(64, GfpFlags.Kernel);
        if (!copy.IsNull && vma.VmPrivateData is KernelLogicalAddress settings)
            Memcpy(copy, settings, 64);
        vma.VmPrivateData = copy.IsNull ? null : copy;
    }

    private static void VmaClose(VmAreaStruct vma)
    {
        if (vma.VmPrivateData is KernelLogicalAddress settings)
            Kfree(settings);
    }
}

//// correct a_pair_that_only_prints
static class Simple
{
    private static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Close = VmaClose };

    private static void VmaOpen(VmAreaStruct vma) => Printk(LogLevel.Notice, $"Simple VMA open, virt {vma.VmStart.Value:x}");

    private static void VmaClose(VmAreaStruct vma) => Printk(LogLevel.Notice, "Simple VMA close.");
}

//// correct close_counts_how_often_it_ran
static class Statistics
{
    private static readonly VmOperationsStruct Ops = new() { Close = _ => Closes++ };

    public static int Closes { get; private set; }
}
