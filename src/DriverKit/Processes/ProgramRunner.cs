using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Processes;

/// <summary>Programs of processes that are C# delegates: each runs as a task of its own, between its system calls in user mode.</summary>
internal sealed class ProgramRunner(Scheduler scheduler)
{
    /// <summary>Programs that have not ended.</summary>
    public int Running { get; private set; }

    /// <summary>Gives a process its program; it starts when the machine runs.</summary>
    public void Start(UserProcess process, Func<UserProcess, int> program)
    {
        TaskStruct task = process.Task;
        task.IsProgram = true;
        task.Body = () =>
        {
            try
            {
                // The OOM killer has taken it before it could start.
                if (!process.IsAlive)
                    return;
                process.ReturnFromFork();
                int code = program(process);
                if (process is { IsAlive: true, IsThread: true })
                    process.ExitThread(code);
                else if (process.IsAlive)
                    process.Exit(code);
            }
            catch (Exception exception) when (exception is not FiberAbortedException)
            {
                if (EndBy(process, exception))
                    scheduler.Failures.Add(exception);
            }
            finally
            {
                Running--;
            }
        };
        Running++;
        scheduler.WakeUpNewTask(task);
    }

    /// <summary>Exit may have a bug of its own, in the driver's release: that is in the log, and the host hears of what came first.</summary>
    private static bool EndBy(UserProcess process, Exception exception)
    {
        try
        {
            return process.EndBy(exception);
        }
        catch (Exception second) when (second is not FiberAbortedException)
        {
            return true;
        }
    }
}
