using System.Runtime.ExceptionServices;
using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Processes;
using DriverKit.Scheduling;

namespace DriverKit;

/// <content>Programs and threads that run beside one another.</content>
public sealed partial class Kernel
{
    private readonly ProgramRunner _programs;

    internal KernelThreads KernelThreads { get; }

    internal Rcu Rcu { get; }

    /// <summary>Virtual time since boot. It moves with what the kernel does, and jumps when there is nothing to do.</summary>
    public TimeSpan Uptime => TimeSpan.FromTicks((long)(Scheduler.Clock.Now / 100));

    /// <summary>What has happened in this machine, folded into a number: the same seed and strategy give the same one in every run.</summary>
    public ulong TraceHash => Scheduler.Trace.Value;

    /// <summary>A new process with a program of its own. It starts when the machine runs: in <see cref="Run"/>, or while the host waits in a system call.</summary>
    /// <param name="name">The program's name.</param>
    /// <param name="program">What it does, by the process's system calls, loads and stores. When it returns, the process exits with 0.</param>
    /// <exception cref="SyscallException">ENOMEM.</exception>
    public UserProcess Spawn(string name, Action<UserProcess> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Spawn(name, process =>
        {
            program(process);
            return 0;
        });
    }

    /// <summary>A new process with a program of its own. It starts when the machine runs: in <see cref="Run"/>, or while the host waits in a system call.</summary>
    /// <param name="name">The program's name.</param>
    /// <param name="program">What it does; it returns the exit code.</param>
    /// <exception cref="SyscallException">ENOMEM.</exception>
    public UserProcess Spawn(string name, Func<UserProcess, int> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        UserProcess process = CreateProcess(name);
        _programs.Start(process, program);
        return process;
    }

    /// <summary>A new kernel thread. It starts when the machine runs, and <see cref="Run"/> waits for it.</summary>
    /// <param name="name">Its name, as ps shows it.</param>
    /// <param name="code">What it does: driver code in process context.</param>
    public TaskStruct SpawnKernelThread(string name, [CalledIn(CallContext.Process)] Action code)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(code);
        using KernelContext.Scope scope = Enter();
        return KernelThreads.Start(name, code, isProgram: true);
    }

    /// <summary>Lets the machine run until every program and every thread of <see cref="SpawnKernelThread"/> has ended.</summary>
    /// <remarks>While a driver's timer sets itself anew, something can always run: a program that sleeps for ever is no deadlock then, and this call does not return.
    /// <see cref="RunFor"/> does, and so does <see cref="Exploration.ScheduleExplorer"/>, which counts steps.</remarks>
    /// <exception cref="DeadlockException">Some wait, and nothing can ever wake them; the report says who waits for what, held by whom.</exception>
    /// <exception cref="Exception">What a program has thrown and not caught: a failed assertion, a failed system call, a bad access, an oops of a driver.</exception>
    public void Run()
    {
        using (Enter())
            RunUntil(() => Scheduler.Failures.Count != 0 || !Scheduler.Live.Any(task => task.IsProgram));
        ThrowFailure();
    }

    /// <summary>Lets the machine run for a time, by its own clock.</summary>
    /// <param name="time">How long; at least zero.</param>
    /// <exception cref="Exception">What a program has thrown and not caught.</exception>
    public void RunFor(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        using (Enter())
        {
            bool isOver = false;
            var alarm = new ClockEvent(() =>
            {
                isOver = true;
                Scheduler.WakeHost();
            });
            Scheduler.Set(alarm, Scheduler.Clock.Now + Clock.Nanoseconds(time));
            try
            {
                RunUntil(() => isOver || Scheduler.Failures.Count != 0);
            }
            finally
            {
                Scheduler.Cancel(alarm);
            }
        }

        ThrowFailure();
    }

    /// <summary>Whoever a signal kills that nothing runs dies here, if nobody has come by before.</summary>
    private void RunUntil(Func<bool> isDone) => Scheduler.RunUntil(() =>
    {
        _processes.BuryDoomed();
        return isDone();
    });

    /// <summary>Fault injection: the allocation fails on the strategy's word, though there is memory (<c>should_failslab</c>, <c>should_fail_alloc_page</c>).</summary>
    internal bool AllocationFails(string function, GfpFlags flags) =>
        Scheduler.InjectsFaults && (flags & GfpFlags.NoFail) == 0 && Scheduler.Fails(function);

    private void ThrowFailure()
    {
        if (Scheduler.Failures is not [var first, ..])
            return;
        Scheduler.Failures.Clear();
        ExceptionDispatchInfo.Throw(first);
    }
}
