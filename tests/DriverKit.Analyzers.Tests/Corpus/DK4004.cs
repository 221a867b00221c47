// DK4004 Page returned by nopage without a reference

//// buggy page_in_a_field
sealed class OnePageModule : KernelModule
{
    private readonly VmOperationsStruct _ops;
    private readonly MiscDevice _misc;
    private Page? _page;

    public OnePageModule()
    {
        _ops = new() { Nopage = Nopage };
        _misc = new() { Name = "onepage", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init()
    {
        _page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (_page is null)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(_page);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_page!);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _ops;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if (vma.VmPgoff != 0 || address != vma.VmStart)
            return NopageResult.Sigbus;
        type = FaultType.Minor;
        return _page; // DK4004
    }
}

//// correct page_in_a_field_with_a_reference
sealed class OnePageModule : KernelModule
{
    private readonly VmOperationsStruct _ops;
    private readonly MiscDevice _misc;
    private Page? _page;

    public OnePageModule()
    {
        _ops = new() { Nopage = Nopage };
        _misc = new() { Name = "onepage", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init()
    {
        _page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (_page is null)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(_page);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_page!);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _ops;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if (vma.VmPgoff != 0 || address != vma.VmStart)
            return NopageResult.Sigbus;
        GetPage(_page!);
        type = FaultType.Minor;
        return _page;
    }
}

//// buggy page_of_logical_memory
// scullp's fault handler is right; this is what it says a driver must not forget.
static class Scullp
{
    private const ulong Size = 8 * PageSize;
    private static KernelLogicalAddress _data;

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (offset >= Size)
            return NopageResult.Sigbus;
        return VirtToPage(_data + offset); // DK4004
    }
}

//// correct page_of_logical_memory_with_a_reference
// scullp's fault handler is right; this is what it says a driver must not forget.
static class Scullp
{
    private const ulong Size = 8 * PageSize;
    private static KernelLogicalAddress _data;

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (offset >= Size)
            return NopageResult.Sigbus;
        Page page = VirtToPage(_data + offset);
        GetPage(page);
        return page;
    }
}

//// buggy page_of_vmalloc_memory
static class Scullv
{
    private const ulong Size = 8 * PageSize;
    private static KernelVirtualAddress _data;

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        Page? page = offset < Size ? VmallocToPage(_data + offset) : null;
        if (page is not null)
            type = FaultType.Minor;
        return page; // DK4004
    }
}

//// correct page_of_vmalloc_memory_with_a_reference
static class Scullv
{
    private const ulong Size = 8 * PageSize;
    private static KernelVirtualAddress _data;

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        Page? page = offset < Size ? VmallocToPage(_data + offset) : null;
        if (page is not null)
            GetPage(page);
        return page;
    }
}

//// buggy one_path_without_the_reference
static class Cached
{
    private static readonly Page?[] Pages = new Page?[16];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= 16)
            return NopageResult.Sigbus;
        if (Pages[index] is { } known)
        {
            type = FaultType.Minor;
            return known; // DK4004
        }

        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return NopageResult.Oom;
        GetPage(page);
        Pages[index] = page;
        type = FaultType.Major;
        return page;
    }
}

//// correct every_path_with_the_reference
static class Cached
{
    private static readonly Page?[] Pages = new Page?[16];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= 16)
            return NopageResult.Sigbus;
        if (Pages[index] is { } known)
        {
            type = FaultType.Minor;
            GetPage(known);
            return known;
        }

        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return NopageResult.Oom;
        GetPage(page);
        Pages[index] = page;
        type = FaultType.Major;
        return page;
    }
}

//// buggy fresh_page_that_is_also_kept
static class OnDemand
{
    private static readonly Page?[] Pages = new Page?[16];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= 16)
            return NopageResult.Sigbus;
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return NopageResult.Oom;
        Pages[index] = page;
        type = FaultType.Major;
        return page; // DK4004
    }
}

//// correct fresh_page_given_away
static class OnDemand
{
    private static readonly Page?[] Pages = new Page?[16];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= 16)
            return NopageResult.Sigbus;
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return NopageResult.Oom;
        type = FaultType.Major;
        return page;
    }
}

//// buggy helper_that_only_looks_up
static class Lookup
{
    private static readonly List<Page> Pages = [];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        type = FaultType.Minor;
        return Find(vma.VmPgoff + ((address - vma.VmStart) >> PageShift)); // DK4004
    }

    private static Page? Find(ulong index)
    {
        if (index >= (ulong)Pages.Count)
            return null;
        return Pages[(int)index];
    }
}

//// correct helper_that_takes_a_reference
static class Lookup
{
    private static readonly List<Page> Pages = [];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        type = FaultType.Minor;
        return Find(vma.VmPgoff + ((address - vma.VmStart) >> PageShift));
    }

    private static Page? Find(ulong index)
    {
        if (index >= (ulong)Pages.Count)
            return null;
        Page page = Pages[(int)index];
        GetPage(page);
        return page;
    }
}

//// buggy switch_expression_of_frames
static class Frames
{
    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        Pfn frame = new Pfn(vma.VmPgoff) + ((address - vma.VmStart) >> PageShift);
        return PfnValid(frame) ? PfnToPage(frame) : NopageResult.Sigbus; // DK4004
    }

    private static Page Referenced(Page page)
    {
        GetPage(page);
        return page;
    }
}

//// correct switch_expression_with_a_helper
static class Frames
{
    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        Pfn frame = new Pfn(vma.VmPgoff) + ((address - vma.VmStart) >> PageShift);
        return PfnValid(frame) ? Referenced(PfnToPage(frame)) : NopageResult.Sigbus;
    }

    private static Page Referenced(Page page)
    {
        GetPage(page);
        return page;
    }
}

//// buggy reference_on_a_condition
sealed class Locked
{
    private readonly KernelMutex _lock = new("locked");
    private readonly Page?[] _pages = new Page?[4];

    public VmOperationsStruct Operations() => new()
    {
        Nopage = (VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
        {
            ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
            if (index >= 4)
                return NopageResult.Sigbus;
            MutexLock(_lock);
            try
            {
                if (_pages[index] is not { } page)
                    return NopageResult.Sigbus;
                if (PageCount(page) > 1)
                    GetPage(page);
                return page; // DK4004
            }
            finally
            {
                MutexUnlock(_lock);
            }
        },
    };
}

//// correct reference_under_a_lock
sealed class Locked
{
    private readonly KernelMutex _lock = new("locked");
    private readonly Page?[] _pages = new Page?[4];

    public VmOperationsStruct Operations() => new()
    {
        Nopage = (VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
        {
            ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
            if (index >= 4)
                return NopageResult.Sigbus;
            MutexLock(_lock);
            try
            {
                if (_pages[index] is not { } page)
                    return NopageResult.Sigbus;
                GetPage(page);
                return page;
            }
            finally
            {
                MutexUnlock(_lock);
            }
        },
    };
}
