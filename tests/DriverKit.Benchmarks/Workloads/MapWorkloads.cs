using DriverKit.Benchmarks.Host;

namespace DriverKit.Benchmarks.Workloads;

/// <summary>mmap and munmap of one page, into a hole in the middle of a number of other areas.</summary>
internal sealed class SimulatedMaps : Workload
{
    public const int Pairs = 1000;

    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;

    private readonly Kernel _kernel;
    private readonly UserProcess _process;

    public SimulatedMaps(Architecture architecture, int otherAreas)
    {
        _kernel = Kernel.Boot(new MachineOptions { Architecture = architecture });
        _process = _kernel.CreateProcess("bench");
        UserVirtualAddress middle = default;
        for (int i = 0; i <= otherAreas; i++)
        {
            UserVirtualAddress area = _process.Mmap(default, PageSize, i % 2 == 0 ? Protection.Read : Protection.Read | Protection.Write, Anonymous);
            if (i == otherAreas / 2)
                middle = area;
        }

        _process.Munmap(middle, PageSize);
    }

    public override int Operations => Pairs;

    public override void Run()
    {
        for (int i = 0; i < Pairs; i++)
        {
            UserVirtualAddress area = _process.Mmap(default, PageSize, Protection.Read | Protection.Write | Protection.Exec, Anonymous);
            _process.Munmap(area, PageSize);
        }
    }

    public override void Dispose() => _kernel.Dispose();
}

/// <summary>The host's mmap and munmap of one page, with twenty areas of ours beside those the runtime has.</summary>
internal sealed unsafe class HostMaps : Workload
{
    private const int Areas = 20;
    private const int Anonymous = Libc.MapPrivate | Libc.MapAnonymous;

    private readonly nint[] _areas = new nint[Areas];

    public HostMaps()
    {
        for (int i = 0; i < Areas; i++)
            _areas[i] = (nint)Libc.Mmap(null, PageSize, i % 2 == 0 ? Libc.ProtRead : Libc.ProtRead | Libc.ProtWrite, Anonymous, -1, 0);
    }

    public override int Operations => SimulatedMaps.Pairs;

    public override void Run()
    {
        for (int i = 0; i < SimulatedMaps.Pairs; i++)
        {
            void* area = Libc.Mmap(null, PageSize, Libc.ProtRead | Libc.ProtWrite | Libc.ProtExec, Anonymous, -1, 0);
            Libc.Munmap(area, PageSize);
        }
    }

    public override void Dispose()
    {
        foreach (nint area in _areas)
            Libc.Munmap((void*)area, PageSize);
    }
}

/// <summary>Many one-page mmaps that do not merge. Half of 100,000 a run: a process may have 65,530 areas.</summary>
internal sealed class SimulatedManyMaps : Workload
{
    public const int Maps = 50_000;

    private readonly Kernel _kernel;
    private readonly UserProcess _process;
    private readonly UserVirtualAddress[] _areas = new UserVirtualAddress[Maps];

    public SimulatedManyMaps(Architecture architecture)
    {
        _kernel = Kernel.Boot(new MachineOptions { Architecture = architecture });
        _process = _kernel.CreateProcess("bench");
    }

    public override int Operations => Maps;

    public override void Run()
    {
        for (int i = 0; i < Maps; i++)
        {
            Protection protection = i % 2 == 0 ? Protection.Read : Protection.Read | Protection.Write;
            _areas[i] = _process.Mmap(default, PageSize, protection, MapFlags.Private | MapFlags.Anonymous);
        }
    }

    public override void CleanUp()
    {
        foreach (UserVirtualAddress area in _areas)
            _process.Munmap(area, PageSize);
    }

    public override void Dispose() => _kernel.Dispose();
}

/// <summary>The host's many one-page mmaps, beside what the runtime has mapped.</summary>
internal sealed unsafe class HostManyMaps : Workload
{
    private readonly nint[] _areas = new nint[SimulatedManyMaps.Maps];

    public override int Operations => SimulatedManyMaps.Maps;

    public override void Run()
    {
        for (int i = 0; i < _areas.Length; i++)
        {
            int protection = i % 2 == 0 ? Libc.ProtRead : Libc.ProtRead | Libc.ProtWrite;
            _areas[i] = (nint)Libc.Mmap(null, PageSize, protection, Libc.MapPrivate | Libc.MapAnonymous, -1, 0);
        }
    }

    public override void CleanUp()
    {
        foreach (nint area in _areas)
        {
            if ((void*)area == Libc.MapFailed || Libc.Munmap((void*)area, PageSize) != 0)
                throw new InvalidOperationException("The host's mmap of one page failed");
        }
    }
}
