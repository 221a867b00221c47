using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Scheduling;

/// <content>Interrupts: what runs on top of whatever was running.</content>
internal sealed partial class Scheduler
{
    /// <summary>An interrupt handler or a softirq has a bug: the machine cannot go on. Makes the report; the floor above installs it.</summary>
    public Func<Exception, TaskStruct, Exception>? PanicReporter { get; set; }

    /// <summary>The machine has stopped for good.</summary>
    public bool HasPanicked { get; private set; }

    /// <summary>Interrupts that the strategy may raise; null: none.</summary>
    public InterruptInjection? Injection { get; set; }

    /// <summary><c>panic()</c>: hands the reason to the host; the task that was interrupted never goes on.</summary>
    public void Panic(Exception reason)
    {
        HasPanicked = true;
        Exception verdict = PanicReporter?.Invoke(reason, Current) ?? reason;
        if (_fiber == _host)
            throw verdict;
        _verdict = verdict;
        HandOver(_host);
    }

    /// <summary>Runs a handler in hardirq context on this processor, and then the softirqs it has raised (<c>irq_enter</c>, <c>irq_exit</c>).</summary>
    private void InHardirq<T>(Action<Scheduler, T> handler, T argument)
    {
        TaskStruct interrupted = Current;
        Cpu cpu = Cpu;
        ISpinnable? spinsOn = interrupted.SpinsOn;
        int preemptCount = cpu.PreemptCount;
        int interruptBase = cpu.InterruptBase;
        StoreBuffers?.Drain();
        try
        {
            if (!_fiber.Stack.TryPush())
                throw new KernelOopsException("kernel stack overflow: interrupts within interrupts");
            interrupted.SpinsOn = null;
            cpu.InterruptsEnabled = false;
            cpu.PreemptCount += PreemptCounts.HardirqOffset;
            cpu.InterruptBase = cpu.PreemptCount;
            cpu.InterruptDepth++;
            handler(this, argument);
            cpu.InterruptDepth--;
            cpu.InterruptBase = interruptBase;
            cpu.PreemptCount -= PreemptCounts.HardirqOffset;
            if (cpu.SoftirqPending != 0 && !PreemptCounts.InInterrupt(cpu))
                Interrupts?.DoSoftirq(cpu);
            cpu.PreemptCount = preemptCount;
            cpu.InterruptsEnabled = true;
            interrupted.SpinsOn = spinsOn;
            _fiber.Stack.Pop();
        }
        catch (Exception exception) when (!HasPanicked && exception is not (FiberAbortedException or DeadlockException))
        {
            Panic(exception);
        }
    }

    private void TakeInterrupt(int line)
    {
        Tracer?.Note(Current, Cpu.Id, "interrupt", line, Clock.Now);
        Trace.Fold(TraceEvent.Interrupt, line);
        InHardirq(static (scheduler, line) => scheduler.Interrupts!.Handle(scheduler.Cpu, line), line);
    }

    /// <summary>The timer interrupt: what is due happens.</summary>
    private void TakeTimerInterrupt()
    {
        Tracer?.Note(Current, Cpu.Id, "timer", null, Clock.Now);
        Trace.Fold(TraceEvent.Timer, (long)Clock.NextInterrupt);
        InHardirq(
            static (scheduler, _) =>
            {
                while (scheduler.Clock.TakeDue() is { } due)
                    due.Fire();
            },
            0);
    }

    /// <summary>What devices do by themselves, beside all processors. A bug of a device model is no bug of the kernel: the host hears of it.</summary>
    private void LetDevicesAct()
    {
        while (Clock.TakeDueDevice() is { } due)
        {
            try
            {
                due.Fire();
            }
            catch (Exception exception) when (exception is not FiberAbortedException)
            {
                Stop(exception);
            }
        }
    }

    /// <summary>Nothing can run: time jumps to the next event.</summary>
    /// <returns>False when none is set, or when nobody can take its interrupt.</returns>
    private bool LetTimePass()
    {
        if (Clock.IsDue || Clock.Next == ulong.MaxValue)
            return false;
        Clock.Now = Clock.Next;
        return true;
    }
}
