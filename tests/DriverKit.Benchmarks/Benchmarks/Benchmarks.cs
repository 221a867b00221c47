using BenchmarkDotNet.Attributes;
using DriverKit.Benchmarks.Host;
using DriverKit.Benchmarks.Workloads;

namespace DriverKit.Benchmarks.Benchmarks;

/// <summary>Loads, stores and copies of a process, with native code beside them.</summary>
[MemoryDiagnoser]
public class AccessBenchmarks
{
    private Workload _loads = null!, _stores = null!, _nativeLoads = null!, _nativeStores = null!;
    private Workload _copiesOut = null!, _copiesIn = null!, _nativeCopies = null!;

    [Params(Architecture.I386, Architecture.X8664)]
    public Architecture Machine { get; set; }

    [Params(64, 512)]
    public int Pages { get; set; }

    [GlobalSetup]
    public void Boot()
    {
        _loads = new SimulatedLoads(Machine, Pages);
        _stores = new SimulatedStores(Machine, Pages);
        _nativeLoads = new NativeLoads(Pages);
        _nativeStores = new NativeStores(Pages);
        _copiesOut = new SimulatedCopies(Machine, store: false);
        _copiesIn = new SimulatedCopies(Machine, store: true);
        _nativeCopies = new NativeCopies();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = AccessPattern.Operations)]
    public void ArrayLoad() => _nativeLoads.Run();

    [Benchmark(OperationsPerInvoke = AccessPattern.Operations)]
    public void Load() => _loads.Run();

    [Benchmark(OperationsPerInvoke = AccessPattern.Operations)]
    public void ArrayStore() => _nativeStores.Run();

    [Benchmark(OperationsPerInvoke = AccessPattern.Operations)]
    public void Store() => _stores.Run();

    [Benchmark(OperationsPerInvoke = SimulatedCopies.Copies)]
    public void SpanCopyTo() => _nativeCopies.Run();

    [Benchmark(OperationsPerInvoke = SimulatedCopies.Copies)]
    public void LoadBytes() => _copiesOut.Run();

    [Benchmark(OperationsPerInvoke = SimulatedCopies.Copies)]
    public void StoreBytes() => _copiesIn.Run();
}

/// <summary>Page faults, each on a page of a fresh map, with the host's beside them.</summary>
[MemoryDiagnoser]
public class FaultBenchmarks
{
    private Workload _simulated = null!;
    private Workload? _host;

    [Params(Architecture.I386, Architecture.X8664)]
    public Architecture Machine { get; set; }

    [Params("Nopage", "Anonymous", "CopyOnWrite")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Boot()
    {
        FaultKind kind = Enum.Parse<FaultKind>(Kind);
        _simulated = new SimulatedFaults(Machine, kind);
        _host = Libc.IsAvailable ? new HostFaults(kind) : null;
    }

    [IterationSetup]
    public void Map()
    {
        _simulated.Prepare();
        _host?.Prepare();
    }

    [IterationCleanup]
    public void Unmap()
    {
        _simulated.CleanUp();
        _host?.CleanUp();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = SimulatedFaults.Pages)]
    public void HostFault() => _host?.Run();

    [Benchmark(OperationsPerInvoke = SimulatedFaults.Pages)]
    public void Fault() => _simulated.Run();
}

/// <summary>System calls, with the host's beside them.</summary>
[MemoryDiagnoser]
public class CallBenchmarks
{
    private Workload _ioctls = null!, _reads = null!, _writes = null!, _mapsAmongFew = null!, _mapsAmongMany = null!;
    private Workload? _hostIoctls, _hostMaps;

    [Params(Architecture.I386, Architecture.X8664)]
    public Architecture Machine { get; set; }

    [GlobalSetup]
    public void Boot()
    {
        _ioctls = new SimulatedCalls(Machine, CallKind.Ioctl);
        _reads = new SimulatedCalls(Machine, CallKind.Read);
        _writes = new SimulatedCalls(Machine, CallKind.Write);
        _mapsAmongFew = new SimulatedMaps(Machine, 20);
        _mapsAmongMany = new SimulatedMaps(Machine, 65_000);
        _hostIoctls = Libc.IsAvailable ? new HostIoctls() : null;
        _hostMaps = Libc.IsAvailable ? new HostMaps() : null;
    }

    [Benchmark(OperationsPerInvoke = SimulatedCalls.Calls)]
    public void HostIoctl() => _hostIoctls?.Run();

