using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Scheduling;

/// <summary><c>kernel_thread()</c>: tasks without an address space.</summary>
internal sealed class KernelThreads(KernelContext context)
{
    private readonly Scheduler _scheduler = context.Scheduler;

    /// <summary>What becomes of a bug in a kernel thread: writes the report. The floor above installs it.</summary>
    public Func<Exception, TaskStruct, Exception>? BugReporter { get; set; }

    /// <summary>Starts a kernel thread.</summary>
    /// <param name="comm">Its name.</param>
    /// <param name="body">What it does; it may sleep.</param>
    /// <param name="isServer">It serves others for ever, so a machine in which only it sleeps is at rest.</param>
    /// <param name="isProgram">The host waits for it in Kernel.Run.</param>
    public TaskStruct Start(string comm, Action body, bool isServer = false, bool isProgram = false)
    {
        TaskStruct task = New(comm, body, isServer, isProgram);
        _scheduler.WakeUpNewTask(task);
        return task;
    }

    /// <summary>Makes a kernel thread that sleeps until it is first woken.</summary>
    public TaskStruct Create(string comm, Action body, bool isServer = false)
    {
        TaskStruct task = New(comm, body, isServer, isProgram: false);
        _scheduler.AddSleeping(task);
        return task;
    }

    private TaskStruct New(string comm, Action body, bool isServer, bool isProgram)
    {
        TaskStruct task = new(_scheduler.NextPid(), comm, null) { IsServer = isServer, IsProgram = isProgram };
        task.Body = () =>
        {
            using (context.Enter(task))
            {
                try
                {
                    body();
                    ThrowIfAtomic(task);
                }
                catch (Exception bug) when (bug is not FiberAbortedException)
                {
                    _scheduler.Failures.Add(BugReporter?.Invoke(bug, task) ?? bug);
                }
            }
        };
        return task;
    }

    /// <summary>What schedule() says at the end of do_exit().</summary>
    private void ThrowIfAtomic(TaskStruct task)
    {
        if (_scheduler.Cpu.PreemptCount is not 0 and var count)
            throw new KernelOopsException($"BUG: scheduling while atomic: {task.Comm}/0x{count:x8}/{task.Pid}\nThe thread has ended with preempt_count {count}: a spinlock is held, or preemption is off",
                AtomicContext.RuleOfRest(_scheduler.Cpu.AtomicKmaps, task.LockdepDepth));
    }
}
