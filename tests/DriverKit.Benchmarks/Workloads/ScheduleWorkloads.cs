namespace DriverKit.Benchmarks.Workloads;

/// <summary>Two kernel threads that hand the processor to and fro.</summary>
internal sealed class TaskSwitches : Workload
{
    private const int Yields = 5000;

    private readonly Kernel _kernel = Kernel.Boot(new MachineOptions { MemorySize = 16.MiB() });

    public override int Operations => 2 * Yields;

    public override void Prepare()
    {
        for (int i = 0; i < 2; i++)
        {
            _kernel.SpawnKernelThread("yielder", () =>
            {
                for (int yields = 0; yields < Yields; yields++)
                    Yield();
            });
        }
    }

    public override void Run() => _kernel.Run();

    public override void Dispose() => _kernel.Dispose();
}

/// <summary>Exploring two tasks of ten lock operations each: a machine is booted and switched off for every schedule.</summary>
internal sealed class ExploredSchedules(ScheduleSearch search) : Workload
{
    private const int Schedules = 200;
    private const int LockPairs = 5;

    private readonly ExploreOptions _options = new() { Search = search, Schedules = Schedules };

    public override int Operations => Schedules;

    public override void Run() => ScheduleExplorer.Check(TwoTasks, _options);

    private static void TwoTasks(Kernel kernel)
    {
        var @lock = new Spinlock();
        for (int i = 0; i < 2; i++)
        {
            kernel.SpawnKernelThread("locker", () =>
            {
                for (int pair = 0; pair < LockPairs; pair++)
                {
                    SpinLock(@lock);
                    SpinUnlock(@lock);
                }
            });
        }
    }
}
