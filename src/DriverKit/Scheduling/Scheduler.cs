using System.Runtime.CompilerServices;
using DriverKit.Hardware;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Scheduling;

/// <summary>Who runs. One task of the machine runs at a time, and loses its turn only at a preemption point or when it sleeps; processors are
/// interleaved, so what two of them could do at once happens in some order, which the strategy decides.</summary>
/// <remarks>
/// <see cref="Point"/> is the preemption point, <see cref="Schedule"/> the textbook's <c>schedule()</c>, <see cref="TryToWakeUp"/> its counterpart.
/// Source: kernel/sched.c of Linux 2.6.20.
/// </remarks>
internal sealed partial class Scheduler
{
    /// <summary>What passing a preemption point costs, in nanoseconds of virtual time.</summary>
    public const ulong PointCost = 1000;

    private readonly Machine _machine;
    private readonly RunQueue[] _queues;

    /// <summary>Where the host is when no task of the machine runs: outside, with a processor of its own that nothing else sees.</summary>
    private readonly RunQueue _console;
    private readonly SchedulingStrategy _strategy;
    private readonly List<SchedulingChoice> _choices = [];

    private IScheduleTracer? _tracer;
    private RunQueue _queue;
    private ulong _nextStop = ulong.MaxValue;
    private uint _slice;

    /// <summary>Tasks on processors and in queues.</summary>
    private int _runnable;

    public Scheduler(Machine machine, SchedulingStrategy strategy, uint hz)
    {
        _machine = machine;
        _strategy = strategy;
        Clock = new Clock(hz);
        _queues = [.. machine.Cpus.Select(cpu => new RunQueue(cpu, new TaskStruct(0, "swapper", null) { IsIdle = true, Cpu = cpu.Id, IsServer = true }))];
        _console = new RunQueue(new Cpu(0), new TaskStruct(0, "swapper", null) { IsIdle = true });
        _queue = _console;
        _fiber = _host;
        _machine.CurrentCpu = _console.Cpu;
    }

    public Clock Clock { get; }

    /// <summary><c>current</c>.</summary>
    public TaskStruct Current => _queue.Current;

    /// <summary>What each processor runs.</summary>
    public IReadOnlyList<RunQueue> Queues => _queues;

    /// <summary>The processor goes back to a process: nothing of the kernel is under way on it.</summary>
    public void ReturnToUser() => _queue.QuiescentStates++;

    /// <summary>The processor that runs.</summary>
    public Cpu Cpu => _queue.Cpu;

    /// <summary>Installed by the floor above.</summary>
    public IInterruptController? Interrupts { get; set; }

    /// <summary>The processors' store buffers; null: there are none.</summary>
    public StoreBuffers? StoreBuffers { get; set; }

    /// <summary>Sees every step; null: nobody looks.</summary>
    public IScheduleTracer? Tracer
    {
        get => _tracer;
        set
        {
            _tracer = value;
            Plan();
        }
    }

    /// <summary>What has happened, folded into a number: the same run gives the same one.</summary>
    public TraceHash Trace { get; } = new();

    /// <summary>A preemption point: time passes, interrupts come, and another task may have its turn.</summary>
    /// <param name="operation">What the task is about to do, by its kernel name.</param>
    /// <param name="on">What it is about to do it on, if tasks may share it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Point(string operation, object? on = null)
    {
        if ((Clock.Now += PointCost) >= _nextStop)
            Stop(operation, on, SchedulingReason.Point);
    }

    /// <summary><c>cpu_relax()</c> and kin: the task can do nothing but wait for somebody else.</summary>
    public void Relax(string operation, object? on = null)
    {
        Clock.Now += PointCost;
        Stop(operation, on, SchedulingReason.Relax);
    }

    /// <summary><c>udelay()</c>: time passes, and the processor is busy.</summary>
    public void Delay(string operation, ulong nanoseconds)
    {
        ulong until = Clock.Now + nanoseconds;
        while (Clock.Now < until)
        {
            // What is due already waits for interrupts to be on.
            Clock.Now = Math.Min(until, Clock.IsDue ? Clock.NextDevice : Clock.Next);
            Stop(operation, null, SchedulingReason.Point);
        }
    }

