namespace DriverKit.Tests.Support;

/// <summary>A test that boots machines. When it is done, every machine must be as it was after boot: no page, promise or block of swap is lost.</summary>
public abstract class KernelTest : IDisposable
{
    private readonly List<LeakCheck> _kernels = [];

    /// <summary>Ends what the test has left running, and looks for what is lost.</summary>
    public void Dispose()
    {
        try
        {
            Assert.Multiple([.. _kernels.Select(kernel => (Action)kernel.Run)]);
        }
        finally
        {
            foreach (LeakCheck kernel in _kernels)
                kernel.Kernel.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>A small machine.</summary>
    protected Kernel Boot(Architecture architecture = Architecture.I386, KernelEra era = KernelEra.Linux2620) =>
        Boot(new MachineOptions { MemorySize = 32.MiB(), Architecture = architecture }, new KernelOptions { Era = era });

    /// <summary>1 GiB on i386: 128 MiB of it are high memory.</summary>
    protected Kernel BootWithHighMemory(Architecture architecture = Architecture.I386) =>
        Boot(new MachineOptions { MemorySize = 1.GiB(), Architecture = architecture });

    protected Kernel Boot(MachineOptions machine, KernelOptions? options = null)
    {
        var kernel = new LeakCheck(Kernel.Boot(machine, options));
        lock (_kernels)
            _kernels.Add(kernel);
        return kernel.Kernel;
    }

    /// <summary>The test does not free what it allocates in the kernel. What belongs to processes is checked all the same.</summary>
    /// <param name="kernel">The machine.</param>
    /// <param name="pages">Pages that are missing at the end; null: as many as it happens to be.</param>
    /// <param name="what">What is not freed, and why.</param>
    protected void Keeps(Kernel kernel, ulong? pages, string what) => Of(kernel).Keep(pages, what);

    private LeakCheck Of(Kernel kernel)
    {
        lock (_kernels)
            return _kernels.Single(each => each.Kernel == kernel);
    }
}
