using System.Numerics;
using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary>From a line that moves to the handlers that run: <c>do_IRQ</c>, <c>handle_edge_irq</c>, <c>handle_IRQ_event</c>.</summary>
/// <remarks>A line's handlers run on one processor at a time; what comes meanwhile is remembered and makes them run again.
/// Source: kernel/irq/chip.c, kernel/irq/handle.c of Linux 2.6.20.</remarks>
internal sealed partial class InterruptController : IInterruptController, IInterruptListener
{
    /// <summary><c>NR_IRQS</c> of an i386 with an I/O APIC; most have no wire.</summary>
    public const int NrIrqs = 224;

    /// <summary>The line of the timer (<c>irq0</c>).</summary>
    public const int TimerLine = 0;

    /// <summary>The line by which the second 8259A hangs on the first.</summary>
    public const int CascadeLine = 2;

    /// <summary>The interrupt of a processor's own timer (<c>LOCAL_TIMER_VECTOR</c>), behind all lines.</summary>
    private const int LocalTimer = InterruptLines.Count;

    /// <summary>A line that is up again each time its handlers have run keeps the processor for ever.</summary>
    private const int MaxStorm = 200_000;

    private readonly Machine _machine;
    private readonly Scheduler _scheduler;
    private readonly Softirqs _softirqs;
    private readonly Kthreads _kthreads;
    private readonly IKernelLog _log;
    private readonly IrqDesc?[] _descs = new IrqDesc?[InterruptLines.Count];
    private readonly int[] _buffer = new int[InterruptLines.Count + 1];

    /// <summary>A bit for each line that an idle processor would take.</summary>
    private ulong _pending;

    /// <summary>A bit for each processor whose own timer has fired.</summary>
    private ulong _localTimers;

    public InterruptController(Machine machine, Scheduler scheduler, Softirqs softirqs, Kthreads kthreads, IKernelLog log)
    {
        _machine = machine;
        _scheduler = scheduler;
        _softirqs = softirqs;
        _kthreads = kthreads;
        _log = log;
        machine.Interrupts.Listener = this;
        scheduler.Interrupts = this;
    }

    public bool IsPending => (_pending | _localTimers) != 0;

    public bool IsPendingOn(Cpu cpu) => _pending != 0 || (_localTimers >> cpu.Id & 1) != 0;

    public ReadOnlySpan<int> PendingOn(Cpu cpu)
    {
        int count = 0;
        for (ulong rest = _pending; rest != 0; rest &= rest - 1)
            _buffer[count++] = BitOperations.TrailingZeroCount(rest);
        if ((_localTimers >> cpu.Id & 1) != 0)
            _buffer[count++] = LocalTimer;
        return _buffer.AsSpan(0, count);
    }

    public bool CanRaise(int line) =>
        (uint)line < InterruptLines.Count && _descs[line] is { Actions.Length: not 0, RunsOn: < 0, Depth: 0, OneShots: 0, IsPending: false };

    public void Raise(int line) => _machine.Interrupts[line].Raise();

    public void DoSoftirq(Cpu cpu) => _softirqs.Run(cpu);

    /// <inheritdoc/>
    public void Pulse(int line)
    {
        ThrowIfForeignThread();
        if (_descs[line] is not { } desc || !IsOn(desc))
            return;
        desc.IsPending = true;
        Update(line);
    }

    /// <inheritdoc/>
    public void Change(int line)
    {
        ThrowIfForeignThread();
        Update(line);
    }

    /// <summary>A device does something by itself; no handler of the kernel is involved.</summary>
    public void After(TimeSpan delay, Action action)
    {
        ThrowIfForeignThread();
        _scheduler.Set(new ClockEvent(action, isDevice: true), _scheduler.Clock.Now + Clock.Nanoseconds(delay));
    }

    /// <summary>A processor's own timer fires.</summary>
    public void FireLocalTimer(Cpu cpu)
    {
        _localTimers |= 1ul << cpu.Id;
        _scheduler.LookSoon();
    }

