using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/rcupdate.h</c>: readers without locks; what they may still see is freed after a grace period.</summary>
/// <remarks>Source: include/linux/rcupdate.h, kernel/rcupdate.c of Linux 2.6.20 (classic RCU).</remarks>
public static class LinuxRcupdate
{
    /// <summary><c>rcu_read_lock()</c>: what is read until <see cref="RcuReadUnlock"/> is not freed meanwhile. Preemption is off. Every context.</summary>
    [Acquires(KernelResource.RcuReadSide)]
    [Acquires(KernelResource.PreemptCount)]
    public static void RcuReadLock() => Preemption.Disable(Kernel.Current("rcu_read_lock").Scheduler.Cpu);

    /// <summary><c>rcu_read_unlock()</c>. Every context.</summary>
    /// <exception cref="KernelOopsException">There was no <see cref="RcuReadLock"/>.</exception>
    [Releases(KernelResource.RcuReadSide)]
    [Releases(KernelResource.PreemptCount)]
    public static void RcuReadUnlock() => Preemption.Enable(Kernel.Current("rcu_read_unlock").Scheduler.Cpu, "rcu_read_unlock");

    /// <summary><c>rcu_dereference(p)</c>: reads a pointer that others change, inside of a read section. Every context.</summary>
    public static T RcuDereference<T>(in T p)
        where T : class?
    {
        Kernel.Current("rcu_dereference", p);
        return p;
    }

    /// <summary><c>rcu_assign_pointer(p, v)</c>: changes a pointer that others read, after what it points to has been written. Every context.</summary>
    public static void RcuAssignPointer<T>(ref T p, T v)
        where T : class?
    {
        Kernel.Current("rcu_assign_pointer", p).Scheduler.StoreBuffers?.Drain();
        p = v;
    }

    /// <summary><c>call_rcu(head, func)</c>: calls the function after a grace period. Every context; never sleeps.</summary>
    /// <param name="head">Of the object that goes.</param>
    /// <param name="func">Frees it; called in interrupt context.</param>
    /// <exception cref="KernelOopsException">The head waits already.</exception>
    public static void CallRcu(RcuHead head, [CalledIn(CallContext.Softirq)] Action<RcuHead> func)
    {
        if (head is null || func is null)
            throw new NullReferenceException();
        Kernel.Current("call_rcu", head).Rcu.Call(head, func);
    }

    /// <summary><c>synchronize_rcu()</c>: sleeps until all read sections that are under way have ended. Process context.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context, such as a read section: it would wait for itself.</exception>
    [MightSleep]
    public static void SynchronizeRcu() => Wait("synchronize_rcu");

    /// <summary><c>synchronize_sched()</c>: the same, of sections with preemption off.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static void SynchronizeSched() => Wait("synchronize_sched");

    /// <summary><c>rcu_barrier()</c>: sleeps until all functions given to <see cref="CallRcu"/> have been called, as a module does before it goes. Process context.</summary>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    public static void RcuBarrier() => Wait("rcu_barrier");

    /// <summary>Callbacks are called in the order they came, so the last one tells that all are done.</summary>
    private static void Wait(string function)
    {
        Kernel kernel = Kernel.Current(function);
        AtomicContext.MightSleep(kernel.Machine, function);
        kernel.Rcu.Synchronize(function);
    }
}
