using System.Diagnostics;

namespace DriverKit.Conformance.Host;

/// <summary>A process of the host that runs batches, each in a fresh address space that is the same every time.</summary>
internal sealed class HostExecutor : IDisposable
{
    /// <summary>A batch takes a few milliseconds; an executor that does not answer is taken for dead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly Lazy<string> ImagePath = new(WriteImage);

    private readonly DirectoryInfo _directory = MakeDirectory();

    private Process? _process;

    /// <summary>Where the files of programs are.</summary>
    public string Directory => _directory.FullName;

    /// <summary>Runs a batch in a fresh address space.</summary>
    /// <exception cref="ExecutorDiedException">The executor did not live to answer; the next batch starts another.</exception>
    public BatchResult Run(Batch batch)
    {
        _process ??= Start();
        try
        {
            return Exchange(batch);
        }
        catch (IOException exception)
        {
            int status = Bury();
            throw new ExecutorDiedException($"The host's executor died with exit code {status}.", exception);
        }
    }

    public void Dispose()
    {
        if (_process is not null)
            Bury();
        if (_directory.Exists)
            _directory.Delete(recursive: true);
    }

    private Process Start()
    {
        var info = new ProcessStartInfo(ImagePath.Value) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        _process = Process.Start(info) ?? throw new InvalidOperationException("The host's executor did not start.");
        Exchange(SetUp());
        return _process;
    }

    /// <summary>What the host's processes inherit and the model's do not: randomised addresses, huge pages, privileges, limits, where they stand, SIGPIPE ignored. It lasts beyond the next execve.</summary>
    private Batch SetUp()
    {
        const ulong AddrNoRandomize = 0x0040000, PrSetThpDisable = 41, Nobody = 65534, RlimitStack = 3, RlimitCore = 4, RlimitMemlock = 8, OthersWrite = 0x12, SigPipe = 13;
        var batch = new Batch();
        batch.Add(HostCall.Personality, AddrNoRandomize);
        batch.Add(HostCall.Prctl, PrSetThpDisable, 1);
        LimitTo(batch, RlimitStack, 8 << 20);
        LimitTo(batch, RlimitCore, 0);
        LimitTo(batch, RlimitMemlock, MemlockLimit);
        batch.PointToText(batch.Add(HostCall.Chdir), 0, Directory);
        batch.Add(HostCall.Umask, OthersWrite);
        byte[] ignored = new byte[32];
        ignored[0] = 1;
        batch.PointToBytes(batch.Add(HostCall.Sigaction, SigPipe, 0, 0, sizeof(ulong)), 1, ignored);
        batch.Add(HostCall.Setgroups, 0, 0);
        batch.Add(HostCall.Setresgid, Nobody, Nobody, Nobody);
        batch.Add(HostCall.Setresuid, Nobody, Nobody, Nobody);
        return batch;
    }

    /// <summary>RLIMIT_MEMLOCK of programs, in bytes.</summary>
    public const ulong MemlockLimit = 64 << 10;

    private static void LimitTo(Batch batch, ulong resource, ulong value)
    {
        byte[] limit = new byte[16];
        BitConverter.TryWriteBytes(limit, value);
        BitConverter.TryWriteBytes(limit.AsSpan(8), value);
        batch.PointToBytes(batch.Add(HostCall.Setrlimit, resource), 1, limit);
    }

    private BatchResult Exchange(Batch batch)
    {
        Process process = _process!;
        using var watchdog = new Timer(_ => process.Kill(), null, Patience, Timeout.InfiniteTimeSpan);
        Stream input = process.StandardInput.BaseStream, output = process.StandardOutput.BaseStream;
        input.Write(batch.Encode());
        input.Flush();
        byte[] results = new byte[batch.FixedResultSize];
        output.ReadExactly(results);
        int appended = BatchResult.AppendedSize(batch, results);
        Array.Resize(ref results, results.Length + appended);
        output.ReadExactly(results.AsSpan(batch.FixedResultSize));
        return new BatchResult(batch, results);
    }

    private int Bury()
    {
        Process process = _process!;
        _process = null;
        process.Kill();
        process.WaitForExit();
        int status = process.ExitCode;
        process.StandardInput.Dispose();
        process.StandardOutput.Dispose();
        process.Dispose();
        return status;
    }

    /// <summary>The executor, which may have lost its privileges, makes files there.</summary>
    private static DirectoryInfo MakeDirectory()
    {
        const UnixFileMode Everybody = (UnixFileMode)0x1FF;
        DirectoryInfo directory = System.IO.Directory.CreateTempSubdirectory("driverkit-files-");
        if (!OperatingSystem.IsWindows())
            directory.UnixFileMode = Everybody;
        return directory;
    }

    /// <summary>Written once: a file that is open for writing anywhere cannot be executed, and a fork of another thread may hold it open.</summary>
    private static string WriteImage()
    {
        string path = Path.Combine(Path.GetTempPath(), $"driverkit-executor-{Environment.ProcessId}-{Guid.NewGuid():n}");
        File.WriteAllBytes(path, ExecutorImage.Bytes);
        const UnixFileMode ReadExecute = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, ReadExecute);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(path);
        return path;
    }
}

/// <summary>The host's executor died under a program.</summary>
internal sealed class ExecutorDiedException(string message, Exception inner) : Exception(message, inner);
