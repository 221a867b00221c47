// DK2001 Address outside low memory given to a function for logical addresses

//// buggy nopage_of_a_vmalloc_buffer
// The mmap of a kmalloc driver (kmmap) with the buffer of a vmalloc driver (vmmap), both of the memory mapping lab of SO2.
public sealed class VmmapModule : KernelModule
{
    private const ulong Size = 16 * 4096;

    private readonly MiscDevice _misc;
    private readonly VmOperationsStruct _vmOps;
    private KernelVirtualAddress _area;

    public VmmapModule()
    {
        _vmOps = new() { Nopage = Nopage };
        _misc = new() { Name = "vmmap", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init()
    {
        _area = Vmalloc(Size);
        if (_area.IsNull)
            return -ENOMEM;
        Memset(_area, 0, Size);
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Vfree(_area);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Vfree(_area);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (offset >= Size)
            return NopageResult.Sigbus;
        Page page = VirtToPage((KernelLogicalAddress)(_area + offset)); // DK2001
        GetPage(page);
        return page;
    }
}

//// correct nopage_of_a_vmalloc_buffer_looked_up
public sealed class VmmapModule : KernelModule
{
    private const ulong Size = 16 * 4096;

    private readonly MiscDevice _misc;
    private readonly VmOperationsStruct _vmOps;
    private KernelVirtualAddress _area;

    public VmmapModule()
    {
        _vmOps = new() { Nopage = Nopage };
        _misc = new() { Name = "vmmap", Fops = new() { Owner = this, Mmap = Mmap } };
    }

    public override KernelResult Init()
    {
        _area = Vmalloc(Size);
        if (_area.IsNull)
            return -ENOMEM;
        Memset(_area, 0, Size);
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Vfree(_area);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Vfree(_area);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (offset >= Size || VmallocToPage(_area + offset) is not { } page)
            return NopageResult.Sigbus;
        GetPage(page);
        return page;
    }
}

//// buggy physical_address_of_a_mapped_page
internal static class Transmit
{
    public static PhysicalAddress Start(Page page)
    {
        KernelVirtualAddress data = Kmap(page);
        Memset(data, 0, 64);
        PhysicalAddress start = VirtToPhys((KernelLogicalAddress)data); // DK2001
        Kunmap(page);
        return start;
    }
}

//// correct physical_address_of_a_mapped_page
internal static class Transmit
{
    public static PhysicalAddress Start(Page page)
    {
        KernelVirtualAddress data = Kmap(page);
        Memset(data, 0, 64);
        Kunmap(page);
        return PageToPfn(page).ToPhysical();
    }
}

//// buggy through_helpers_and_the_number
internal static class Descriptors
{
    public static PhysicalAddress Describe(ulong size, out KernelVirtualAddress ring)
    {
        ring = Allocate(size);
        return ring.IsNull ? default : PhysicalOf(ring.Value); // DK2001
    }

    private static KernelVirtualAddress Allocate(ulong size) => Vmalloc32(size);

    private static PhysicalAddress PhysicalOf(ulong number) => Pa(new KernelLogicalAddress(number));
}

//// correct through_helpers_and_the_number
internal static class Descriptors
{
    public static PhysicalAddress Describe(ulong size, out KernelVirtualAddress ring)
    {
        ring = Allocate(size);
        return ring.IsNull ? default : PhysicalOf(ring.Value);
    }

    private static KernelVirtualAddress Allocate(ulong size) => GetFreePages(GfpFlags.Kernel, GetOrder(size));

    private static PhysicalAddress PhysicalOf(ulong number) => Pa(new KernelLogicalAddress(number));
}

//// buggy big_buffers_come_from_elsewhere
// Small buffers from kmalloc, big ones from vmalloc, and one path for both.
internal sealed class Buffer
{
    private readonly KernelVirtualAddress _at;
    private readonly bool _isBig;

    public Buffer(ulong size)
    {
        _isBig = size > 32 * PageSize;
        _at = _isBig ? Vmalloc(size) : Kmalloc(size, GfpFlags.Kernel);
    }

    public static Page? FirstPageOfNew(ulong size)
    {
        KernelVirtualAddress at = Kmalloc(size, GfpFlags.Kernel);
        bool isSmall = !at.IsNull;
        if (!isSmall)
            at = Vmalloc(size);
        if (at.IsNull)
            return null;
        Page page = VirtToPage((KernelLogicalAddress)at); // DK2001
        if (isSmall)
            Kfree((KernelLogicalAddress)at);
        else
            Vfree(at);
        return page;
    }

    public void Free()
    {
        if (_isBig)
            Vfree(_at);
        else
            Kfree((KernelLogicalAddress)_at);
    }
}

//// correct big_buffers_are_told_apart
internal static class Buffer
{
    public static Page? FirstPageOfNew(ulong size)
    {
        KernelVirtualAddress at = Kmalloc(size, GfpFlags.Kernel);
        bool isSmall = !at.IsNull;
        if (!isSmall)
            at = Vmalloc(size);
        if (at.IsNull)
            return null;
        Page? page = isSmall ? VirtToPage((KernelLogicalAddress)at) : VmallocToPage(at);
        if (isSmall)
            Kfree((KernelLogicalAddress)at);
        else
            Vfree(at);
        return page;
    }
}

//// buggy operation_and_lambda
// The operation stands in a table, the address travels in what the lambda has captured.
internal sealed class Audio
{
    private static readonly Func<KernelVirtualAddress, Page> PageOf = static address => VirtToPage((KernelLogicalAddress)address);

    private readonly FileOperations _fops;

    public Audio() => _fops = new() { Mmap = Mmap };

    public FileOperations Fops => _fops;

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        KernelVirtualAddress samples = Vmalloc(PageSize);
        if (samples.IsNull)
            return -ENOMEM;
        Memset(samples, 0, PageSize);
        Func<Page> first = () => VirtToPage((KernelLogicalAddress)samples);
        bool isSame = ReferenceEquals(
            first(), // DK2001
            PageOf(samples)); // DK2001
        Vfree(samples);
        return isSame ? -EIO : -ENODEV;
    }
}

//// correct operation_and_lambda
internal sealed class Audio
{
    private static readonly Func<KernelVirtualAddress, Page?> PageOf = static address =>
        VirtAddrValid(address) ? VirtToPage((KernelLogicalAddress)address) : VmallocToPage(address);

