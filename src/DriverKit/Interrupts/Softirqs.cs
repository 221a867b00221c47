using DriverKit.Hardware;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary>Work that interrupt handlers leave for a moment later: on the same processor, with interrupts on, before the task that was interrupted goes on.</summary>
/// <remarks>Source: kernel/softirq.c of Linux 2.6.20.</remarks>
internal sealed class Softirqs(Machine machine, Scheduler scheduler, KernelThreads threads, IKernelLog log)
{
    /// <summary><c>MAX_SOFTIRQ_RESTART</c>: what is still raised then waits for ksoftirqd.</summary>
    private const int MaxRestart = 10;

    private static readonly int Count = Enum.GetValues<Softirq>().Length;

    private readonly (Action<object?> Action, object? Data)?[] _vector = new (Action<object?>, object?)?[Count];
    private readonly TaskStruct?[] _ksoftirqd = new TaskStruct?[machine.Cpus.Count];

    /// <summary><c>open_softirq()</c>.</summary>
    public void Open(Softirq nr, Action<object?> action, object? data = null) => _vector[(int)nr] = (action, data);

    /// <summary><c>raise_softirq()</c>: on its own processor, outside of interrupts, nobody would look; ksoftirqd does.</summary>
    public void Raise(Cpu cpu, Softirq nr)
    {
        if ((uint)nr >= (uint)Count)
            throw new KernelOopsException($"kernel BUG in raise_softirq: there is no softirq {(int)nr}");
        cpu.SoftirqPending |= 1u << (int)nr;
        if (cpu != scheduler.Cpu || !PreemptCounts.InInterrupt(cpu))
            WakeKsoftirqd(cpu);
    }

    /// <summary><c>do_softirq()</c>: runs what has been raised on the processor, and what that raises, up to a limit.</summary>
    public void Run(Cpu cpu)
    {
        if (PreemptCounts.InInterrupt(cpu) || cpu.SoftirqPending == 0)
            return;
        bool interruptsEnabled = cpu.InterruptsEnabled;
        int interruptBase = cpu.InterruptBase;
        try
        {
            if (!scheduler.Fiber.Stack.TryPush())
                throw new KernelOopsException("kernel stack overflow: no room for softirqs");
            cpu.PreemptCount += PreemptCounts.SoftirqOffset;
            cpu.InterruptBase = cpu.PreemptCount;
            cpu.InterruptDepth++;
            int restart = MaxRestart;
            do
            {
                uint pending = cpu.SoftirqPending;
                cpu.SoftirqPending = 0;
                cpu.InterruptsEnabled = true;
                scheduler.LookSoon();
                RunActions(cpu, pending);
                cpu.InterruptsEnabled = false;
            }
            while (cpu.SoftirqPending != 0 && --restart > 0);

            if (cpu.SoftirqPending != 0)
                WakeKsoftirqd(cpu);
            cpu.InterruptDepth--;
            cpu.InterruptBase = interruptBase;
            cpu.PreemptCount -= PreemptCounts.SoftirqOffset;
            cpu.InterruptsEnabled = interruptsEnabled;
            scheduler.Fiber.Stack.Pop();
        }
        catch (Exception exception) when (!scheduler.HasPanicked && exception is not (FiberAbortedException or DeadlockException))
        {
            scheduler.Panic(exception);
        }
    }

    private void RunActions(Cpu cpu, uint pending)
    {
        for (int nr = 0; pending != 0; nr++, pending >>= 1)
        {
            if ((pending & 1) == 0)
                continue;
            int preemptCount = cpu.PreemptCount;
            (Action<object?> action, object? data) = _vector[nr] ?? throw new NullReferenceException();
            action(data);
            if (cpu.PreemptCount == preemptCount)
                continue;
            log.Write(LogLevel.Error, $"huh, entered softirq {nr} {(Softirq)nr} with preempt_count {preemptCount:x8}, exited with {cpu.PreemptCount:x8}?");
            cpu.PreemptCount = preemptCount;
        }
    }

    /// <summary><c>wakeup_softirqd()</c>: the processor's thread for softirqs, made when it is first needed.</summary>
    private void WakeKsoftirqd(Cpu cpu)
    {
        TaskStruct thread = _ksoftirqd[cpu.Id] ??= NewKsoftirqd(cpu);
        scheduler.TryToWakeUp(thread, TaskState.Interruptible);
    }

    private TaskStruct NewKsoftirqd(Cpu cpu)
    {
        TaskStruct thread = threads.Create($"ksoftirqd/{cpu.Id}", () => Ksoftirqd(cpu), isServer: true);
        thread.BoundTo = thread.Cpu = cpu.Id;
        return thread;
    }

    private void Ksoftirqd(Cpu cpu)
    {
        TaskStruct self = scheduler.Current;
        while (true)
        {
            while (cpu.SoftirqPending != 0)
            {
                scheduler.Point("ksoftirqd", cpu);
                cpu.PreemptCount += PreemptCounts.PreemptOffset;
                Run(cpu);
                cpu.PreemptCount -= PreemptCounts.PreemptOffset;
            }

            self.State = TaskState.Interruptible;
            self.Operation = "ksoftirqd";
            scheduler.Schedule();
        }
    }
}
