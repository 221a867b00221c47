using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>Machines of some processors whose tasks lose their turn at random.</summary>
public abstract class LockTest : KernelTest
{
    /// <summary>Processors and seed.</summary>
    public static TheoryData<int, ulong> Runs
    {
        get
        {
            var runs = new TheoryData<int, ulong>();
            foreach (int cpus in new[] { 1, 2, 4 })
            {
                for (ulong seed = 1; seed <= 8; seed++)
                    runs.Add(cpus, seed);
            }

            return runs;
        }
    }

    protected Kernel BootSmp(int cpus = 1, ulong? seed = null) => Boot(
        new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus },
        new KernelOptions { Strategy = seed is { } value ? new ShuffledTurns(value) : new RoundRobin() });

    /// <summary>Runs some threads to their end, each with its number.</summary>
    protected static void RunThreads(Kernel kernel, int count, Action<int> body)
    {
        for (int i = 0; i < count; i++)
        {
            int me = i;
            kernel.SpawnKernelThread($"t{i}", () => body(me));
        }

        kernel.Run();
    }

    /// <summary>A point where others may have their turn, in the middle of a critical section.</summary>
    protected static void LookAround() => PreemptCount();

    /// <summary>A bug that stops the machine or comes out of the code.</summary>
    protected static void ExpectOops(Kernel kernel, string cause, Action code, string? rule = null) => Expect.OopsIn(kernel, cause, code, rule);

    /// <summary>A signal comes for the task, as from another process.</summary>
    protected static void Signal(Kernel kernel, TaskStruct task)
    {
        task.SignalPending = true;
        kernel.Scheduler.TryToWakeUp(task, TaskState.Interruptible);
    }
}
