// A device that interrupts for each word it has: the handler takes the word, a tasklet counts, a worker reports.
using Drivers.LibraryL0;

namespace Drivers.RingN0;

public sealed class RingN0Module : KernelModule
{
    private static readonly PhysicalAddress Start = new(0xd100_0000);

    private readonly ByteRingL0 _ring = new();
    private readonly MiscDevice _misc;
    private RingN0Hardware? _hardware;
    private RingN0Interrupts? _interrupts;
    private int _openCount;

    public RingN0Module() =>
        _misc = new() { Name = "ringN0", Fops = new() { Owner = this, Open = Open, Release = Release, Read = Read, Poll = Poll, Ioctl = Ioctl } };

    [ModuleParam]
    public uint Irq { get; set; } = 10;

    public override KernelResult Init()
    {
        if (RequestMemRegion(Start, PageSize, Name) is null)
            return -EBUSY;
        KernelResult result = -ENOMEM;
        IoAddress registers = Ioremap(Start, PageSize);
        if (registers.IsNull)
            goto failMap;
        result = _ring.Allocate(PageSize);
        if (result.IsError)
            goto failRing;
        _hardware = new(registers);
        _interrupts = new(_ring, _hardware);
        result = RequestIrq(Irq, _interrupts.Handle, Irqf.Shared, Name, this);
        if (result.IsError)
            goto failIrq;
        result = MiscRegister(_misc);
        if (result.IsError)
            goto failMisc;
        _hardware.Enable(true);
        return 0;

    failMisc:
        FreeIrq(Irq, this);
        _interrupts.Stop();
    failIrq:
        _ring.Free();
    failRing:
        Iounmap(registers);
    failMap:
        ReleaseMemRegion(Start, PageSize);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        _hardware!.Enable(false);
        FreeIrq(Irq, this);
        _interrupts!.Stop();
        _ring.Free();
        Iounmap(_hardware.Registers);
        ReleaseMemRegion(Start, PageSize);
    }

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        if ((filp.FMode & FileModes.Write) != 0)
            return -EPERM;
        _openCount++;
        return NonseekableOpen(inode, filp);
    }

    private KernelResult Release(Inode inode, OpenFile filp)
    {
        _openCount--;
        return 0;
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
        _ring.Read(buffer, count, (filp.FFlags & OpenFlags.NonBlock) == 0);

    private PollEvents Poll(OpenFile filp, PollTable? wait)
    {
        PollWait(filp, _ring.Readers, wait);
        return _ring.IsEmpty ? PollEvents.None : PollEvents.In | PollEvents.RdNorm;
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 0x5200:
                _hardware!.Enable(argument != 0);
                return 0;
            case 0x5201:
                return PutUser(_interrupts!.Lost, new UserVirtualAddress(argument));
            case 0x5202:
                return _hardware!.SetRate((uint)argument);
            default:
                return -ENOTTY;
        }
    }
}