    public void Handle(Cpu cpu, int line)
    {
        if (line == LocalTimer)
        {
            _localTimers &= ~(1ul << cpu.Id);
            _softirqs.Raise(cpu, Softirq.Timer);
            return;
        }

        IrqDesc desc = _descs[line]!;
        desc.PerCpu[cpu.Id]++;
        desc.HasNotMoved = desc.IsPending = false;
        desc.RunsOn = cpu.Id;
        Update(line);
        if (desc.Actions.Length != 0)
            NoteInterrupt(desc, RunHandlers(cpu, desc));
        desc.RunsOn = -1;
        Update(line);
        if ((_pending >> line & 1) == 0)
            desc.Storm = 0;
        else if (++desc.Storm > MaxStorm)
            throw new KernelOopsException($"BUG: soft lockup detected on CPU#{cpu.Id}!\nirq {line} comes again each time its handlers have run: they must make the device let go of the line");
    }

    /// <summary>Interrupts are on while the handlers run, unless the first of them wants otherwise; the line itself stays masked.</summary>
    private IrqReturn RunHandlers(Cpu cpu, IrqDesc desc)
    {
        int preemptCount = cpu.PreemptCount;
        if ((desc.Actions[0].Flags & Irqf.Disabled) == 0)
        {
            cpu.InterruptsEnabled = true;
            _scheduler.LookSoon();
        }

        IrqReturn all = IrqReturn.None;
        foreach (IrqAction action in desc.Actions)
        {
            (int slots, int locks) = (cpu.AtomicKmaps, _scheduler.Current.LockdepDepth);
            ThrowIfGone(desc, action);
            IrqReturn result = action.Handler(desc.Irq, action.DevId);
            if (cpu.PreemptCount != preemptCount)
            {
                throw new KernelOopsException(
                    $"huh, entered the handler of irq {desc.Irq} ({action.Name}) with preempt_count {preemptCount:x8}, exited with {cpu.PreemptCount:x8}?",
                    AtomicContext.RuleOfRest(cpu.AtomicKmaps - slots, _scheduler.Current.LockdepDepth - locks));
            }

            if (result == IrqReturn.WakeThread)
                result = Wake(desc, action);
            all |= result;
        }

        cpu.InterruptsEnabled = false;
        return all;
    }

    /// <summary>The handler's code went with its module, as far as the handler says whose it is: it is a method of the module, or was given the module as its device.</summary>
    private static void ThrowIfGone(IrqDesc desc, IrqAction action)
    {
        if ((action.Handler.Target as KernelModule ?? action.DevId as KernelModule) is { IsUnloaded: true } module)
        {
            throw new KernelOopsException(
                $"Unable to handle kernel paging request: the code of module {module.Name} is gone; {(module.HasFailed ? "its Init has failed and left" : "its Exit left")} the handler of irq {desc.Irq} ({action.Name}) behind. Call free_irq() before",
                KernelRule.IrqNotFreed);
        }
    }

    /// <summary>The line may be on again.</summary>
    public void Recheck(IrqDesc desc) => Update(desc.Irq);

    /// <summary><c>IRQ_WAKE_THREAD</c>.</summary>
    private IrqReturn Wake(IrqDesc desc, IrqAction action)
    {
        if (action.Thread is { } thread)
            thread.Wake();
        else
            _log.Write(LogLevel.Warning, $"IRQ {desc.Irq} device {action.Name} returned IRQ_WAKE_THREAD but no thread function available.");
        return IrqReturn.Handled;
    }

    /// <summary>Something could be heard on the line, now or once it is enabled.</summary>
    private static bool IsOn(IrqDesc desc) => desc.Actions.Length != 0 || desc is { IsProbed: true, HasNotMoved: true };

    /// <summary>Decides anew whether a processor can take the line.</summary>
    private void Update(int line)
    {
        ulong bit = 1ul << line;
        if (_descs[line] is { Depth: 0, RunsOn: < 0, OneShots: 0 } desc && IsOn(desc) && (desc.IsPending || _machine.Interrupts[line].IsAsserted))
        {
            _pending |= bit;
            _scheduler.LookSoon();
        }
        else
        {
            _pending &= ~bit;
        }
    }

    /// <summary>What a preemption point works on; null for a line that does not exist.</summary>
    public IrqDesc? Find(uint irq) => irq < InterruptLines.Count ? Desc((int)irq) : null;

    private IrqDesc Desc(int line) => _descs[line] ??= new IrqDesc(line, _machine.Cpus.Count);

    private void ThrowIfForeignThread()
    {
        if (_scheduler.IsOwned && !_scheduler.IsOwner(Environment.CurrentManagedThreadId))
            throw new InvalidOperationException("Another host thread is in the kernel: a device pulls its line in a register access, or between two calls of the thread that drives the machine.");
    }
}
