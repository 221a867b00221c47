// As much of the C library as the programs need: system calls that return -1 and set errno, sleep, perror.
using System.Text;

namespace Samples.ScullPipe;

public sealed class Libc(UserProcess process)
{
    public Errno Errno { get; private set; }

    public int Read(int fd, Span<byte> buffer)
    {
        try
        {
            return process.Read(fd, buffer);
        }
        catch (SyscallException error)
        {
            return Fail(error);
        }
    }

    public int Write(int fd, ReadOnlySpan<byte> buffer)
    {
        try
        {
            return process.Write(fd, buffer);
        }
        catch (SyscallException error)
        {
            return Fail(error);
        }
    }

    public int Poll(Span<PollFd> fds, int timeout)
    {
        try
        {
            return process.Poll(fds, timeout);
        }
        catch (SyscallException error)
        {
            return Fail(error);
        }
    }

    /// <summary>fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | flag).</summary>
    public void AddFlag(int fd, OpenFlags flag) => process.Fcntl(fd, FcntlCommand.SetFl, (long)((OpenFlags)process.Fcntl(fd, FcntlCommand.GetFl) | flag));

    /// <summary>sleep(3): a signal that is handled ends it.</summary>
    public void Sleep(uint seconds)
    {
        try
        {
            process.Nanosleep(TimeSpan.FromSeconds(seconds));
        }
        catch (SyscallException error) when (error.Errno == Errno.EINTR)
        {
            Fail(error);
        }
    }

    /// <summary>perror(3), to descriptor 2.</summary>
    public void Perror(string text) => process.Write(2, Encoding.ASCII.GetBytes($"{text}: {Errno.Message}\n"));

    private int Fail(SyscallException error)
    {
        Errno = error.Errno;
        return -1;
    }
}