    [Benchmark(OperationsPerInvoke = SimulatedCalls.Calls)]
    public void Ioctl() => _ioctls.Run();

    [Benchmark(OperationsPerInvoke = SimulatedCalls.Calls)]
    public void Read64Bytes() => _reads.Run();

    [Benchmark(OperationsPerInvoke = SimulatedCalls.Calls)]
    public void Write64Bytes() => _writes.Run();

    [Benchmark(OperationsPerInvoke = SimulatedMaps.Pairs)]
    public void HostMmapMunmap() => _hostMaps?.Run();

    [Benchmark(OperationsPerInvoke = SimulatedMaps.Pairs)]
    public void MmapMunmapAmong20() => _mapsAmongFew.Run();

    [Benchmark(OperationsPerInvoke = SimulatedMaps.Pairs)]
    public void MmapMunmapAmong65000() => _mapsAmongMany.Run();
}

/// <summary>Many one-page maps, with the host's beside them, and fork. The host's fork needs what the gate takes off; see <see cref="HostForks"/>.</summary>
[MemoryDiagnoser]
public class AddressSpaceBenchmarks
{
    private Workload _maps = null!, _forks = null!;
    private Workload? _hostMaps;

    [Params(Architecture.I386, Architecture.X8664)]
    public Architecture Machine { get; set; }

    [GlobalSetup]
    public void Boot()
    {
        _maps = new SimulatedManyMaps(Machine);
        _forks = new SimulatedForks(Machine);
        _hostMaps = Libc.IsAvailable ? new HostManyMaps() : null;
    }

    [IterationSetup(Target = nameof(ForkAndExit))]
    public void Touch() => _forks.Prepare();

    [IterationCleanup(Target = nameof(Mmap))]
    public void Unmap() => _maps.CleanUp();

    [IterationCleanup(Target = nameof(HostMmap))]
    public void UnmapHost() => _hostMaps?.CleanUp();

    [Benchmark(OperationsPerInvoke = SimulatedManyMaps.Maps)]
    public void HostMmap() => _hostMaps?.Run();

    [Benchmark(OperationsPerInvoke = SimulatedManyMaps.Maps)]
    public void Mmap() => _maps.Run();

    [Benchmark]
    public void ForkAndExit() => _forks.Run();
}

/// <summary>256 MiB of a file through a fresh mapping, with the host's beside it.</summary>
[MemoryDiagnoser]
public class FileBenchmarks
{
    private Workload _reads = null!;
    private Workload? _hostReads;

    [Params(Architecture.I386, Architecture.X8664)]
    public Architecture Machine { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _reads = new SimulatedFileReads(Machine);
        _hostReads = Libc.IsAvailable ? new HostFileReads() : null;
    }

    [IterationSetup(Target = nameof(Read))]
    public void Map() => _reads.Prepare();

    [IterationSetup(Target = nameof(HostRead))]
    public void MapHost() => _hostReads?.Prepare();

    [IterationCleanup(Target = nameof(Read))]
    public void Unmap() => _reads.CleanUp();

    [IterationCleanup(Target = nameof(HostRead))]
    public void UnmapHost() => _hostReads?.CleanUp();

    [Benchmark(OperationsPerInvoke = SimulatedFileReads.Bytes / (int)PageSize)]
    public void HostRead() => _hostReads?.Run();

    [Benchmark(OperationsPerInvoke = SimulatedFileReads.Bytes / (int)PageSize)]
    public void Read() => _reads.Run();
}

/// <summary>Finding the area of a random address.</summary>
public class SearchBenchmarks
{
    private Workload _searches = null!;

    [Params(100, 100_000)]
    public int Areas { get; set; }

    [GlobalSetup]
    public void Fill() => _searches = new AreaSearches(Areas);

    [Benchmark(OperationsPerInvoke = AreaSearches.Searches)]
    public void Find() => _searches.Run();
}

/// <summary>Booting a machine and switching it off again.</summary>
[MemoryDiagnoser]
public class BootBenchmarks
{
    [Params(16, 1024, 65_536)]
    public int Mebibytes { get; set; }

    [Benchmark]
    public void BootAndOff()
    {
        Architecture architecture = Mebibytes > 3072 ? Architecture.X8664 : Architecture.I386;
        using Kernel kernel = Kernel.Boot(new MachineOptions { Architecture = architecture, MemorySize = Mebibytes.MiB() });
    }
}
