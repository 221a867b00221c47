// DK2001: a ring of 64 KiB from vmalloc, mapped page by page. Its nopage was copied from a driver whose buffer came from kmalloc.
namespace Samples.Buggy;

public sealed class RingModule : MiscModule
{
    private const ulong Size = 64 * 1024;

    private readonly VmOperationsStruct _vmOps;
    private KernelVirtualAddress _ring;

    public RingModule() => _vmOps = new() { Nopage = Nopage };

    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    public override KernelResult Init()
    {
        _ring = Vmalloc(Size);
        if (_ring.IsNull)
            return -ENOMEM;
        Memset(_ring, 0, Size);
        KernelResult result = base.Init();
        if (result.IsError)
            Vfree(_ring);
        return result;
    }

    public override void Exit()
    {
        base.Exit();
        Vfree(_ring);
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

        var place = (KernelLogicalAddress)(_ring + offset);
        Page page = VirtToPage(place); // DK2001
        GetPage(page);
        return page;
    }
}
