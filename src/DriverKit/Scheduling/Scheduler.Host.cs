using DriverKit.Primitives;

namespace DriverKit.Scheduling;

/// <content>The host thread that plays the machine: it comes in for a call, or waits while tasks run.</content>
internal sealed partial class Scheduler
{
    /// <summary>The parent of those that have none; the process itself is the host.</summary>
    public const int InitPid = 1;

    private readonly List<TaskStruct> _live = [];

    /// <summary>The host thread that has the baton; 0: none is in the kernel.</summary>
    private int _owner;

    /// <summary>The host waits and wants the baton back: something has happened that it should look at.</summary>
    private bool _hostIsDue;

    /// <summary>The task that sleeps in a call that the host has made for it.</summary>
    private TaskStruct? _hostSleeper;

    /// <summary>The host waits in <see cref="RunUntil"/>. One that sleeps in a system call waits for its turn like any task.</summary>
    private bool _hostWaits;

    /// <summary>Why nothing can go on; the host throws it.</summary>
    private Exception? _verdict;

    private int _lastPid = InitPid;

    /// <summary>The machine is switched off: what its tasks were in the middle of unwinds, and no code of a driver runs any more.</summary>
    public bool IsPoweringOff { get; private set; }

    /// <summary>Code that unwinds, or has caught what makes it unwind, gets no further.</summary>
    /// <exception cref="FiberAbortedException">The machine is switched off.</exception>
    public void ThrowIfPoweringOff()
    {
        if (IsPoweringOff)
            throw new FiberAbortedException();
    }

    /// <summary>Tasks with a program of their own that have not ended, oldest first.</summary>
    public IReadOnlyList<TaskStruct> Live => _live;

    /// <summary>What went wrong in programs and kernel threads, and nobody has been told yet.</summary>
    public List<Exception> Failures { get; } = [];

    /// <summary>The next free pid.</summary>
    public int NextPid() => ++_lastPid;

    /// <summary>A host thread is in the kernel.</summary>
    public bool IsOwned => Volatile.Read(ref _owner) != 0;

    /// <summary>No task of the machine runs: the host is outside, or does what an administrator does.</summary>
    public bool IsAtConsole => _queue == _console;

    /// <summary>Stands for the host where no task runs (pid 0).</summary>
    public TaskStruct Console => _console.Idle;

    /// <summary>The kernel it schedules for: an idle processor is in it, or its interrupts would not be.</summary>
    public KernelContext? Context { get; set; }

    /// <summary>The fiber that runs.</summary>
    public Fiber Fiber => _fiber;

    /// <summary>True when the thread has the baton already.</summary>
    public bool IsOwner(int thread) => _owner == thread;

    /// <summary>A host thread comes in from outside.</summary>
    /// <returns>False when another one is in the kernel.</returns>
    public bool TryClaim(int thread)
    {
        if (Interlocked.CompareExchange(ref _owner, thread, 0) != 0)
            return false;
        _host.ThreadId = thread;
        return true;
    }

    /// <summary>It goes out again.</summary>
    public void Disclaim() => Volatile.Write(ref _owner, 0);

    /// <summary>The fiber goes on as another task: the host calls for a process, or kernel code for another process.</summary>
    /// <returns>The task it was until now.</returns>
    public TaskStruct Become(TaskStruct task)
    {
        TaskStruct outer = _queue.Current;
        if (task == outer)
            return outer;
        if (_queue == _console && !task.IsIdle)
        {
            ThrowIfPanicked();
            TakeProcessor(task);
            return outer;
        }

        Substitute(task);
        return outer;
    }

    /// <summary>And back.</summary>
    public void Resume(TaskStruct outer)
    {
        TaskStruct task = _queue.Current;
        if (task == outer)
            return;
        task.IsOnQueue = false;
        task.Fiber = null;
        if (outer != _console.Idle)
        {
            Substitute(outer);
            return;
        }

        _runnable--;
        SwitchOn(_queue, _queue.Idle);
        TakeTurn(_console);
        Plan();
    }

    /// <summary>The host waits while tasks run, until what it waits for has happened; <see cref="WakeHost"/> makes it look.</summary>
    /// <exception cref="DeadlockException">It can never happen.</exception>
    public void RunUntil(Func<bool> isDone)
    {
        if (!IsAtConsole)
            throw new InvalidOperationException("The machine runs already: a program or a driver cannot wait for all others to end.");
        ThrowIfPanicked();
        _hostWaits = true;
        try
        {
            while (!isDone())
            {
                _hostIsDue = false;
                Reschedule(SchedulingReason.Block);
                TakeTurn(_console);
            }
        }
        finally
        {
            _hostWaits = _hostIsDue = false;
            TakeTurn(_console);
        }
    }

    /// <summary>The host waits in <see cref="RunUntil"/>.</summary>
    public bool IsHostWaiting => _hostWaits;

    /// <summary>The host has a look at what it waits for, as soon as the task that runs comes to a preemption point.</summary>
    public void WakeHost()
    {
        if (!_hostWaits)
            return;
        _hostIsDue = true;
        _nextStop = 0;
    }

    /// <summary>Stops everything for a reason the host has to hear of.</summary>
    public void Stop(Exception verdict)
    {
        if (_fiber == _host)
            throw verdict;
        _verdict = verdict;
        bool ends = _fiber == _ending;
        HandOver(_host);
        if (ends)
            throw new FiberAbortedException();
    }

