// DK4008: a window onto the card that an ioctl maps once more, after a reset of the card.
namespace Samples.Buggy;

public sealed class PosterModule : MiscModule
{
    public const uint Refresh = 1;

    private VmAreaStruct? _area;

    protected override FileOperations Operations => new() { Owner = this, UnlockedIoctl = Ioctl, Mmap = Mmap };

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        _area = vma;
        return IoRemapPfnRange(vma, vma.VmStart, Card.Registers.ToPfn(), PageSize, vma.VmPageProt);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != Refresh)
            return -ENOTTY;
        if (_area is not { } area)
            return -EINVAL;
        return IoRemapPfnRange(area, area.VmStart, Card.Registers.ToPfn(), PageSize, area.VmPageProt); // DK4008
    }
}
