// DK4004: a badge of one page. Each process that unmaps it drops a reference that nobody took.
namespace Samples.Buggy;

public sealed class BadgeModule : MiscModule
{
    private readonly VmOperationsStruct _vmOps;
    private Page? _badge;

    public BadgeModule() => _vmOps = new() { Nopage = Nopage };

    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    public override KernelResult Init()
    {
        _badge = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (_badge is null)
            return -ENOMEM;
        KernelResult result = base.Init();
        if (result.IsError)
            FreePage(_badge);
        return result;
    }

    public override void Exit()
    {
        base.Exit();
        FreePage(_badge!);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if (vma.VmPgoff != 0 || address != vma.VmStart)
            return NopageResult.Sigbus;
        type = FaultType.Minor;
        return _badge; // DK4004
    }
}
