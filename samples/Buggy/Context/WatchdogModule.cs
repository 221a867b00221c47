// DK1005, DK1007, DK1008: a watchdog, whose timers do what only a process may do.
namespace Samples.Buggy;

public sealed class WatchdogModule : MiscModule
{
    public const uint Start = 1, Reset = 2;
    private const ulong SampleSize = 128;

    private readonly TimerList _timer = new();
    private readonly TimerList _bark = new();
    private KernelLogicalAddress _sample;
    private uint _kicks;

    protected override FileOperations Operations => new() { Owner = this, UnlockedIoctl = Ioctl };

    public override KernelResult Init()
    {
        SetupTimer(_timer, TakeSample, null);
        SetupTimer(_bark, Bark, null); // DK1007
        return base.Init();
    }

    public override void Exit()
    {
        base.Exit();
        DelTimerSync(_timer);
        DelTimerSync(_bark);
        Kfree(_sample);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case Start:
                ModTimer(_timer, Jiffies + 1);
                return 0;
            case Reset:
                Kick();
                return 0;
            default:
                return -ENOTTY;
        }
    }

    // A timer function runs in a softirq, on the back of whoever was there.
    private void TakeSample(object? data)
    {
        if (_sample.IsNull)
            _sample = Kzalloc(SampleSize, GfpFlags.Kernel); // DK1005
    }

    [MightSleep]
    private static void Bark(object? data) => Msleep(1);

    // The attribute was a promise to the interrupt handler, which came first.
    [AtomicContext]
    private void Kick()
    {
        _kicks++;
        Msleep(1); // DK1008
    }
}
