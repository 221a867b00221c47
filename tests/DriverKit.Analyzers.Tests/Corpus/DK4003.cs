// DK4003 Offset of a mapping ignored

//// buggy nopage_always_from_the_first_page
// uio before 02683ffdf655.
static class UioLogical
{
    private const ulong Pages = 16;
    private static KernelLogicalAddress _memory;

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = (address - vma.VmStart) >> PageShift; // DK4003
        if (index >= Pages)
            return NopageResult.Sigbus;
        Page page = VirtToPage(_memory + (index << PageShift));
        GetPage(page);
        type = FaultType.Minor;
        return page;
    }
}

//// correct nopage_adds_the_offset
// uio before 02683ffdf655.
static class UioLogical
{
    private const ulong Pages = 16;
    private static KernelLogicalAddress _memory;

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= Pages)
            return NopageResult.Sigbus;
        Page page = VirtToPage(_memory + (index << PageShift));
        GetPage(page);
        type = FaultType.Minor;
        return page;
    }
}

//// buggy remap_of_the_first_bytes
// kmmap of the memory mapping lab: the length is checked, the offset is not looked at.
static class Kmmap
{
    private const ulong Size = 16 * PageSize;
    private static readonly PhysicalAddress Start = new(0xfe400000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length > Size)
            return -EIO;
        return RemapPfnRange(vma, vma.VmStart, Start.ToPfn(), vma.Length, vma.VmPageProt); // DK4003
    }
}

//// correct remap_from_the_offset
// kmmap of the memory mapping lab: the length is checked, the offset is not looked at.
static class Kmmap
{
    private const ulong Size = 16 * PageSize;
    private static readonly PhysicalAddress Start = new(0xfe400000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff >= Size >> PageShift || vma.Length > Size - (vma.VmPgoff << PageShift))
            return -EIO;
        return RemapPfnRange(vma, vma.VmStart, Start.ToPfn() + vma.VmPgoff, vma.Length, vma.VmPageProt);
    }
}

//// buggy offset_allowed_but_not_used
sealed class SgModule : KernelModule
{
    private const ulong Size = 4 * PageSize;
    private static readonly Pfn Buffer = new(0xfd400);
    private readonly MiscDevice _misc;

    public SgModule() => _misc = new() { Name = "sg", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length > Size)
            return -ENOMEM;
        return RemapPfnRange(vma, vma.VmStart, Buffer, vma.Length, vma.VmPageProt); // DK4003
    }
}

//// correct offset_must_be_zero
sealed class SgModule : KernelModule
{
    private const ulong Size = 4 * PageSize;
    private static readonly Pfn Buffer = new(0xfd400);
    private readonly MiscDevice _misc;

    public SgModule() => _misc = new() { Name = "sg", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0)
            return -EINVAL;
        if (vma.Length > Size)
            return -ENOMEM;
        return RemapPfnRange(vma, vma.VmStart, Buffer, vma.Length, vma.VmPageProt);
    }
}

//// buggy offset_demanded_zero_but_areas_are_split
// mspec: the handler demands offset 0, but munmap of the first half leaves an area whose VmPgoff is not 0.
sealed class MspecModule : KernelModule
{
    private const ulong Pages = 8;
    private readonly VmOperationsStruct _ops;
    private readonly MiscDevice _misc;
    private readonly Page?[] _pages = new Page?[Pages];

    public MspecModule()
    {
        _ops = new() { Nopage = Nopage };
        _misc = new() { Name = "mspec", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > Pages << PageShift)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _ops;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = (address - vma.VmStart) >> PageShift; // DK4003
        if (index >= Pages || _pages[index] is not { } page)
            return NopageResult.Sigbus;
        GetPage(page);
        return page;
    }
}

//// correct offset_in_the_fault_too
// mspec: the handler demands offset 0, but munmap of the first half leaves an area whose VmPgoff is not 0.
sealed class MspecModule : KernelModule
{
    private const ulong Pages = 8;
    private readonly VmOperationsStruct _ops;
    private readonly MiscDevice _misc;
    private readonly Page?[] _pages = new Page?[Pages];

    public MspecModule()
    {
        _ops = new() { Nopage = Nopage };
        _misc = new() { Name = "mspec", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > Pages << PageShift)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _ops;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = ((address - vma.VmStart) >> PageShift) + vma.VmPgoff;
        if (index >= Pages || _pages[index] is not { } page)
            return NopageResult.Sigbus;
        GetPage(page);
        return page;
    }
}

