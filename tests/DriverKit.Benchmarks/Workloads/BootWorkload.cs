namespace DriverKit.Benchmarks.Workloads;

/// <summary>Booting a machine. Switching it off is timed too for the small machines of unit tests.</summary>
internal sealed class Boots(MachineOptions machine, bool disposeToo) : Workload
{
    private Kernel? _kernel;

    public override int Operations => 1;

    /// <summary>Host memory that the machine took: what booting allocated, garbage included, and the sections of RAM it got from the pool.</summary>
    public long HostBytes { get; private set; }

    public override void Run()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        _kernel = Kernel.Boot(machine);
        HostBytes = GC.GetAllocatedBytesForCurrentThread() - before + (long)_kernel.Machine.Ram.ResidentBytes;
        if (disposeToo)
            _kernel.Dispose();
    }

    public override void CleanUp() => _kernel?.Dispose();
}
