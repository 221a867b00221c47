// asynctest: asks for SIGIO when its input has something, and sleeps. After asynctest.c of Linux Device Drivers, which says so itself: it
// reads once for a signal, so what is beyond 4096 bytes waits for the next one.
namespace Samples.ScullPipe;

public static class Asynctest
{
    public static int Run(UserProcess process, params string[] args)
    {
        var libc = new Libc(process);
        byte[] buffer = new byte[4096];
        int gotData = 0;
        process.Sigaction(Signal.SIGIO, SignalAction.Of(_ => gotData++));
        process.Fcntl(0, FcntlCommand.SetOwn, process.Pid);
        libc.AddFlag(0, OpenFlags.Async);
        while (true)
        {
            libc.Sleep(86400);
            if (gotData == 0)
                continue;
            int count = libc.Read(0, buffer);
            libc.Write(1, buffer.AsSpan(0, Math.Max(count, 0)));
            gotData = 0;
        }
    }
}
