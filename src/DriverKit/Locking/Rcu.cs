using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary><c>struct rcu_head</c>: a place in the list of those that wait for a grace period (<c>linux/rcupdate.h</c>). A driver's object holds one, or is one by inheritance.</summary>
public class RcuHead
{
    /// <summary><c>func</c>: what <c>call_rcu()</c> will call; null: nothing waits.</summary>
    internal Action<RcuHead>? Func { get; set; }
}

/// <summary>Classic RCU: what is called after a grace period is called when every processor has been where no reader can be: it has switched tasks,
/// or gone back to a process, or is idle.</summary>
/// <remarks>The timer interrupt looks at every tick while somebody waits, ends a grace period, and begins the next. Callbacks run in the softirq behind it, in
/// the order they came. Source: kernel/rcupdate.c of Linux 2.6.20.</remarks>
internal sealed class Rcu
{
    private readonly Scheduler _scheduler;
    private readonly ClockEvent _tick;
    private readonly long[] _seen;

    /// <summary><c>nxtlist</c>: they wait for the next grace period to begin.</summary>
    private List<RcuHead> _next = [];

    /// <summary><c>curlist</c>: they wait for this one to end.</summary>
    private List<RcuHead> _current = [];

    /// <summary><c>donelist</c>: their grace period is over.</summary>
    private readonly Queue<RcuHead> _done = [];

    public Rcu(Scheduler scheduler)
    {
        _scheduler = scheduler;
        _tick = new ClockEvent(Tick);
        _seen = new long[scheduler.Queues.Count];
    }

    /// <summary>Raises the softirq that calls <see cref="DoBatch"/>; the floor above installs it.</summary>
    public Action? RaiseSoftirq { get; set; }

    /// <summary><c>call_rcu()</c>.</summary>
    /// <exception cref="KernelOopsException">The head waits already.</exception>
    public void Call(RcuHead head, Action<RcuHead> func)
    {
        if (head.Func is not null)
            throw new KernelOopsException("BUG: call_rcu() of a head that waits for a grace period already: its list would be broken");
        head.Func = func;
        _next.Add(head);
        if (!_tick.IsSet)
            SetTick();
    }

    /// <summary><c>synchronize_rcu()</c>.</summary>
    public void Synchronize(string operation)
    {
        var isOver = new Completion("of a grace period");
        Call(new RcuHead(), _ => isOver.Complete(_scheduler));
        isOver.Wait(_scheduler, TaskState.Uninterruptible, Waiting.Forever, operation);
    }

    /// <summary><c>rcu_do_batch()</c>.</summary>
    public void DoBatch()
    {
        while (_done.TryDequeue(out RcuHead? head))
        {
            Action<RcuHead> func = head.Func!;
            head.Func = null;
            func(head);
        }
    }

    /// <summary><c>rcu_check_callbacks()</c>.</summary>
    private void Tick()
    {
        if (_current.Count != 0 && _scheduler.Queues.All(HasPassed))
        {
            _current.ForEach(_done.Enqueue);
            _current.Clear();
            RaiseSoftirq!();
        }

        if (_current.Count == 0 && _next.Count != 0)
        {
            (_current, _next) = (_next, _current);
            foreach (RunQueue queue in _scheduler.Queues)
                _seen[queue.Cpu.Id] = queue.QuiescentStates;
        }

        if (_current.Count != 0 && !_tick.IsSet)
            SetTick();
    }

    /// <summary>The processor cannot be in a read section that was there when the grace period began. The one that looks is in an interrupt, this one.</summary>
    private bool HasPassed(RunQueue queue)
    {
        int preemptCount = queue.Cpu.PreemptCount - (queue.Cpu == _scheduler.Cpu ? PreemptCounts.HardirqOffset : 0);
        return queue.QuiescentStates != _seen[queue.Cpu.Id] || (queue.IsIdle && preemptCount == 0);
    }

    private void SetTick() => _scheduler.Set(_tick, (_scheduler.Clock.Ticks + 1) * _scheduler.Clock.Tick);
}
