// polltest: copies its input to its output as it comes, and sleeps in poll() meanwhile. After polltest.c of Linux Device Drivers.
namespace Samples.ScullPipe;

public static class Polltest
{
    public static int Run(UserProcess process, params string[] args)
    {
        var libc = new Libc(process);
        byte[] buffer = new byte[4096];
        libc.AddFlag(0, OpenFlags.NonBlock);
        PollFd[] fds = [new(0, PollEvents.In)];
        int n;
        do
        {
            n = libc.Read(0, buffer);
            if (n >= 0)
                libc.Write(1, buffer.AsSpan(0, n));
            n = libc.Poll(fds, -1);
        }
        while (n >= 0);
        libc.Perror("stdin");
        return 1;
    }
}
