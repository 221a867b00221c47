// DK4009, DK4013: memory of the driver's own, mapped by its frame number, or page by page out of a block that is not compound. A project that calls
// SetPageReserved is trusted with its pages, and samples/Buggy does: so this driver stands apart.
namespace Samples.BuggyTape;

public sealed class TapeModule : KernelModule
{
    private const int Order = 2;

    private readonly MiscDevice _misc;
    private KernelLogicalAddress _header, _block;

    public TapeModule() => _misc = new() { Name = "tape", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init()
    {
        KernelResult result = -ENOMEM;
        _header = GetZeroedPage(GfpFlags.Kernel);
        _block = GetFreePages(GfpFlags.Kernel | GfpFlags.Zero, Order);
        if (!_header.IsNull && !_block.IsNull)
            result = MiscRegister(_misc);
        if (result.IsError)
            Free();
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Free();
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff > 1ul << Order || vma.Length != PageSize)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Reserved;

        // Until 2.6.14 the page was left out, and the process read zeros; since then nobody counts it.
        if (vma.VmPgoff == 0)
            return RemapPfnRange(vma, vma.VmStart, Pa(_header).ToPfn(), PageSize, vma.VmPageProt); // DK4009
        Page page = VirtToPage(_block + ((vma.VmPgoff - 1) << PageShift));
        return VmInsertPage(vma, vma.VmStart, page); // DK4013
    }

    private void Free()
    {
        FreePages(_block, Order);
        FreePage(_header);
    }
}
