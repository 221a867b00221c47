using System.Runtime.CompilerServices;

namespace DriverKit.Benchmarks.Workloads;

/// <summary>The loop that both sides of the access rows run: a new cache line each time, all of a working set before any of it again.</summary>
internal static class AccessPattern
{
    public const int Operations = 1 << 17;

    /// <summary>In elements of four bytes; odd, so that it visits every element of a power of two.</summary>
    public const uint Stride = 17;

    public const uint End = Operations * Stride;

    public static uint Mask(int pages) => (uint)pages * PageSize / sizeof(int) - 1;
}

/// <summary>4-byte loads of a simulated process that hit the TLB.</summary>
internal sealed class SimulatedLoads(Architecture architecture, int pages) : Workload
{
    private readonly SimulatedMemory _memory = new(architecture, pages);

    public override int Operations => AccessPattern.Operations;

    public int Sum { get; private set; }

    public override void Run() => Sum = Load(_memory.Process, _memory.Start, AccessPattern.Mask(pages));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Load(UserProcess process, UserVirtualAddress start, uint mask)
    {
        int sum = 0;
        for (uint i = 0; i < AccessPattern.End; i += AccessPattern.Stride)
            sum += process.Load<int>(start + (ulong)(i & mask) * sizeof(int));
        return sum;
    }

    public override void Dispose() => _memory.Dispose();
}

/// <summary>4-byte stores of a simulated process that hit the TLB.</summary>
internal sealed class SimulatedStores(Architecture architecture, int pages) : Workload
{
    private readonly SimulatedMemory _memory = new(architecture, pages);

    public override int Operations => AccessPattern.Operations;

    public override void Run() => Store(_memory.Process, _memory.Start, AccessPattern.Mask(pages));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Store(UserProcess process, UserVirtualAddress start, uint mask)
    {
        for (uint i = 0; i < AccessPattern.End; i += AccessPattern.Stride)
            process.Store(start + (ulong)(i & mask) * sizeof(int), (int)i);
    }

    public override void Dispose() => _memory.Dispose();
}

/// <summary>The same loads from an array.</summary>
internal sealed class NativeLoads(int pages) : Workload
{
    private readonly int[] _array = new int[AccessPattern.Mask(pages) + 1];

    public override int Operations => AccessPattern.Operations;

    public int Sum { get; private set; }

    public override void Run() => Sum = Load(_array, start: 0, AccessPattern.Mask(pages));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Load(int[] array, uint start, uint mask)
    {
        int sum = 0;
        for (uint i = 0; i < AccessPattern.End; i += AccessPattern.Stride)
            sum += array[start + (i & mask)];
        return sum;
    }
}

/// <summary>The same stores to an array.</summary>
internal sealed class NativeStores(int pages) : Workload
{
    private readonly int[] _array = new int[AccessPattern.Mask(pages) + 1];

    public override int Operations => AccessPattern.Operations;

    public override void Run() => Store(_array, start: 0, AccessPattern.Mask(pages));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Store(int[] array, uint start, uint mask)
    {
        for (uint i = 0; i < AccessPattern.End; i += AccessPattern.Stride)
            array[start + (i & mask)] = (int)i;
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
