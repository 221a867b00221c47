using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary>Timers: each processor has its own, and calls them in a softirq.</summary>
/// <remarks>
/// The clock ticks only when a timer is due. The order is that of expiry, and of adding within a jiffy.
/// Source: kernel/timer.c of Linux 2.6.20.
/// </remarks>
internal sealed class KernelTimers
{
    /// <summary>A timer further away than this many jiffies expires after them.</summary>
    private const long MaxDistance = uint.MaxValue;

    private readonly Scheduler _scheduler;
    private readonly Softirqs _softirqs;
    private readonly InterruptController _controller;
    private readonly Timekeeping _time;
    private readonly IKernelLog _log;
    private readonly TimerBase?[] _bases;
    private long _sequence;

    public KernelTimers(Machine machine, Scheduler scheduler, Softirqs softirqs, InterruptController controller, Timekeeping time, IKernelLog log)
    {
        _scheduler = scheduler;
        _softirqs = softirqs;
        _controller = controller;
        _time = time;
        _log = log;
        _bases = new TimerBase?[machine.Cpus.Count];
        softirqs.Open(Softirq.Timer, _ => Run());
    }

    /// <summary><c>init_timer()</c>.</summary>
    public static void Init(TimerList timer)
    {
        if (timer.IsPending)
            throw new KernelOopsException($"kernel BUG in init_timer: {timer} is pending; initialising it would lose it in the list");
        timer.Base = null;
    }

    /// <summary><c>add_timer()</c>, <c>add_timer_on()</c>.</summary>
    public void Add(TimerList timer, Cpu cpu, string function)
    {
        if (timer.IsPending)
            throw new KernelOopsException($"kernel BUG in {function}: {timer} is pending already; mod_timer() changes its time");
        Insert(timer, timer.Expires, cpu, function);
    }

    /// <summary><c>mod_timer()</c>.</summary>
    /// <returns>True if it was pending.</returns>
    public bool Modify(TimerList timer, ulong expires, string function = "mod_timer")
    {
        bool wasPending = timer.IsPending;
        if (wasPending && timer.Expires == _time.Word(expires))
            return true;
        if (wasPending)
            Detach(timer);

        // A timer that runs stays where it runs, or del_timer_sync() would look in the wrong place.
        Insert(timer, expires, timer is { RunsOn: >= 0, Base: { } running } ? running.Cpu : _scheduler.Cpu, function);
        return wasPending;
    }

    /// <summary><c>del_timer()</c>.</summary>
    /// <returns>True if it was pending.</returns>
    public bool Delete(TimerList timer)
    {
        if (!timer.IsPending)
            return false;
        Detach(timer);
        return true;
    }

    /// <summary><c>try_to_del_timer_sync()</c>.</summary>
    /// <returns>1 if it was pending, 0 if not, -1 if its function runs.</returns>
    public int TryDeleteSync(TimerList timer) => timer.RunsOn >= 0 ? -1 : Delete(timer) ? 1 : 0;

    /// <summary><c>del_timer_sync()</c>: waits until the function runs nowhere.</summary>
    public bool DeleteSync(TimerList timer)
    {
        while (timer.RunsOn >= 0)
        {
            if (timer.RunsOn == _scheduler.Cpu.Id)
                throw new KernelOopsException($"BUG: soft lockup detected on CPU#{_scheduler.Cpu.Id}!\ndel_timer_sync() waits for {timer}, and is called from it or from what has interrupted it");
            _scheduler.SpinOn(timer, "del_timer_sync");
        }

        return Delete(timer);
    }

    private void Insert(TimerList timer, ulong expires, Cpu cpu, string function)
    {
        if (timer.Function is null)
            throw new KernelOopsException($"kernel BUG in {function}: the timer has no function");
        timer.Expires = _time.Word(expires);

        // This tick has been dealt with: what is due now or before is called at the next one.
        long distance = Math.Clamp(_time.Difference(expires, _time.Jiffies), 1, MaxDistance);
        timer.Due = (_scheduler.Clock.Ticks + (ulong)distance, ++_sequence);
        timer.IsPending = true;
        timer.Base = _bases[cpu.Id] ??= NewBase(cpu);
        timer.Base.Timers.Add(timer);
        Plan(timer.Base);
    }

    private void Detach(TimerList timer)
    {
        TimerBase timerBase = timer.Base!;
        timerBase.Timers.Remove(timer);
        timer.IsPending = false;
        Plan(timerBase);
    }

    private TimerBase NewBase(Cpu cpu)
    {
        TimerBase timerBase = null!;
        timerBase = new TimerBase(cpu, new ClockEvent(() => Fire(timerBase)));
        return timerBase;
    }

    /// <summary>The clock interrupts when the first timer is due.</summary>
    private void Plan(TimerBase timerBase)
    {
        if (timerBase.Timers.Min is not { } first)
            _scheduler.Cancel(timerBase.Event);
        else if (first.Due.Tick * _scheduler.Clock.Tick is var when && (!timerBase.Event.IsSet || timerBase.Event.When != when))
            _scheduler.Set(timerBase.Event, when);
    }

    /// <summary>The timer interrupt, on whatever processor took it.</summary>
    private void Fire(TimerBase timerBase)
    {
        if (timerBase.Cpu == _scheduler.Cpu)
            _softirqs.Raise(timerBase.Cpu, Softirq.Timer);
        else
            _controller.FireLocalTimer(timerBase.Cpu);
    }

    /// <summary><c>run_timer_softirq()</c>.</summary>
    private void Run()
    {
        Cpu cpu = _scheduler.Cpu;
        if (_bases[cpu.Id] is not { } timerBase)
            return;
        while (timerBase.Timers.Min is { } timer && timer.Due.Tick <= _scheduler.Clock.Ticks)
        {
            timerBase.Timers.Remove(timer);
            timer.IsPending = false;
            timer.RunsOn = cpu.Id;
            _scheduler.Point("run_timer_softirq", timer);
            (int preemptCount, int slots, int locks) = (cpu.PreemptCount, cpu.AtomicKmaps, _scheduler.Current.LockdepDepth);
            timer.Function!(timer.Data);
            timer.RunsOn = -1;
            if (cpu.PreemptCount == preemptCount)
                continue;
            _log.Write(LogLevel.Warning, $"huh, entered {timer} with preempt_count {preemptCount:x8}, exited with {cpu.PreemptCount:x8}?");
            throw new KernelOopsException(
                $"kernel BUG in __run_timers: {timer} leaves preempt_count {cpu.PreemptCount:x8}",
                AtomicContext.RuleOfRest(cpu.AtomicKmaps - slots, _scheduler.Current.LockdepDepth - locks));
        }

        Plan(timerBase);
    }
}

/// <summary><c>tvec_base_t</c>: one processor's timers, the next one first.</summary>
internal sealed class TimerBase(Cpu cpu, ClockEvent clockEvent)
{
    private static readonly Comparer<TimerList> ByDue = Comparer<TimerList>.Create((a, b) => a.Due.CompareTo(b.Due));

    public Cpu Cpu { get; } = cpu;

    public ClockEvent Event { get; } = clockEvent;

    public SortedSet<TimerList> Timers { get; } = new(ByDue);
}
