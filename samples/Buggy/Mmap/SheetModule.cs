// DK4003: a sheet of memory, given out page by page. What is mapped from its middle gets its beginning.
namespace Samples.Buggy;

public sealed class SheetModule : MiscModule
{
    private const ulong Size = 64 * 1024;

    private readonly VmOperationsStruct _vmOps;
    private KernelVirtualAddress _sheet;

    public SheetModule() => _vmOps = new() { Nopage = Nopage };

    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    public override KernelResult Init()
    {
        _sheet = Vmalloc(Size);
        if (_sheet.IsNull)
            return -ENOMEM;
        Memset(_sheet, 0, Size);
        KernelResult result = base.Init();
        if (result.IsError)
            Vfree(_sheet);
        return result;
    }

    public override void Exit()
    {
        base.Exit();
        Vfree(_sheet);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = address - vma.VmStart; // DK4003
        if (offset >= Size || VmallocToPage(_sheet + offset) is not { } page)
            return NopageResult.Sigbus;
        GetPage(page);
        return page;
    }
}
