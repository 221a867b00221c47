using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary><c>struct rw_semaphore</c>: many that read, or one that writes; the others sleep (<c>linux/rwsem.h</c>). Make one with <c>new</c>
/// (<c>DECLARE_RWSEM</c>, <c>init_rwsem</c>).</summary>
/// <remarks>Strictly in order: nobody comes in before one that waits, so a task that reads must not read again. Who gives it back hands it on.
/// Source: lib/rwsem-spinlock.c of Linux 2.6.20.</remarks>
public sealed class RwSemaphore : IWaitable
{
    private readonly List<Waiter> _waiters = [];
    private readonly List<TaskStruct> _readers = [];
    private readonly string? _name;
    private TaskStruct? _writer;

    /// <summary>A semaphore that nobody holds.</summary>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public RwSemaphore(string? name = null) => _name = name;

    /// <summary>How many read; -1: one writes.</summary>
    internal int Activity => _writer is null ? _readers.Count : -1;

    /// <summary>Who waits longest; null: nobody.</summary>
    internal TaskStruct? FirstWaiting => _waiters is [var first, ..] ? first.Task : null;

    TaskStruct? IWaitable.Owner => _writer ?? (_readers is [var first, ..] ? first : null);

    string IWaitable.Describe() => _name is null ? "a rw_semaphore" : $"rw_semaphore {_name}";

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "rw_semaphore";

    /// <summary>The task reads or writes.</summary>
    internal bool IsHeldBy(TaskStruct task) => _writer == task || _readers.Contains(task);

    /// <summary>The task writes.</summary>
    internal bool IsWrittenBy(TaskStruct task) => _writer == task;

    /// <summary><c>__down_read_trylock()</c>, <c>__down_write_trylock()</c>.</summary>
    internal bool TryDown(Scheduler scheduler, bool write)
    {
        if (_waiters.Count != 0 || _writer is not null || (write && _readers.Count != 0))
            return false;
        Grant(scheduler.Current, write);
        scheduler.StoreBuffers?.Drain();
        return true;
    }

    /// <summary><c>__down_read()</c>, <c>__down_write()</c>.</summary>
    /// <exception cref="KernelOopsException">The task holds it already, and what it asks for can make it wait for itself.</exception>
    internal void Down(Scheduler scheduler, bool write, string operation)
    {
        TaskStruct task = scheduler.Current;
        if (IsHeldBy(task))
        {
            throw new KernelOopsException(
                $"[ INFO: possible recursive locking detected ]\n{task.Comm}/{task.Pid} is trying to acquire lock ({this}) in {operation}()\nbut task is already holding it",
                KernelRule.DoubleLock);
        }

        if (TryDown(scheduler, write))
            return;
        var waiter = new Waiter(task, write);
        _waiters.Add(waiter);
        try
        {
            while (!waiter.IsGranted)
            {
                task.State = TaskState.Uninterruptible;
                task.WaitsFor = this;
                task.Operation = operation;
                scheduler.Schedule();
            }
        }
        finally
        {
            task.WaitsFor = null;
            task.State = TaskState.Running;
            _waiters.Remove(waiter);
        }

        scheduler.StoreBuffers?.Drain();
    }

    /// <summary><c>__up_read()</c>: the last reader lets a writer in.</summary>
    /// <exception cref="KernelOopsException">The task does not read.</exception>
    internal void UpRead(Scheduler scheduler)
    {
        if (!_readers.Contains(scheduler.Current))
            throw Unbalanced(scheduler, "up_read");
        scheduler.StoreBuffers?.Drain();
        _readers.Remove(scheduler.Current);
        if (_readers.Count == 0)
            WakeFirst(scheduler, mayWrite: true);
    }

    /// <summary><c>__up_write()</c>: the next in order comes in, with all readers right behind it if it reads.</summary>
    /// <exception cref="KernelOopsException">The task does not write.</exception>
    internal void UpWrite(Scheduler scheduler)
    {
        if (_writer != scheduler.Current)
            throw Unbalanced(scheduler, "up_write");
        scheduler.StoreBuffers?.Drain();
        _writer = null;
        WakeFirst(scheduler, mayWrite: true);
    }

    /// <summary><c>__downgrade_write()</c>: readers that are first in order come in too.</summary>
    /// <exception cref="KernelOopsException">The task does not write.</exception>
    internal void Downgrade(Scheduler scheduler)
    {
        if (_writer != scheduler.Current)
            throw Unbalanced(scheduler, "downgrade_write");
        scheduler.StoreBuffers?.Drain();
        _writer = null;
        Grant(scheduler.Current, write: false);
        WakeFirst(scheduler, mayWrite: false);
    }

    /// <summary><c>__rwsem_do_wake()</c>: hands it to the first writer, or to all readers up to the first writer.</summary>
    private void WakeFirst(Scheduler scheduler, bool mayWrite)
    {
        if (_waiters is [{ Write: true }, ..])
        {
            if (mayWrite)
                Wake(scheduler);
            return;
        }

        while (_waiters is [{ Write: false }, ..])
            Wake(scheduler);
    }

    private void Wake(Scheduler scheduler)
    {
        Waiter waiter = _waiters[0];
        _waiters.RemoveAt(0);
        Grant(waiter.Task, waiter.Write);
        waiter.IsGranted = true;
        scheduler.TryToWakeUp(waiter.Task, TaskState.Interruptible | TaskState.Uninterruptible);
    }

    private void Grant(TaskStruct task, bool write)
    {
        if (write)
            _writer = task;
        else
            _readers.Add(task);
    }

    private KernelOopsException Unbalanced(Scheduler scheduler, string operation)
    {
        TaskStruct task = scheduler.Current;
        return new($"[ BUG: bad unlock balance detected! ]\n{task.Comm}/{task.Pid} is trying to release lock ({this}) in {operation}()\nbut it does not hold it", KernelRule.UnlockNotHeld);
    }

    /// <summary><c>struct rwsem_waiter</c>.</summary>
    private sealed class Waiter(TaskStruct task, bool write)
    {
        public TaskStruct Task { get; } = task;

        public bool Write { get; } = write;

        public bool IsGranted { get; set; }
    }
}
