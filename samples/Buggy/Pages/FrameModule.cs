// DK3010: a frame of pixels. Shared areas map it by its number, which holds no reference; a reset frees it all the same.
namespace Samples.Buggy;

public sealed class FrameModule : MiscModule
{
    public const uint Reset = 1;

    private Page? _frame;

    protected override FileOperations Operations => new() { Owner = this, UnlockedIoctl = Ioctl, Mmap = Mmap };

    public override KernelResult Init()
    {
        _frame = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (_frame is null)
            return -ENOMEM;
        SetPageReserved(_frame);
        KernelResult result = base.Init();
        if (result.IsError)
            Free(_frame);
        return result;
    }

    public override void Exit()
    {
        base.Exit();
        Free(_frame!);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        if ((vma.VmFlags & VmFlags.Shared) == 0)
            return VmInsertPage(vma, vma.VmStart, _frame!);
        return RemapPfnRange(vma, vma.VmStart, PageToPfn(_frame!), PageSize, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case Reset:
                ClearPageReserved(_frame!);
                FreePage(_frame!); // DK3010
                return 0;
            default:
                return -ENOTTY;
        }
    }

    private static void Free(Page frame)
    {
        ClearPageReserved(frame);
        FreePage(frame);
    }
}
