using DriverKit.Contracts;
using DriverKit.Interrupts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/kthread.h</c>: threads of the kernel.</summary>
/// <remarks>Source: include/linux/kthread.h, kernel/kthread.c of Linux 2.6.20.</remarks>
public static class LinuxKthread
{
    /// <summary><c>kthread_create(threadfn, data, name)</c>: a thread that sleeps until <c>wake_up_process()</c>. Process context; may sleep.</summary>
    /// <param name="threadfn">What it does. It returns when <see cref="KthreadShouldStop"/> says so, or by itself if nobody calls <see cref="KthreadStop"/>.</param>
    /// <param name="data">What it is given.</param>
    /// <param name="name">Its name, at most 15 characters.</param>
    /// <returns>The thread; null without memory.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    [return: AllocatesWith(Allocator.Kthread)]
    public static TaskStruct? KthreadCreate([CalledIn(CallContext.Process)] Func<object?, int> threadfn, object? data, string name) => Create("kthread_create", threadfn, data, name);

    /// <summary><c>kthread_run(threadfn, data, name)</c>: <see cref="KthreadCreate"/>, and wakes it.</summary>
    /// <returns>The thread; null without memory.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    [return: AllocatesWith(Allocator.Kthread)]
    public static TaskStruct? KthreadRun([CalledIn(CallContext.Process)] Func<object?, int> threadfn, object? data, string name)
    {
        TaskStruct? task = Create("kthread_run", threadfn, data, name);
        if (task is not null)
            Kernel.Current("wake_up_process", task).Kthreads.Wake(task);
        return task;
    }

    /// <summary><c>kthread_stop(k)</c>: tells the thread to end, wakes it and waits for that. Process context; may sleep.</summary>
    /// <returns>What its function has returned; -EINTR if it was never woken before.</returns>
    /// <exception cref="KernelOopsException">It has ended by itself or has been stopped before: its task_struct is gone. Or called in atomic context, or by the thread itself.</exception>
    [MightSleep]
    public static int KthreadStop([FreesWith(Allocator.Kthread)] TaskStruct k)
    {
        Kernel kernel = Kernel.Current("kthread_stop", k);
        AtomicContext.MightSleep(kernel.Machine, "kthread_stop");
        return kernel.Kthreads.Stop(k);
    }

    /// <summary><c>kthread_should_stop()</c>: somebody waits in <see cref="KthreadStop"/> for this thread to return.</summary>
    public static bool KthreadShouldStop()
    {
        Kernel kernel = Kernel.Here("kthread_should_stop");
        kernel.Scheduler.Point("kthread_should_stop", kernel.CurrentTask);
        return kernel.Kthreads.ShouldStop;
    }

    /// <summary><c>kthread_bind(k, cpu)</c>: it runs on that processor only. Before it is first woken.</summary>
    /// <exception cref="KernelOopsException">It has started, or there is no such processor.</exception>
    public static void KthreadBind(TaskStruct k, int cpu)
    {
        if ((uint)cpu >= (uint)Kernel.Current("kthread_bind", k).Machine.Cpus.Count)
            throw new KernelOopsException($"kernel BUG in kthread_bind: there is no processor {cpu}");
        Kthreads.Bind(k, cpu);
    }

    private static TaskStruct? Create(string function, Func<object?, int> threadfn, object? data, string name)
    {
        ArgumentNullException.ThrowIfNull(threadfn);
        Kernel kernel = Kernel.Current(function);
        AtomicContext.MightSleep(kernel.Machine, function);
        return kernel.Scheduler.Fails(function) ? null : kernel.Kthreads.Create(() => threadfn(data), name);
    }
}
