using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary><c>struct mutex</c>: one task at a time; the others sleep (<c>linux/mutex.h</c>). Make one with <c>new</c> (<c>DEFINE_MUTEX</c>, <c>mutex_init</c>).</summary>
/// <remarks>Waiters stand in order, but whoever comes while the first of them is being woken may be faster. Only the owner unlocks it.
/// Source: kernel/mutex.c, kernel/mutex-debug.c of Linux 2.6.20 with CONFIG_DEBUG_MUTEXES.</remarks>
public sealed class KernelMutex : IWaitable
{
    private readonly List<TaskStruct> _waiters = [];
    private readonly string? _name;
    private TaskStruct? _owner;

    /// <summary>A mutex that nobody holds.</summary>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public KernelMutex(string? name = null) => _name = name;

    /// <summary><c>mutex_is_locked()</c>.</summary>
    internal bool IsLocked => _owner is not null;

    TaskStruct? IWaitable.Owner => _owner;

    string IWaitable.Describe() => _name is null ? "a mutex" : $"mutex {_name}";

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "mutex";

    /// <summary><c>mutex_lock()</c>, or its interruptible form.</summary>
    /// <returns>0, or -EINTR for a signal.</returns>
    /// <exception cref="KernelOopsException">In an interrupt, or the task holds it already.</exception>
    internal KernelResult Lock(Scheduler scheduler, TaskState state, string operation)
    {
        ThrowInInterrupt(scheduler, operation);
        TaskStruct task = scheduler.Current;
        if (_owner == task)
        {
            throw new KernelOopsException(
                $"[ INFO: possible recursive locking detected ]\n{task.Comm}/{task.Pid} is trying to acquire lock ({this}) in {operation}()\nbut task is already holding it",
                KernelRule.DoubleLock);
        }

        if (_owner is not null && !WaitFor(scheduler, task, state, operation))
            return -Errno.EINTR;
        scheduler.StoreBuffers?.Drain();
        _owner = task;
        return 0;
    }

    /// <summary><c>mutex_trylock()</c>.</summary>
    internal bool TryLock(Scheduler scheduler)
    {
        ThrowInInterrupt(scheduler, "mutex_trylock");
        if (_owner is not null)
            return false;
        scheduler.StoreBuffers?.Drain();
        _owner = scheduler.Current;
        return true;
    }

    /// <summary><c>mutex_unlock()</c>: the first waiter is woken, and tries to take it.</summary>
    /// <exception cref="KernelOopsException">In an interrupt, or the task does not hold it.</exception>
    internal void Unlock(Scheduler scheduler)
    {
        ThrowInInterrupt(scheduler, "mutex_unlock");
        if (_owner != scheduler.Current)
        {
            string state = _owner is null ? "nobody holds it" : $"{_owner} holds it";
            throw new KernelOopsException(
                $"BUG: at kernel/mutex-debug.c debug_mutex_unlock(): {scheduler.Current} unlocks {((IWaitable)this).Describe()}, but {state}",
                KernelRule.UnlockNotHeld);
        }

        Release(scheduler);
    }

    /// <summary>The kernel's own lock for the length of a call; dispose what it returns to give it back, after a bug of a driver too.</summary>
    internal Held Hold(Scheduler scheduler, string operation)
    {
        Lock(scheduler, TaskState.Uninterruptible, operation);
        return new Held(this, scheduler);
    }

    private void Release(Scheduler scheduler)
    {
        scheduler.StoreBuffers?.Drain();
        _owner = null;
        if (_waiters.Count != 0)
            scheduler.TryToWakeUp(_waiters[0], TaskState.Interruptible | TaskState.Uninterruptible);
    }

    /// <returns>False for a signal.</returns>
    private bool WaitFor(Scheduler scheduler, TaskStruct task, TaskState state, string operation)
    {
        _waiters.Add(task);
        try
        {
            while (_owner is not null)
            {
                if (state == TaskState.Interruptible && task.SignalPending)
                    return false;
                task.State = state;
                task.WaitsFor = this;
                task.Operation = operation;
                scheduler.Schedule();
                task.WaitsFor = null;
            }

            return true;
        }
        finally
        {
            task.WaitsFor = null;
            task.State = TaskState.Running;
            _waiters.Remove(task);
        }
    }

    /// <summary>It is locked; disposing unlocks it, whatever context a driver has left behind.</summary>
    internal readonly ref struct Held(KernelMutex mutex, Scheduler scheduler)
    {
        /// <summary>Unlocks it; one that was never locked stays as it is.</summary>
        public void Dispose()
        {
            if (mutex is not null && !scheduler.IsPoweringOff)
                mutex.Release(scheduler);
        }
    }

    private static void ThrowInInterrupt(Scheduler scheduler, string operation)
    {
        if (PreemptCounts.InInterrupt(scheduler.Cpu))
            throw new KernelOopsException($"BUG: at kernel/mutex.c {operation}(): a mutex in an interrupt") { PreemptCount = scheduler.Cpu.PreemptCount };
    }
}
