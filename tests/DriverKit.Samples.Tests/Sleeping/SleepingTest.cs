using System.Text;

namespace DriverKit.Samples.Tests.Sleeping;

/// <summary>A machine, and processes that read a file of it.</summary>
public abstract class SleepingTest : IDisposable
{
    protected static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private readonly List<Kernel> _kernels = [];

    public void Dispose()
    {
        _kernels.ForEach(kernel => kernel.Dispose());
        GC.SuppressFinalize(this);
    }

    protected Kernel Boot(int cpus = 1)
    {
        var kernel = Kernel.Boot(new() { MemorySize = 32.MiB(), Cpus = cpus });
        _kernels.Add(kernel);
        return kernel;
    }

    /// <returns>What one read() of so many bytes gives.</returns>
    protected static string Cat(Kernel kernel, string path, int bytes = 4096)
    {
        byte[] buffer = new byte[bytes];
        int length = 0;
        kernel.Spawn("cat", p => length = p.Read(p.Open(path), buffer));
        kernel.Run();
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    /// <summary>A process reads, and gets SIGUSR1 after a while; another writes a byte a while later, if there is something to write to.</summary>
    /// <returns>What read() returned, or its errno.</returns>
    protected static string Interrupt(Kernel kernel, string path, bool restart, bool write, TimeSpan? wait = null)
    {
        string result = "";
        int handled = 0;
        UserProcess reader = kernel.Spawn("reader", p =>
        {
            p.Sigaction(Signal.SIGUSR1, SignalAction.Of(_ => handled++, restart ? SignalFlags.Restart : SignalFlags.None));
            int fd = p.Open(path);
            try
            {
                result = $"{p.Read(fd, new byte[4096])}";
            }
            catch (SyscallException error)
            {
                result = error.Errno.Name;
            }
        });
        kernel.Spawn("other", p =>
        {
            p.Nanosleep(wait ?? Moment);
            p.Kill(reader.Pid, Signal.SIGUSR1);
            p.Nanosleep(Moment);
            if (write)
                p.Write(p.Open(path, OpenFlags.WriteOnly), [0]);
        });
        kernel.Run();
        Assert.Equal(1, handled);
        return result;
    }
}