    /// <summary><c>schedule()</c>: the task gives the processor up: for good until it is woken, if its state says that it sleeps.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context, or where no task runs.</exception>
    public void Schedule()
    {
        TaskStruct task = Current;
        ThrowIfCannotSleep(task);
        if (task is { State: TaskState.Interruptible, SignalPending: true })
            task.State = TaskState.Running;
        if (task.State == TaskState.Running)
        {
            Stop("schedule", null, SchedulingReason.Yield);
            return;
        }

        Tracer?.Note(task, Cpu.Id, "sleeps", task.WaitsFor, Clock.Now);
        Trace.Fold(TraceEvent.Sleep, task.Pid);
        Deactivate(task);
        if (_fiber == _host)
            _hostSleeper = task;
        try
        {
            Reschedule(SchedulingReason.Block);
        }
        catch (Exception verdict) when (verdict is not FiberAbortedException)
        {
            Reactivate(task);
            throw;
        }
        finally
        {
            if (_hostSleeper == task)
                _hostSleeper = null;
        }
    }

    /// <summary><c>schedule_timeout()</c> in nanoseconds: sleeps at most that long.</summary>
    /// <returns>What is left of the time.</returns>
    public ulong ScheduleTimeout(ulong nanoseconds)
    {
        TaskStruct task = Current;
        ulong until = Clock.Now + Math.Min(nanoseconds, long.MaxValue);
        var alarm = new ClockEvent(() => TryToWakeUp(task, TaskState.Interruptible | TaskState.Uninterruptible));
        Set(alarm, until);
        try
        {
            Schedule();
        }
        finally
        {
            Cancel(alarm);
        }

        return until > Clock.Now ? until - Clock.Now : 0;
    }

    /// <summary>Waits for a lock as a processor does that has nothing else to do: preemption is off, and the lock is held elsewhere.</summary>
    /// <param name="spinnable">What it waits for.</param>
    /// <param name="operation">The kernel name.</param>
    /// <param name="on">The lock, if <paramref name="spinnable"/> is but one side of it.</param>
    /// <exception cref="DeadlockException">It is never free; or the host waits outside of any task, where nothing else can run.</exception>
    public void SpinOn(ISpinnable spinnable, string operation, object? on = null)
    {
        TaskStruct task = Current;
        if (_queue == _console)
            throw new DeadlockException($"Deadlock: {operation}() outside of any task, of {spinnable.Describe()}, held by {spinnable.Owner}");
        try
        {
            while (spinnable.IsTaken)
            {
                task.SpinsOn = spinnable;
                task.WaitsFor = spinnable;
                Relax(operation, on ?? spinnable);
            }
        }
        finally
        {
            task.SpinsOn = null;
            task.WaitsFor = null;
        }
    }

    /// <summary><c>yield()</c>: lets others run.</summary>
    public void Yield()
    {
        ThrowIfCannotSleep(Current);
        Stop("yield", null, SchedulingReason.Yield);
    }

    /// <summary><c>try_to_wake_up()</c>: a task that sleeps in one of the states can run again.</summary>
    /// <returns>True if it was woken.</returns>
    public bool TryToWakeUp(TaskStruct task, TaskState states)
    {
        if ((task.State & states) == 0 || task.State >= TaskState.Zombie)
            return false;
        Tracer?.Note(task, task.Cpu, "is woken", null, Clock.Now);
        Trace.Fold(TraceEvent.Wake, task.Pid);
        task.State = TaskState.Running;
        if (!task.IsOnQueue)
            Enqueue(task);
        return true;
    }

    /// <summary><c>wake_up_new_task()</c>.</summary>
    public void WakeUpNewTask(TaskStruct task)
    {
        _live.Add(task);
        Tracer?.Note(task, task.Cpu, "is new", null, Clock.Now);
        Trace.Fold(TraceEvent.New, task.Pid);
        Enqueue(task);
    }

    /// <summary>A task that sleeps until it is first woken.</summary>
    public void AddSleeping(TaskStruct task)
    {
        _live.Add(task);
        Trace.Fold(TraceEvent.New, task.Pid);
        task.State = TaskState.Interruptible;
    }

    /// <summary>Sets an event; the timer interrupt calls it when its time has come.</summary>
    public void Set(ClockEvent clockEvent, ulong when)
    {
        Clock.Set(clockEvent, when);
        Plan();
    }

    public bool Cancel(ClockEvent clockEvent) => Clock.Cancel(clockEvent);

    /// <summary>An interrupt has been raised, or can be taken again: the next preemption point looks.</summary>
    public void LookSoon() => _nextStop = 0;

    /// <summary>Asks whether an operation that could fail does so. It works unless the strategy says otherwise.</summary>
    public bool Fails(string operation)
    {
        if (!InjectsFaults)
            return false;
        _choices.Clear();
        _choices.Add(new(ChoiceKind.Continue, Cpu.Id, Current));
        _choices.Add(new(ChoiceKind.Fail, Cpu.Id, Current));
        if (!Ask(SchedulingReason.Fault, out SchedulingChoice choice) || choice.Kind != ChoiceKind.Fail)
            return false;
        Tracer?.Note(Current, Cpu.Id, "fails", operation, Clock.Now);
        return true;
    }

