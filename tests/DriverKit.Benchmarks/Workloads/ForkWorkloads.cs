using System.Diagnostics;
using System.Runtime.CompilerServices;
using DriverKit.Benchmarks.Host;
using NativeLibrary = System.Runtime.InteropServices.NativeLibrary;

namespace DriverKit.Benchmarks.Workloads;

/// <summary>fork of a process that has stored to 64 MiB, and the exit of the child.</summary>
/// <remarks>The parent stores to every page again before each fork, so that each finds its pages writable.</remarks>
internal sealed class SimulatedForks : Workload
{
    public const int Bytes = 64 << 20;

    private readonly SimulatedMemory _memory;

    public SimulatedForks(Architecture architecture) => _memory = new(architecture, Bytes / (int)PageSize);

    public override int Operations => 1;

    public override void Prepare()
    {
        for (ulong offset = 0; offset < Bytes; offset += PageSize)
            _memory.Process.Store(_memory.Start + offset, 1);
    }

    public override void Run() => _memory.Process.Fork().Exit();

    public override void Dispose() => _memory.Dispose();
}

/// <summary>The host's fork of 64 MiB, the exit of the child, and the wait for it.</summary>
/// <remarks>What forks is this process, which is much more than 64 MiB of memory. So it forks twice: before each run without the 64 MiB
/// (MADV_DONTFORK), whose best time is taken off, and in the run with them. The model gets no such discount. The child calls nothing but _exit, by
/// an address looked up before, in code compiled before: it has none of the runtime's other threads.</remarks>
internal sealed unsafe class HostForks : Workload
{
    private readonly byte* _memory = Libc.MapOrThrow(SimulatedForks.Bytes, Libc.MapPrivate | Libc.MapAnonymous, -1);
    private readonly delegate* unmanaged[SuppressGCTransition]<int> _fork;
    private readonly delegate* unmanaged[SuppressGCTransition]<int, void> _exit;
    private TimeSpan _overhead = TimeSpan.MaxValue;

    public HostForks()
    {
        nint libc = NativeLibrary.GetMainProgramHandle();
        _fork = (delegate* unmanaged[SuppressGCTransition]<int>)NativeLibrary.GetExport(libc, "fork");
        _exit = (delegate* unmanaged[SuppressGCTransition]<int, void>)NativeLibrary.GetExport(libc, "_exit");
    }

    public override int Operations => 1;

    public override TimeSpan Overhead => _overhead;

    public override void Prepare()
    {
        Libc.Madvise(_memory, SimulatedForks.Bytes, Libc.MadvDontFork);
        long start = Stopwatch.GetTimestamp();
        Run();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        if (elapsed < _overhead)
            _overhead = elapsed;
        Libc.Madvise(_memory, SimulatedForks.Bytes, Libc.MadvDoFork);
        for (int offset = 0; offset < SimulatedForks.Bytes; offset += (int)PageSize)
            _memory[offset] = 1;
    }

    public override void Run()
    {
        int child = ForkAndExit(_fork, _exit);
        if (child < 0 || Libc.Waitpid(child, null, 0) != child)
            throw new InvalidOperationException("The host's fork failed");
    }

    public override void Dispose() => Libc.Munmap(_memory, SimulatedForks.Bytes);

    /// <summary>Compiled whole at the first call: a child must not come upon code that is not there yet.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int ForkAndExit(delegate* unmanaged[SuppressGCTransition]<int> fork, delegate* unmanaged[SuppressGCTransition]<int, void> exit)
    {
        int child = fork();
        if (child == 0)
            exit(0);
        return child;
    }
}
