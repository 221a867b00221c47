using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary><c>rwlock_t</c>: many that read, or one that writes; the others spin (<c>linux/spinlock.h</c>). Make one with <c>new</c>
/// (<c>DEFINE_RWLOCK</c>, <c>rwlock_init</c>); it belongs to the driver's data.</summary>
/// <remarks>Readers come in while others read, even if somebody waits to write. A reader may read again.
/// Source: kernel/spinlock.c, lib/spinlock_debug.c of Linux 2.6.20 with CONFIG_DEBUG_SPINLOCK.</remarks>
public sealed class Rwlock
{
    private readonly List<TaskStruct> _readers = [];
    private readonly Side _toRead;
    private readonly Side _toWrite;
    private readonly string? _name;
    private TaskStruct? _writer;
    private int _writerCpu = -1;
    private int _writerDepth;

    /// <summary>A lock that nobody holds.</summary>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public Rwlock(string? name = null)
    {
        _name = name;
        _toRead = new Side(this, isToWrite: false);
        _toWrite = new Side(this, isToWrite: true);
    }

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "rwlock";

    /// <summary><c>_raw_read_lock()</c>: preemption is off.</summary>
    /// <exception cref="KernelOopsException">The task writes: it would spin for ever.</exception>
    internal void ReadLock(Scheduler scheduler, string operation)
    {
        if (_writer == scheduler.Current)
            throw Bug("recursion", scheduler, Recursion.RuleOf(_writerDepth, scheduler));
        if (_writer is not null)
            scheduler.SpinOn(_toRead, operation, this);
        TakeToRead(scheduler);
    }

    /// <summary><c>_raw_read_trylock()</c>: preemption is off.</summary>
    internal bool TryReadLock(Scheduler scheduler)
    {
        if (_writer is not null)
            return false;
        TakeToRead(scheduler);
        return true;
    }

    /// <summary><c>_raw_read_unlock()</c>.</summary>
    /// <exception cref="KernelOopsException">The task does not read.</exception>
    internal void ReadUnlock(Scheduler scheduler)
    {
        int index = _readers.LastIndexOf(scheduler.Current);
        if (index < 0)
            throw Bug(_readers.Count == 0 ? "already unlocked" : "wrong owner", scheduler, KernelRule.UnlockNotHeld);
        scheduler.StoreBuffers?.Drain();
        _readers.RemoveAt(index);
        scheduler.Current.LockdepDepth--;
    }

    /// <summary><c>_raw_write_lock()</c>: preemption is off.</summary>
    /// <exception cref="KernelOopsException">The task or the processor writes already.</exception>
    internal void WriteLock(Scheduler scheduler, string operation)
    {
        if (_writer == scheduler.Current)
            throw Bug("recursion", scheduler, Recursion.RuleOf(_writerDepth, scheduler));
        if (_writerCpu == scheduler.Cpu.Id)
            throw Bug("cpu recursion", scheduler, Recursion.RuleOf(_writerDepth, scheduler));
        if (IsHeld)
            scheduler.SpinOn(_toWrite, operation, this);
        TakeToWrite(scheduler);
    }

    /// <summary><c>_raw_write_trylock()</c>: preemption is off.</summary>
    internal bool TryWriteLock(Scheduler scheduler)
    {
        if (IsHeld)
            return false;
        TakeToWrite(scheduler);
        return true;
    }

    /// <summary><c>_raw_write_unlock()</c>.</summary>
    /// <exception cref="KernelOopsException">It is not held, or not by the task, or not by the processor.</exception>
    internal void WriteUnlock(Scheduler scheduler)
    {
        if (_writer is null)
            throw Bug("already unlocked", scheduler, KernelRule.UnlockNotHeld);
        if (_writer != scheduler.Current)
            throw Bug("wrong owner", scheduler, KernelRule.UnlockNotHeld);
        if (_writerCpu != scheduler.Cpu.Id)
            throw Bug("wrong CPU", scheduler, null);
        scheduler.StoreBuffers?.Drain();
        _writer.LockdepDepth--;
        (_writer, _writerCpu) = (null, -1);
    }

    /// <summary><c>rwlock_init()</c>.</summary>
    internal void Reset()
    {
        foreach (TaskStruct reader in _readers)
            reader.LockdepDepth--;
        _readers.Clear();
        if (_writer is not null)
            _writer.LockdepDepth--;
        (_writer, _writerCpu) = (null, -1);
    }

    private bool IsHeld => _writer is not null || _readers.Count != 0;

    private void TakeToRead(Scheduler scheduler)
    {
        scheduler.StoreBuffers?.Drain();
        _readers.Add(scheduler.Current);
        scheduler.Current.LockdepDepth++;
    }

    private void TakeToWrite(Scheduler scheduler)
    {
        scheduler.StoreBuffers?.Drain();
        (_writer, _writerCpu, _writerDepth) = (scheduler.Current, scheduler.Cpu.Id, scheduler.Cpu.InterruptDepth);
        _writer.LockdepDepth++;
    }

    /// <summary><c>rwlock_bug()</c>.</summary>
    private KernelOopsException Bug(string message, Scheduler scheduler, KernelRule? rule) =>
        new($"BUG: rwlock {message} on CPU#{scheduler.Cpu.Id}, {scheduler.Current.Comm}/{scheduler.Current.Pid}, {this}", rule);

    /// <summary>What those wait for who want to read, or to write.</summary>
    private sealed class Side(Rwlock @lock, bool isToWrite) : ISpinnable
    {
        public bool IsTaken => isToWrite ? @lock.IsHeld : @lock._writer is not null;

        public TaskStruct? Owner => @lock._writer ?? (@lock._readers is [var first, ..] ? first : null);

        public string Describe() => @lock._name is null ? "a rwlock" : $"rwlock {@lock._name}";
    }
}
