using DriverKit.Benchmarks.Host;

namespace DriverKit.Benchmarks.Workloads;

/// <summary>What the first store to a page finds.</summary>
internal enum FaultKind
{
    /// <summary>Nothing: the driver's nopage finds the page (the host's anonymous fault is set against it).</summary>
    Nopage,

    /// <summary>Nothing: anonymous memory, zeroed.</summary>
    Anonymous,

    /// <summary>A page that a load has brought into a private map: copy on write.</summary>
    CopyOnWrite,
}

/// <summary>Page faults of a simulated process: one store to each page of a fresh map but the first, which has been stored to before: with it the
/// area gets its anon_vma, in the kernel too an allocation.</summary>
internal sealed class SimulatedFaults : Workload
{
    public const int Pages = 1024;

    private const ulong Size = (Pages + 1) * PageSize;

    private readonly Kernel _kernel;
    private readonly UserProcess _process;
    private readonly FaultKind _kind;
    private readonly int _fd;
    private UserVirtualAddress _start;

    public SimulatedFaults(Architecture architecture, FaultKind kind)
    {
        _kind = kind;
        _kernel = Kernel.Boot(new MachineOptions { Architecture = architecture });
        _kernel.InsertModule(new BenchDriver(Pages + 1));
        _process = _kernel.CreateProcess("bench");
        _fd = _process.Open(BenchDriver.Path, OpenFlags.ReadWrite);
    }

    public override int Operations => Pages;

    public override void Prepare()
    {
        _start = _kind switch
        {
            FaultKind.Nopage => _process.Mmap(default, Size, Protection.Read | Protection.Write, MapFlags.Shared, _fd),
            FaultKind.Anonymous => _process.Mmap(default, Size, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous),
            _ => _process.Mmap(default, Size, Protection.Read | Protection.Write, MapFlags.Private, _fd),
        };
        _process.Store(_start, 1);
        if (_kind != FaultKind.CopyOnWrite)
            return;
        for (ulong offset = PageSize; offset < Size; offset += PageSize)
            _process.Load<int>(_start + offset);
    }

    public override void Run()
    {
        UserVirtualAddress start = _start;
        for (ulong offset = PageSize; offset < Size; offset += PageSize)
            _process.Store(start + offset, 1);
    }

    public override void CleanUp() => _process.Munmap(_start, Size);

    public override void Dispose() => _kernel.Dispose();
}

/// <summary>The host's faults: the same, on its own small pages.</summary>
internal sealed unsafe class HostFaults : Workload
{
    private const int Size = (SimulatedFaults.Pages + 1) * (int)PageSize;

    private readonly int _file = -1;
    private byte* _start;

    public HostFaults(FaultKind kind)
    {
        if (kind != FaultKind.CopyOnWrite)
            return;
        fixed (byte* name = "bench"u8)
            _file = Libc.MemfdCreate(name, 0);
        if (_file < 0 || Libc.Ftruncate(_file, Size) != 0)
            throw new InvalidOperationException("The host's memfd_create failed");
        byte* shared = Libc.MapOrThrow(Size, Libc.MapShared, _file);
        new Span<byte>(shared, Size).Fill(1);
        Libc.Munmap(shared, Size);
    }

    public override int Operations => SimulatedFaults.Pages;

    public override void Prepare()
    {
        if (_file < 0)
        {
            _start = Libc.MapOrThrow(Size, Libc.MapPrivate | Libc.MapAnonymous, -1);
            *_start = 1;
            return;
        }

        _start = Libc.MapOrThrow(Size, Libc.MapPrivate, _file);
        *_start = 1;
        for (int offset = (int)PageSize; offset < Size; offset += (int)PageSize)
            Volatile.Read(ref _start[offset]);
    }

    public override void Run()
    {
        byte* start = _start;
        for (int offset = (int)PageSize; offset < Size; offset += (int)PageSize)
            *(int*)(start + offset) = 1;
    }

    public override void CleanUp() => Libc.Munmap(_start, Size);

    public override void Dispose()
    {
        if (_file >= 0)
            Libc.Close(_file);
    }
}