    /// <summary>Operations may fail on the strategy's word.</summary>
    public bool InjectsFaults { get; set; }

    /// <summary>The slow half of a preemption point.</summary>
    private void Stop(string operation, object? on, SchedulingReason reason)
    {
        if (_queue == _console)
            return;
        // An operation on a lock, an atomic or a wait queue is a locked instruction: it empties the store buffer.
        if (on is not null)
            StoreBuffers?.Drain();
        TaskStruct task = Current;
        (task.Operation, task.OperationOn) = (operation, on);
        Tracer?.Step(task, Cpu.Id, operation, on, Clock.Now);
        try
        {
            Reschedule(reason);
        }
        catch (Exception verdict) when (_fiber == _host && verdict is not FiberAbortedException)
        {
            Reactivate(task);
            throw;
        }
    }

    private void ThrowIfCannotSleep(TaskStruct task)
    {
        if (Cpu.PreemptCount != 0)
            throw new KernelOopsException($"BUG: scheduling while atomic: {task.Comm}/0x{Cpu.PreemptCount:x8}/{task.Pid}", AtomicContext.RuleAt(Cpu)) { PreemptCount = Cpu.PreemptCount };
        if (task.IsIdle)
            throw new KernelOopsException("BUG: schedule() where no task runs: sleep in a process or in a kernel thread");
    }

    private void Enqueue(TaskStruct task)
    {
        RunQueue queue = _queues[task.BoundTo < 0 ? task.Cpu : task.BoundTo];
        foreach (RunQueue each in _queues)
        {
            if (task.BoundTo >= 0 || IsFree(queue))
                break;
            if (IsFree(each))
                queue = each;
        }

        task.Cpu = queue.Cpu.Id;
        task.IsOnQueue = true;
        queue.Waiting.Add(task);
        _runnable++;
        Plan();

        static bool IsFree(RunQueue queue) => queue is { IsIdle: true, Waiting.Count: 0 };
    }

    /// <summary><c>deactivate_task()</c>: the task that runs does not any more. A processor that is idle then takes over from one with many to do.</summary>
    private void Deactivate(TaskStruct task)
    {
        Save(task, Cpu);
        task.IsOnQueue = false;
        task.StoppedAt = Clock.Now;
        _runnable--;
        SwitchOn(_queue, _queue.Idle);
        if (_queue.Waiting.Count != 0)
            return;
        foreach (RunQueue busy in _queues)
        {
            if (busy.IsIdle || busy.Waiting.Find(waiting => waiting.BoundTo < 0) is not { } first)
                continue;
            busy.Waiting.Remove(first);
            first.Cpu = Cpu.Id;
            _queue.Waiting.Add(first);
            return;
        }
    }

    /// <summary>The host has been told why its task cannot go on: it gets a processor, whatever that runs, to unwind.</summary>
    private void Reactivate(TaskStruct task)
    {
        task.State = TaskState.Running;
        if (Array.Find(_queues, each => each.Current == task) is not { } queue)
        {
            queue = _queues[task.Cpu];
            if (!queue.IsIdle)
            {
                Save(queue.Current, queue.Cpu);
                queue.Waiting.Insert(0, queue.Current);
            }

            if (task.IsOnQueue)
                LeaveQueue(task);
            else
                _runnable++;
            task.IsOnQueue = true;
            SwitchOn(queue, task);
        }

        TakeTurn(queue);
    }

    /// <summary>It may have been moved from the queue it was put into.</summary>
    private void LeaveQueue(TaskStruct task)
    {
        foreach (RunQueue queue in _queues)
            queue.Waiting.Remove(task);
    }

    /// <summary>The points of a slice. No two are alike: slices of one length could end in the same place of a loop for ever, with the lock held that another task waits for.</summary>
    private ulong NextSlice()
    {
        const uint Spread = 128;
        _slice = (_slice * 5 + 1) % Spread;
        return _strategy.Quantum + _slice;
    }

    /// <summary>When the next preemption point has to look up.</summary>
    private void Plan()
    {
        if (_tracer is not null || StoreBuffers is not null || Interrupts is { IsPending: true })
            _nextStop = 0;
        else if (_runnable > 1)
            _nextStop = _strategy.Quantum == 0 ? 0 : Math.Min(Clock.Next, Clock.Now + NextSlice() * PointCost);
        else
            _nextStop = _strategy.ExploresTime && Clock.Next != ulong.MaxValue ? 0 : Clock.Next;
    }
}
