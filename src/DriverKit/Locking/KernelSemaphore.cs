using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary><c>struct semaphore</c>: so many at a time; the others sleep (<c>asm/semaphore.h</c>). Make one with <c>new</c>
/// (<c>sema_init</c>, <c>DECLARE_MUTEX</c>). Nobody owns it: another task, or an interrupt, may do the up.</summary>
/// <remarks>Source: include/asm-i386/semaphore.h, lib/semaphore-sleepers.c of Linux 2.6.20.</remarks>
public sealed class KernelSemaphore : IWaitable
{
    private readonly WaitQueueHead _wait = new();
    private readonly string? _name;
    private TaskStruct? _lastTaker;
    private int _count;

    /// <summary>What those who sleep have taken from the count and not given back: whoever tries next does that for all of them.</summary>
    private int _sleepers;

    /// <summary>A semaphore.</summary>
    /// <param name="count">How many may go in.</param>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public KernelSemaphore(int count = 1, string? name = null)
    {
        _count = count;
        _name = name;
    }

    /// <summary>How many may still go in; below zero: somebody sleeps.</summary>
    internal int Count => _count;

    /// <summary>Who went in last, if nobody else can: that is the holder of one that is used as a mutex.</summary>
    TaskStruct? IWaitable.Owner => _count <= 0 ? _lastTaker : null;

    string IWaitable.Describe() => _name is null ? "a semaphore" : $"semaphore {_name}";

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "semaphore";

    /// <summary><c>sema_init()</c>: as it was made, with another count.</summary>
    /// <exception cref="KernelOopsException">Somebody sleeps in it, and would be lost.</exception>
    internal void Reset(int count)
    {
        if (_wait.IsActive)
            throw new KernelOopsException($"BUG: sema_init() of {((IWaitable)this).Describe()} in which tasks sleep");
        (_count, _sleepers, _lastTaker) = (count, 0, null);
    }

    /// <summary><c>down()</c>, or its interruptible form.</summary>
    /// <returns>0, or -EINTR for a signal.</returns>
    internal KernelResult Down(Scheduler scheduler, TaskState state, string operation)
    {
        TaskStruct task = scheduler.Current;
        if (--_count < 0 && !Sleep(scheduler, task, state, operation))
            return -Errno.EINTR;
        scheduler.StoreBuffers?.Drain();
        _lastTaker = task;
        return 0;
    }

    /// <summary><c>down_trylock()</c>.</summary>
    /// <returns>True if it went in.</returns>
    internal bool TryDown(Scheduler scheduler)
    {
        if (--_count >= 0)
        {
            scheduler.StoreBuffers?.Drain();
            _lastTaker = scheduler.Current;
            return true;
        }

        // Back to where it was; an up() that came between others' attempts must not be lost.
        int sleepers = _sleepers + 1;
        _sleepers = 0;
        _count += sleepers;
        if (_count >= 0)
            WakeOne(scheduler);
        return false;
    }

    /// <summary><c>up()</c>.</summary>
    internal void Up(Scheduler scheduler)
    {
        scheduler.StoreBuffers?.Drain();
        if (_lastTaker == scheduler.Current)
            _lastTaker = null;
        if (++_count <= 0)
            WakeOne(scheduler);
    }

    /// <returns>False for a signal.</returns>
    private bool Sleep(Scheduler scheduler, TaskStruct task, TaskState state, string operation)
    {
        var entry = new WaitQueueEntry(task, removesItself: false) { IsExclusive = true };
        bool got = false;
        task.State = state;
        _wait.Add(entry);
        _sleepers++;
        try
        {
            while (true)
            {
                if (state == TaskState.Interruptible && task.SignalPending)
                    break;

                // All others that sleep are counted once, by the one that tries.
                _count += _sleepers - 1;
                if (_count >= 0)
                {
                    _sleepers = 0;
                    got = true;
                    break;
                }

                _sleepers = 1;
                task.WaitsFor = this;
                task.Operation = operation;
                scheduler.Schedule();
                task.State = state;
            }
        }
        finally
        {
            if (!got)
            {
                _count += _sleepers;
                _sleepers = 0;
            }

            task.WaitsFor = null;
            task.State = TaskState.Running;
            _wait.Remove(entry);
        }

        WakeOne(scheduler);
        return got;
    }

    private void WakeOne(Scheduler scheduler) => _wait.WakeUp(scheduler, TaskState.Interruptible | TaskState.Uninterruptible, 1);
}
