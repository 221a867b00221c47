namespace DriverKit.Benchmarks.Workloads;

/// <summary>The loop that both sides of the access rows run: a new cache line each time, all of a working set before any of it again.</summary>
internal static class AccessPattern
{
    public const int Operations = 1 << 17;

    /// <summary>In elements of four bytes; odd, so that it visits every element of a power of two.</summary>
    public const uint Stride = 17;

    public static uint Mask(int pages) => (uint)pages * PageSize / sizeof(int) - 1;
}

/// <summary>4-byte loads of a simulated process that hit the TLB.</summary>
internal sealed class SimulatedLoads(Architecture architecture, int pages) : Workload
{
    private readonly SimulatedMemory _memory = new(architecture, pages);

    public override int Operations => AccessPattern.Operations;

    public int Sum { get; private set; }

    public override void Run()
    {
        UserProcess process = _memory.Process;
        UserVirtualAddress start = _memory.Start;
        uint mask = AccessPattern.Mask(pages);
        int sum = 0;
        for (uint i = 0; i < AccessPattern.Operations; i++)
            sum += process.Load<int>(start + (ulong)((i * AccessPattern.Stride & mask) * sizeof(int)));
        Sum = sum;
    }

    public override void Dispose() => _memory.Dispose();
}

/// <summary>4-byte stores of a simulated process that hit the TLB.</summary>
internal sealed class SimulatedStores(Architecture architecture, int pages) : Workload
{
    private readonly SimulatedMemory _memory = new(architecture, pages);

    public override int Operations => AccessPattern.Operations;

    public override void Run()
    {
        UserProcess process = _memory.Process;
        UserVirtualAddress start = _memory.Start;
        uint mask = AccessPattern.Mask(pages);
        for (uint i = 0; i < AccessPattern.Operations; i++)
            process.Store(start + (ulong)((i * AccessPattern.Stride & mask) * sizeof(int)), (int)i);
    }

    public override void Dispose() => _memory.Dispose();
}

/// <summary>The same loads from an array.</summary>
internal sealed class NativeLoads(int pages) : Workload
{
    private readonly int[] _array = new int[AccessPattern.Mask(pages) + 1];

    public override int Operations => AccessPattern.Operations;

    public int Sum { get; private set; }

    public override void Run()
    {
        int[] array = _array;
        uint mask = AccessPattern.Mask(pages);
        int sum = 0;
        for (uint i = 0; i < AccessPattern.Operations; i++)
            sum += array[i * AccessPattern.Stride & mask];
        Sum = sum;
    }
}

/// <summary>The same stores to an array.</summary>
internal sealed class NativeStores(int pages) : Workload
{
    private readonly int[] _array = new int[AccessPattern.Mask(pages) + 1];

    public override int Operations => AccessPattern.Operations;

    public override void Run()
    {
        int[] array = _array;
        uint mask = AccessPattern.Mask(pages);
        for (uint i = 0; i < AccessPattern.Operations; i++)
            array[i * AccessPattern.Stride & mask] = (int)i;
    }
}

/// <summary>A process with pages that it has stored to, so that every translation is in place.</summary>
internal sealed class SimulatedMemory : IDisposable
{
    private readonly Kernel _kernel;

    public SimulatedMemory(Architecture architecture, int pages)
    {
        _kernel = Kernel.Boot(new MachineOptions { Architecture = architecture });
        Process = _kernel.CreateProcess("bench");
        ulong size = (ulong)pages * PageSize;
        Start = Process.Mmap(default, size, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        for (ulong offset = 0; offset < size; offset += PageSize)
            Process.Store(Start + offset, 1);
    }

    public UserProcess Process { get; }

    public UserVirtualAddress Start { get; }

    public void Dispose() => _kernel.Dispose();
}