//// buggy helper_without_the_offset
static class Book
{
    private static readonly List<Page> Pages = [];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = OffsetOf(vma, address); // DK4003
        if (offset >= (ulong)Pages.Count << PageShift)
            return NopageResult.Sigbus;
        Page page = Pages[(int)(offset >> PageShift)];
        GetPage(page);
        return page;
    }

    private static ulong OffsetOf(VmAreaStruct vma, UserVirtualAddress address) => address - vma.VmStart;
}

//// correct helper_with_the_offset
static class Book
{
    private static readonly List<Page> Pages = [];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = OffsetOf(vma, address);
        if (offset >= (ulong)Pages.Count << PageShift)
            return NopageResult.Sigbus;
        Page page = Pages[(int)(offset >> PageShift)];
        GetPage(page);
        return page;
    }

    private static ulong OffsetOf(VmAreaStruct vma, UserVirtualAddress address) => address - vma.VmStart + (vma.VmPgoff << PageShift);
}

//// buggy offset_remembered_at_mmap
// Private data is copied by a split, but VmStart moves: what was right at mmap time is wrong after it.
sealed class Remembered
{
    private sealed record Mapping(ulong Offset);

    private readonly VmOperationsStruct _ops;
    private KernelVirtualAddress _memory;
    private ulong _size;

    public Remembered() => _ops = new() { Nopage = Nopage };

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmPrivateData = new Mapping(vma.VmPgoff << PageShift);
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _ops;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if (vma.VmPrivateData is not Mapping mapping)
            return NopageResult.Sigbus;
        ulong offset = mapping.Offset + (address - vma.VmStart); // DK4003
        if (offset >= _size || VmallocToPage(_memory + offset) is not { } page)
            return NopageResult.Sigbus;
        GetPage(page);
        return page;
    }
}

//// correct offset_asked_at_the_fault
// Private data is copied by a split, but VmStart moves: what was right at mmap time is wrong after it.
sealed class Remembered
{
    private sealed record Mapping(ulong Offset);

    private readonly VmOperationsStruct _ops;
    private KernelVirtualAddress _memory;
    private ulong _size;

    public Remembered() => _ops = new() { Nopage = Nopage };

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmPrivateData = new Mapping(vma.VmPgoff << PageShift);
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _ops;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (offset >= _size || VmallocToPage(_memory + offset) is not { } page)
            return NopageResult.Sigbus;
        GetPage(page);
        return page;
    }
}

//// buggy fault_as_a_lambda
sealed class LambdaFault
{
    private readonly Page[] _pages = [];

    public VmOperationsStruct Operations() => new()
    {
        Nopage = (VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
        {
            ulong index = (address.Value - vma.VmStart.Value) / PageSize; // DK4003
            if (index >= (ulong)_pages.Length)
                return NopageResult.Sigbus;
            GetPage(_pages[index]);
            return _pages[index];
        },
    };
}

//// correct fault_as_a_lambda_with_the_offset
sealed class LambdaFault
{
    private readonly Page[] _pages = [];

    public VmOperationsStruct Operations() => new()
    {
        Nopage = (VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
        {
            ulong index = (address.Value - vma.VmStart.Value) / PageSize + vma.VmPgoff;
            if (index >= (ulong)_pages.Length)
                return NopageResult.Sigbus;
            GetPage(_pages[index]);
            return _pages[index];
        },
    };
}

//// correct one_page_only
// mmtimer: one page of registers, whatever the offset.
static class Mmtimer
{
    private static readonly Pfn Clock = new(0xfed00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize)
            return -EINVAL;
        if ((vma.VmFlags & VmFlags.Write) != 0)
            return -EPERM;
        vma.VmFlags &= ~VmFlags.MayWrite;
        return IoRemapPfnRange(vma, vma.VmStart, Clock, PageSize, PgprotNoncached(vma.VmPageProt)).IsError ? -EAGAIN : 0;
    }
}

//// correct distance_only_printed
static class Talkative
{
    private static Page? _page;

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        Printk(LogLevel.Debug, $"nopage, off {address - vma.VmStart:x}");
        if (address != vma.VmStart || _page is not { } page)
            return NopageResult.Sigbus;
        GetPage(page);
        return page;
    }
}
