using Samples.ScullPipe;

namespace DriverKit.Samples.Tests.ScullPipe;

/// <summary>A machine with the driver, and its first device.</summary>
public abstract class ScullPipeTest : IDisposable
{
    protected const string Pipe = "/dev/scullpipe0";

    private readonly List<Kernel> _kernels = [];

    public void Dispose()
    {
        _kernels.ForEach(kernel => kernel.Dispose());
        GC.SuppressFinalize(this);
    }

    protected Kernel Boot(string parameters = "", int cpus = 1)
    {
        var kernel = Kernel.Boot(new() { MemorySize = 32.MiB(), Cpus = cpus });
        _kernels.Add(kernel);
        ScullPipeLoad.Load(kernel, parameters);
        return kernel;
    }

    protected (UserProcess Process, int Fd) Open(OpenFlags flags, string parameters = "")
    {
        UserProcess process = Boot(parameters).CreateProcess("p");
        return (process, process.Open(Pipe, flags));
    }

    protected static Errno ErrnoOf(Action call) => Assert.Throws<SyscallException>(call).Errno;

    /// <summary>Bytes that tell where they stand: a wrong piece of the ring cannot look right.</summary>
    protected static byte[] Bytes(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(i => (byte)(i % 251))];
}