    private readonly FileOperations _fops;

    public Audio() => _fops = new() { Mmap = Mmap };

    public FileOperations Fops => _fops;

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        KernelVirtualAddress samples = Vmalloc(PageSize);
        if (samples.IsNull)
            return -ENOMEM;
        Memset(samples, 0, PageSize);
        Func<Page?> first = () => VmallocToPage(samples);
        bool isSame = ReferenceEquals(first(), PageOf(samples));
        Vfree(samples);
        return isSame ? -EIO : -ENODEV;
    }
}

//// buggy own_contract
internal static class Ring
{
    public static Pfn FirstFrame(KernelVirtualAddress window) => FrameOf((KernelLogicalAddress)Lookup(window)); // DK2001

    [return: ReturnsOrigin(AddressOrigin.Vmalloc)]
    private static KernelVirtualAddress Lookup(KernelVirtualAddress window) => new(Load<ulong>(window));

    private static Pfn FrameOf([RequiresOrigin(AddressOrigin.LowMemory)] KernelLogicalAddress at) => new(at.Value - 0xc0000000 >> PageShift);
}

//// correct own_contract
internal static class Ring
{
    public static Pfn FirstFrame(KernelVirtualAddress window) => FrameOf((KernelLogicalAddress)Lookup(window));

    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    private static KernelVirtualAddress Lookup(KernelVirtualAddress window) => new(Load<ulong>(window));

    private static Pfn FrameOf([RequiresOrigin(AddressOrigin.LowMemory)] KernelLogicalAddress at) => new(at.Value - 0xc0000000 >> PageShift);
}

//// buggy replaced_on_one_path_only
internal static class Grow
{
    public static PhysicalAddress To(ulong size, bool again)
    {
        KernelVirtualAddress at = Vmalloc(size);
        if (at.IsNull)
            return default;
        PhysicalAddress start = default;
        Replace(ref at, again);
        if (!again)
            start = Pa((KernelLogicalAddress)at); // DK2001
        else if (!at.IsNull)
            start = Pa((KernelLogicalAddress)at);
        if (again)
            Kfree((KernelLogicalAddress)at);
        else
            Vfree(at);
        return start;
    }

    private static void Replace(ref KernelVirtualAddress at, bool again)
    {
        if (!again)
            return;
        Vfree(at);
        at = Kmalloc(64, GfpFlags.Kernel);
    }
}

//// correct checked_against_the_end_of_low_memory
internal static class Lookup
{
    public static Page? Of(ulong size, bool big)
    {
        KernelVirtualAddress at = big ? Vmalloc(size) : Kmalloc(size, GfpFlags.Kernel);
        if (at.IsNull)
            return null;
        Page? page = at < HighMemory ? VirtToPage((KernelLogicalAddress)at) : VmallocToPage(at);
        if (big)
            Vfree(at);
        else
            Kfree((KernelLogicalAddress)at);
        return page;
    }
}
