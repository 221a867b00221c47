using DriverKit.Benchmarks.Host;

namespace DriverKit.Benchmarks.Workloads;

/// <summary>Which system call is made on the driver's file.</summary>
internal enum CallKind
{
    /// <summary>FIONREAD: a number through the argument.</summary>
    Ioctl,

    /// <summary>read(2) of 64 bytes.</summary>
    Read,

    /// <summary>write(2) of 64 bytes.</summary>
    Write,
}

/// <summary>System calls of a simulated process that reach a driver.</summary>
internal sealed class SimulatedCalls : Workload
{
    public const int Calls = 10_000;

    private readonly Kernel _kernel;
    private readonly UserProcess _process;
    private readonly CallKind _kind;
    private readonly int _fd;
    private readonly UserVirtualAddress _argument;

    public SimulatedCalls(Architecture architecture, CallKind kind)
    {
        _kind = kind;
        _kernel = Kernel.Boot(new MachineOptions { Architecture = architecture });
        _kernel.InsertModule(new BenchDriver(pages: 1));
        _process = _kernel.CreateProcess("bench");
        _fd = _process.Open(BenchDriver.Path, OpenFlags.ReadWrite);
        _argument = _process.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        _process.Store(_argument, 0);
    }

    public override int Operations => Calls;

    public override void Run()
    {
        for (int i = 0; i < Calls; i++)
        {
            if (_kind == CallKind.Ioctl)
                _process.Ioctl(_fd, BenchDriver.Fionread, _argument);
            else if (_kind == CallKind.Read)
                _process.Read(_fd, _argument, 64);
            else
                _process.Write(_fd, _argument, 64);
        }
    }

    public override void Dispose() => _kernel.Dispose();
}

/// <summary>The host's ioctl(FIONREAD) on an empty pipe.</summary>
internal sealed unsafe class HostIoctls : Workload
{
    private readonly int _readEnd;
    private readonly int _writeEnd;

    public HostIoctls()
    {
        int* ends = stackalloc int[2];
        if (Libc.Pipe(ends) != 0)
            throw new InvalidOperationException("The host's pipe failed");
        (_readEnd, _writeEnd) = (ends[0], ends[1]);
    }

    public override int Operations => SimulatedCalls.Calls;

    public override void Run()
    {
        int available;
        for (int i = 0; i < SimulatedCalls.Calls; i++)
        {
            if (Libc.Ioctl(_readEnd, Libc.Fionread, &available) != 0)
                throw new InvalidOperationException("The host's ioctl failed");
        }
    }

    public override void Dispose()
    {
        Libc.Close(_readEnd);
        Libc.Close(_writeEnd);
    }
}
