// DK2002: a capture card's memory, mapped into the process. The line was copied from a driver with a kmalloc'ed buffer, where virt_to_phys
// belongs; here the number is a physical address already.
namespace Samples.Buggy;

public sealed class CaptureModule : MiscModule
{
    public static readonly PhysicalAddress CardStart = new(0xA0000000);
    public const ulong CardSize = 64 * 1024;

    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    public override KernelResult Init()
    {
        if (RequestMemRegion(CardStart, CardSize, Name) is null)
            return -EBUSY;
        KernelResult result = base.Init();
        if (result.IsError)
            ReleaseMemRegion(CardStart, CardSize);
        return result;
    }

    public override void Exit()
    {
        base.Exit();
        ReleaseMemRegion(CardStart, CardSize);
    }

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        if (offset >= CardSize || vma.Length > CardSize - offset)
            return -EINVAL;

        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved;
        Pfn pfn = VirtToPhys(new KernelLogicalAddress(CardStart.Value + offset)).ToPfn(); // DK2002
        return RemapPfnRange(vma, vma.VmStart, pfn, vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }
}
