// nbtest [DELAY]: copies its input to its output without ever blocking; between two looks it sleeps so many seconds. After nbtest.c of Linux
// Device Drivers.
namespace Samples.ScullPipe;

public static class Nbtest
{
    public static int Run(UserProcess process, params string[] args)
    {
        var libc = new Libc(process);
        int delay = 1;
        if (args.Length > 0)
            _ = int.TryParse(args[0], out delay);
        byte[] buffer = new byte[4096];
        libc.AddFlag(0, OpenFlags.NonBlock);
        libc.AddFlag(1, OpenFlags.NonBlock);
        int n, m = 0;
        while (true)
        {
            n = libc.Read(0, buffer);
            if (n >= 0)
                m = libc.Write(1, buffer.AsSpan(0, n));
            if ((n < 0 || m < 0) && libc.Errno != Errno.EAGAIN)
                break;
            libc.Sleep(unchecked((uint)delay));
        }

        libc.Perror(n < 0 ? "stdin" : "stdout");
        return 1;
    }
}
