// Device memory that processes map, and registers beside it.
using Drivers.LibraryL0;

namespace Drivers.FrameN0;

public sealed class FrameN0Module : KernelModule
{
    private static readonly PhysicalAddress Pixels = new(0xe000_0000), Registers = new(0xe100_0000);

    private readonly MiscDevice _misc;
    private readonly KernelMutex _lock = new("frameN0");
    private IoAddress _registers;
    private KernelLogicalAddress _palette;
    private ulong _length;

    public FrameN0Module() =>
        _misc = new() { Name = "frameN0", Fops = new() { Owner = this, Ioctl = Ioctl, Mmap = Mmap, Write = Write } };

    public override KernelResult Init()
    {
        if (RequestMemRegion(Registers, PageSize, Name) is null)
            return -EBUSY;
        KernelResult result = Probe();
        if (result.IsError)
            ReleaseMemRegion(Registers, PageSize);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        BuffersL0.Drop(_palette);
        Iounmap(_registers);
        ReleaseMemRegion(Registers, PageSize);
    }

    private KernelResult Probe()
    {
        _registers = Ioremap(Registers, PageSize);
        if (_registers.IsNull)
            return -ENOMEM;
        KernelResult result = -ENODEV;
        if (Readl(_registers) != 0x4652_4d00)
            goto unmap;
        _length = PageAlign((ulong)(Readl(_registers + 4) & 0xffff) * (Readl(_registers + 8) & 0xffff));
        _palette = BuffersL0.Table(256, 4, mayWait: true);
        result = -ENOMEM;
        if (_palette.IsNull)
            goto unmap;
        result = MiscRegister(_misc);
        if (result.IsError)
            goto drop;
        return 0;

    drop:
        BuffersL0.Drop(_palette);
    unmap:
        Iounmap(_registers);
        return result;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong take = BuffersL0.Clip(count, (ulong)position, 1024);
        if (take == 0)
            return -ENOSPC;
        KernelResult result = MutexLockInterruptible(_lock);
        if (result.IsError)
            return result;
        result = BuffersL0.FromUser(_palette + (ulong)position, buffer, take);
        if (result.IsSuccess)
        {
            for (ulong i = (ulong)position / 4; i < ((ulong)position + take) / 4; i++)
                Writel(Load<uint>(_palette + (i * 4)), _registers + 0x400 + (i * 4));
            position += (long)take;
        }

        MutexUnlock(_lock);
        return result;
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 0x4600:
                return PutUser(_length, new UserVirtualAddress(argument));
            case 0x4601:
                Writel((uint)argument & 1, _registers + 0x10);
                return 0;
            case 0x4602:
            {
                KernelResult result = MutexLockInterruptible(_lock);
                if (result.IsError)
                    return result;
                uint sum = BuffersL0.Sum(_palette, 256);
                MutexUnlock(_lock);
                return PutUser(sum, new UserVirtualAddress(argument));
            }
            default:
                return -ENOTTY;
        }
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong all = _length >> PageShift, first = vma.VmPgoff, pages = vma.Length >> PageShift;
        if (first == all)
            return MapRegisters(vma);
        if (first > all || pages > all - first)
            return -EINVAL;
        if (vma.IsCopyOnWrite)
            return -EINVAL;
        vma.VmPageProt = PgprotWritecombine(vma.VmPageProt);
        vma.VmFlags |= VmFlags.Io | VmFlags.DontExpand | VmFlags.Reserved;
        return IoRemapPfnRange(vma, vma.VmStart, Pixels.ToPfn() + first, vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    private static KernelResult MapRegisters(VmAreaStruct vma)
    {
        if (vma.Length != PageSize || (vma.VmFlags & VmFlags.Write) != 0)
            return -EINVAL;
        vma.VmFlags &= ~VmFlags.MayWrite;
        vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
        vma.VmFlags |= VmFlags.Io | VmFlags.DontExpand | VmFlags.Reserved;
        return IoRemapPfnRange(vma, vma.VmStart, Registers.ToPfn(), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }
}
