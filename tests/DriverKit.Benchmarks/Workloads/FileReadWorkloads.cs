using DriverKit.Benchmarks.Host;

namespace DriverKit.Benchmarks.Workloads;

/// <summary>Reading 256 MiB of a file through a fresh mapping, all of it in the page cache.</summary>
internal sealed class SimulatedFileReads : Workload
{
    public const int Bytes = 256 << 20;

    /// <summary>Where the bytes go, again and again: small enough for the processor's cache.</summary>
    public const int BufferBytes = 64 << 10;

    private readonly Kernel _kernel;
    private readonly UserProcess _process;
    private readonly int _fd;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private UserVirtualAddress _start;

    public SimulatedFileReads(Architecture architecture)
    {
        _kernel = Kernel.Boot(new MachineOptions { Architecture = architecture, MemorySize = 1.GiB() });
        _process = _kernel.CreateProcess("bench");
        _fd = _process.Open("/tmp/bench", OpenFlags.ReadWrite | OpenFlags.Create);
        _buffer.AsSpan().Fill(1);
        for (int done = 0; done < Bytes; done += BufferBytes)
            _process.Write(_fd, _buffer);
        _process.Fsync(_fd);
    }

    public override int Operations => Bytes / (int)PageSize;

    public override void Prepare() => _start = _process.Mmap(default, Bytes, Protection.Read, MapFlags.Shared, _fd);

    public override void Run()
    {
        for (ulong offset = 0; offset < Bytes; offset += BufferBytes)
            _process.LoadBytes(_start + offset, _buffer);
    }

    public override void CleanUp() => _process.Munmap(_start, Bytes);

    public override void Dispose() => _kernel.Dispose();
}

/// <summary>The same of a file in the host's memory, through a fresh mapping of small pages.</summary>
internal sealed unsafe class HostFileReads : Workload
{
    private const int Bytes = SimulatedFileReads.Bytes;

    private readonly int _file;
    private readonly byte[] _buffer = new byte[SimulatedFileReads.BufferBytes];
    private byte* _start;

    public HostFileReads()
    {
        fixed (byte* name = "bench"u8)
            _file = Libc.MemfdCreate(name, 0);
        if (_file < 0 || Libc.Ftruncate(_file, Bytes) != 0)
            throw new InvalidOperationException("The host's memfd_create failed");
        byte* shared = Libc.MapOrThrow(Bytes, Libc.MapShared, _file);
        new Span<byte>(shared, Bytes).Fill(1);
        Libc.Munmap(shared, Bytes);
    }

    public override int Operations => Bytes / (int)PageSize;

    public override void Prepare() => _start = Libc.MapOrThrow(Bytes, Libc.MapShared, _file);

    public override void Run()
    {
        for (int offset = 0; offset < Bytes; offset += _buffer.Length)
            new ReadOnlySpan<byte>(_start + offset, _buffer.Length).CopyTo(_buffer);
    }

    public override void CleanUp() => Libc.Munmap(_start, Bytes);

    public override void Dispose() => Libc.Close(_file);
}
