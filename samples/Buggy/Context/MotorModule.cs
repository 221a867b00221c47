// DK1001, DK1003, DK1004, DK1006, DK1009: a stepper motor, whose spinlock and preemption are held over what may sleep.
namespace Samples.Buggy;

public sealed class MotorModule : MiscModule
{
    public const uint Home = 1, AddMove = 2, GetPosition = 3;
    private const ulong MoveSize = 64, RampSize = 1024;

    private readonly Spinlock _lock = new("motor");
    private readonly List<KernelLogicalAddress> _moves = [];
    private KernelLogicalAddress _ramp;
    private uint _position, _speed;

    protected override FileOperations Operations => new() { Owner = this, Open = MakeRamp, UnlockedIoctl = Ioctl, Fsync = Stop };

    public override void Exit()
    {
        base.Exit();
        foreach (KernelLogicalAddress move in _moves)
            Kfree(move);
        Kfree(_ramp);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command switch
    {
        Home => GoHome(),
        AddMove => Enqueue(),
        GetPosition => TellPosition(new(argument)),
        _ => -ENOTTY,
    };

    // The delay was added when the mechanics turned out to be slow; the lock had always been there.
    private KernelResult GoHome()
    {
        SpinLock(_lock);
        _position = 0;
        Msleep(10); // DK1001
        _speed = 0;
        SpinUnlock(_lock);
        return 0;
    }

    private KernelResult Enqueue()
    {
        SpinLock(_lock);
        KernelLogicalAddress move = Kzalloc(MoveSize, GfpFlags.Kernel); // DK1003
        if (!move.IsNull)
            _moves.Add(move);
        SpinUnlock(_lock);
        return move.IsNull ? -ENOMEM : 0;
    }

    private KernelResult TellPosition(UserVirtualAddress to)
    {
        SpinLock(_lock);
        KernelResult result = PutUser(_position, to); // DK1004
        SpinUnlock(_lock);
        return result.IsError ? -EFAULT : 0;
    }

    // At rest there is nothing to keep together, and then preemption was never off.
    private KernelResult Stop(OpenFile filp)
    {
        if (_speed != 0)
            PreemptDisable();
        _speed = 0;
        PreemptEnable(); // DK1006
        return 0;
    }

    // Nothing here forbids to wait for memory; the flags came along with the line.
    private KernelResult MakeRamp(Inode inode, OpenFile filp)
    {
        if (!_ramp.IsNull)
            return 0;
        _ramp = Kzalloc(RampSize, GfpFlags.Atomic); // DK1009
        return _ramp.IsNull ? -ENOMEM : 0;
    }
}