    /// <summary>The machine is switched off: tasks that are in the middle of something unwind.</summary>
    public void PowerOff()
    {
        IsPoweringOff = true;
        foreach (TaskStruct task in _queues.Select(queue => queue.Idle).Concat(_live).ToArray())
        {
            if (task.Fiber is { } fiber && fiber != _host)
                fiber.Abort();
        }

        _live.Clear();
    }

    private void ThrowIfPanicked()
    {
        if (HasPanicked)
            throw new InvalidOperationException("The kernel has panicked: nothing runs on this machine any more. Its log says why; boot another one.");
    }

    /// <summary>A direct call needs a processor: an idle one, or one whose task can wait; or it waits itself.</summary>
    private void TakeProcessor(TaskStruct task)
    {
        task.Fiber = _host;
        task.IsOnQueue = true;
        task.State = TaskState.Running;
        task.Saved = (0, true);
        _runnable++;
        RunQueue queue = _queues[task.Cpu];
        for (int i = 0; !queue.IsIdle && i < _queues.Length; i++)
            queue = _queues[i];
        for (int i = 0; !queue.CanSwitch && i < _queues.Length; i++)
            queue = _queues[i];
        if (!queue.CanSwitch)
        {
            queue.Waiting.Add(task);
            try
            {
                while (_queue == _console)
                    Reschedule(SchedulingReason.Block);
            }
            catch
            {
                LeaveQueue(task);
                task.IsOnQueue = false;
                task.Fiber = null;
                _runnable--;
                TakeTurn(_console);
                throw;
            }

            return;
        }

        if (!queue.IsIdle)
        {
            Save(queue.Current, queue.Cpu);
            queue.Waiting.Insert(0, queue.Current);
        }

        SwitchOn(queue, task);
        TakeTurn(queue);
        Plan();
    }

    private void Substitute(TaskStruct task)
    {
        task.Fiber = _fiber;
        task.IsOnQueue = true;
        task.State = TaskState.Running;
        task.Cpu = Cpu.Id;
        _queue.Current = task;
    }

    /// <summary>What a fiber does for a task, from its first turn to its last.</summary>
    private void RunBody(TaskStruct task)
    {
        if (task.IsIdle)
        {
            using (Context!.Enter(task))
            {
                while (true)
                    Reschedule(SchedulingReason.Block);
            }
        }

        task.Body!();
        Tracer?.Note(task, Cpu.Id, "ends", null, Clock.Now);
        Trace.Fold(TraceEvent.Exit, task.Pid);
        _live.Remove(task);
        task.Fiber = null;
        if (task.State != TaskState.Zombie)
            task.State = TaskState.Dead;
        _ending = _fiber;
        Deactivate(task);
        WakeHost();
        Reschedule(SchedulingReason.Block);
    }

    private void ReportDeadlock()
    {
        TaskStruct[] waiting = [.. Unfinished()];
        bool isLost = waiting.Any(task => task.WaitsFor is WaitQueueHead) && !waiting.Any(task => task.WaitsFor?.Owner is not null);
        string report = isLost
            ? "Lost wake-up: nothing can run any more, no timer is set, and nobody is left to wake the wait queue."
            : "Deadlock: nothing can run any more, and no timer is set.";
        KernelRule? rule = isLost ? RuleOfSleep(waiting) : RuleOfCircle(waiting);
        string named = rule is null ? "" : $"\nRule: {rule.Id} {rule.Title}; see {rule.DocumentationPage}";
        Stop(new DeadlockException(report + DescribeUnfinished() + named) { IsLostWakeUp = isLost, Rule = rule });
    }

    /// <summary><c>sleep_on</c> and its kin look at no condition, so they can be woken before they sleep; of another wait nobody knows whose fault it is.</summary>
    private static KernelRule? RuleOfSleep(TaskStruct[] waiting) =>
        waiting.Any(task => task.WaitsFor is WaitQueueHead && task.Operation.Contains("sleep_on", StringComparison.Ordinal)) ? KernelRule.WaitConditionUnlocked : null;

    /// <summary>From each task to who holds what it waits for: a way that comes back is a circle of locks.</summary>
    private static KernelRule? RuleOfCircle(TaskStruct[] waiting)
    {
        foreach (TaskStruct first in waiting)
        {
            TaskStruct? task = first.WaitsFor?.Owner;
            for (int steps = 1; task is not null && steps <= waiting.Length; steps++, task = task.WaitsFor?.Owner)
            {
                if (task == first)
                    return steps == 1 ? KernelRule.DoubleLock : KernelRule.LockOrderInversion;
            }
        }

        return null;
    }

    /// <summary>A line for each program and thread that has not ended: what it does, or what it waits for.</summary>
    internal string DescribeUnfinished() => string.Concat(Unfinished().Select(task => '\n' + Describe(task)));

    private IEnumerable<TaskStruct> Unfinished() =>
        _live.Append(_hostSleeper ?? _queues.Select(queue => queue.Current).FirstOrDefault(task => task.Fiber == _host)).OfType<TaskStruct>().Where(task => !task.IsServer);

    private static string Describe(TaskStruct task)
    {
        string state = task.State switch
        {
            TaskState.Running => "running",
            TaskState.Interruptible => "sleeping (interruptible)",
            _ => "sleeping (uninterruptible)",
        };
        if (task.WaitsFor is not { } what)
            return $"  {task} is {state}, at {task.Operation}()";
        string holder = what.Owner is { } owner ? owner == task ? ", held by itself" : $", held by {owner}" : "";
        return $"  {task} is {state} in {task.Operation}(), waiting for {what.Describe()}{holder}";
    }
}
