using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Locking;

/// <summary><c>spinlock_t</c>: one processor at a time; the others spin (<c>linux/spinlock.h</c>). Make one with <c>new</c>
/// (<c>DEFINE_SPINLOCK</c>, <c>spin_lock_init</c>); it belongs to the driver's data.</summary>
/// <remarks>Source: kernel/spinlock.c, lib/spinlock_debug.c of Linux 2.6.20 with CONFIG_DEBUG_SPINLOCK.</remarks>
public sealed class Spinlock : ISpinnable
{
    private readonly string? _name;
    private TaskStruct? _owner;
    private int _ownerCpu = -1;
    private int _ownerDepth;

    /// <summary>A lock that nobody holds.</summary>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public Spinlock(string? name = null) => _name = name;

    /// <summary><c>spin_is_locked()</c>.</summary>
    internal bool IsLocked => _owner is not null;

    bool ISpinnable.IsTaken => IsLocked;

    TaskStruct? IWaitable.Owner => _owner;

    string IWaitable.Describe() => _name is null ? "a spinlock" : $"spinlock {_name}";

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "spinlock";

    /// <summary><c>_raw_spin_lock()</c>: preemption is off.</summary>
    /// <param name="scheduler">Where.</param>
    /// <param name="operation">The kernel name.</param>
    /// <param name="on">What it is a part of; null: it stands for itself.</param>
    /// <exception cref="KernelOopsException">The task or the processor holds it already: it would spin for ever.</exception>
    internal void Lock(Scheduler scheduler, string operation, object? on = null)
    {
        if (_owner is not null)
            Spin(scheduler, operation, on);
        scheduler.StoreBuffers?.Drain();
        Take(scheduler);
    }

    /// <summary><c>spin_unlock_wait()</c>.</summary>
    internal void Wait(Scheduler scheduler)
    {
        if (_owner is null)
            return;
        Preemption.Disable(scheduler.Cpu);
        Spin(scheduler, "spin_unlock_wait", null);
        Preemption.Enable(scheduler.Cpu, "spin_unlock_wait");
    }

    /// <summary><c>spin_lock_init()</c>.</summary>
    internal void Reset()
    {
        if (_owner is not null)
            _owner.LockdepDepth--;
        (_owner, _ownerCpu) = (null, -1);
    }

    /// <summary><c>_raw_spin_trylock()</c>: preemption is off.</summary>
    internal bool TryLock(Scheduler scheduler)
    {
        if (_owner is not null)
            return false;
        scheduler.StoreBuffers?.Drain();
        Take(scheduler);
        return true;
    }

    /// <summary><c>_raw_spin_unlock()</c>.</summary>
    /// <exception cref="KernelOopsException">It is not held, or not by the task, or not by the processor.</exception>
    internal void Unlock(Scheduler scheduler)
    {
        if (_owner is null)
            throw Bug("already unlocked", scheduler, KernelRule.UnlockNotHeld);
        if (_owner != scheduler.Current)
            throw Bug("wrong owner", scheduler, KernelRule.UnlockNotHeld);
        if (_ownerCpu != scheduler.Cpu.Id)
            throw Bug("wrong CPU", scheduler, null);
        scheduler.StoreBuffers?.Drain();
        Reset();
    }

    private void Take(Scheduler scheduler)
    {
        (_owner, _ownerCpu, _ownerDepth) = (scheduler.Current, scheduler.Cpu.Id, scheduler.Cpu.InterruptDepth);
        _owner.LockdepDepth++;
    }

    private void Spin(Scheduler scheduler, string operation, object? on)
    {
        if (_owner == scheduler.Current)
            throw Bug("recursion", scheduler, RuleOfRecursion(scheduler));
        if (_ownerCpu == scheduler.Cpu.Id)
            throw Bug("cpu recursion", scheduler, RuleOfRecursion(scheduler));
        scheduler.SpinOn(this, operation, on);
    }

    /// <summary>Whoever took it was interrupted, or takes it twice.</summary>
    private KernelRule RuleOfRecursion(Scheduler scheduler) => Recursion.RuleOf(_ownerDepth, scheduler);

    /// <summary><c>spin_bug()</c>.</summary>
    private KernelOopsException Bug(string message, Scheduler scheduler, KernelRule? rule)
    {
        TaskStruct task = scheduler.Current;
        string owner = _owner is null ? "<none>/-1" : $"{_owner.Comm}/{_owner.Pid}";
        return new KernelOopsException(
            $"BUG: spinlock {message} on CPU#{scheduler.Cpu.Id}, {task.Comm}/{task.Pid}\n lock: {this}, .magic: dead4ead, .owner: {owner}, .owner_cpu: {_ownerCpu}",
            rule);
    }
}
