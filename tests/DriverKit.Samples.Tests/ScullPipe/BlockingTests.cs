using Samples.ScullPipe;

namespace DriverKit.Samples.Tests.ScullPipe;

/// <summary>Processes that wait for the device and for one another, and what signals do to them.</summary>
public sealed class BlockingTests : ScullPipeTest
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_reader_and_a_writer_pass_on_more_than_the_ring_holds(int cpus)
    {
        Kernel kernel = Boot(cpus: cpus);
        Transfer(kernel, total: 20_000);
        kernel.Run();
        Assert.Contains(kernel.Log.Lines, line => line.Message == "scull: \"reader\" reading: going to sleep");
        Assert.Contains(kernel.Log.Lines, line => line.Message == "scull: \"writer\" writing: going to sleep");
    }

    [Fact]
    public void No_schedule_loses_a_byte_or_a_wake_up() => ScheduleExplorer.Check(
        kernel =>
        {
            ScullPipeLoad.Load(kernel, "scull_p_nr_devs=1 scull_p_buffer=4");
            Transfer(kernel, total: 8);
        },
        new() { Schedules = 400 });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_signal_interrupts_a_blocked_read_or_has_it_made_again(bool restart) =>
        Assert.Equal(restart ? "7" : "EINTR", Interrupt(restart, (p, fd) => p.Read(fd, new byte[10]), unblock: (p, fd) => p.Write(fd, Bytes(7))));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_signal_interrupts_a_blocked_write_or_has_it_made_again(bool restart) => Assert.Equal(
        restart ? "1" : "EINTR",
        Interrupt(
            restart,
            (p, fd) =>
            {
                p.Write(fd, Bytes(3999));
                return p.Write(fd, Bytes(7));
            },
            unblock: (p, fd) => p.Read(fd, new byte[10])));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_signal_interrupts_a_poll_which_is_never_made_again(bool restart) =>
        Assert.Equal("EINTR", Interrupt(restart, (p, fd) => (int)p.Poll(fd, PollEvents.In), unblock: (_, _) => 0));

    [Fact]
    public void SIGKILL_ends_a_blocked_reader()
    {
        Kernel kernel = Boot();
        UserProcess reader = kernel.Spawn("reader", p => p.Read(p.Open(Pipe), new byte[1]));
        kernel.Spawn("killer", p =>
        {
            p.Nanosleep(Moment);
            p.Kill(reader.Pid, Signal.SIGKILL);
        });
        kernel.Run();
        Assert.Equal(Signal.SIGKILL, reader.TermSignal);
        Assert.Contains("readers 0   writers 0", kernel.ReadFile("/proc/scullpipe"));
    }

    [Fact]
    public void A_reader_that_nobody_writes_to_is_reported_with_the_queue_it_waits_in()
    {
        Kernel kernel = Boot();
        kernel.Spawn("reader", p => p.Read(p.Open(Pipe), new byte[1]));
        DeadlockException deadlock = Assert.Throws<DeadlockException>(kernel.Run);
        Assert.Contains("wait queue scullpipe0.inq", deadlock.Report);
    }

    /// <summary>Open makes room and wakes nobody: the writer sleeps on before an empty device.</summary>
    [Fact]
    public void An_open_that_throws_data_away_does_not_wake_the_writer_that_waits_for_room()
    {
        Kernel kernel = Boot();
        kernel.Spawn("writer", p =>
        {
            int fd = p.Open(Pipe, OpenFlags.WriteOnly);
            p.Write(fd, Bytes(3999));
            p.Write(fd, Bytes(1));
        });
        kernel.Spawn("reader", p =>
        {
            p.Nanosleep(Moment);
            p.Read(p.Open(Pipe), new byte[1]);
        });
        DeadlockException deadlock = Assert.Throws<DeadlockException>(kernel.Run);
        Assert.Contains("wait queue scullpipe0.inq", deadlock.Report);
        Assert.Contains("wait queue scullpipe0.outq", deadlock.Report);
    }

    [Fact]
    public void SIGIO_comes_to_whom_F_SETOWN_names_as_long_as_the_file_is_open()
    {
        Kernel kernel = Boot();
        UserProcess owner = kernel.CreateProcess("owner"), writer = kernel.CreateProcess("writer");
        int signals = 0;
        owner.Sigaction(Signal.SIGIO, SignalAction.Of(_ => signals++));
        int fd = owner.Open(Pipe), pen = writer.Open(Pipe, OpenFlags.WriteOnly);
        Assert.Equal(1, WriteOne());
        Assert.Equal(0, signals);

        owner.Fcntl(fd, FcntlCommand.SetOwn, owner.Pid);
        owner.Fcntl(fd, FcntlCommand.SetFl, (long)OpenFlags.Async);
        WriteOne();
        owner.SchedYield();
        Assert.Equal(1, signals);

        owner.Close(fd);
        WriteOne();
        owner.SchedYield();
        Assert.Equal(1, signals);

        int WriteOne() => writer.Write(pen, Bytes(1));
    }

    private static void Transfer(Kernel kernel, int total)
    {
        bool isOpen = false;
        kernel.Spawn("reader", p =>
        {
            int fd = p.Open(Pipe, OpenFlags.ReadWrite);
            isOpen = true;
            int done = 0;
            for (byte[] buffer = new byte[total]; done < total;)
            {
                int n = p.Read(fd, buffer);
                Assert.Equal(Bytes(n, done), buffer[..n]);
                done += n;
            }
        });
        kernel.Spawn("writer", p =>
        {
            // Each open throws away what is there, so both must be open before the first byte; the writer's comes first.
            int fd = p.Open(Pipe, OpenFlags.WriteOnly);
            while (!isOpen)
                p.SchedYield();
            for (int done = 0; done < total;)
                done += p.Write(fd, Bytes(total - done, done));
        });
    }

    /// <returns>What the call of a process returned, or its errno, when a handler has run in the midst of it.</returns>
    private string Interrupt(bool restart, Func<UserProcess, int, int> call, Func<UserProcess, int, int> unblock)
    {
        Kernel kernel = Boot();
        string result = "";
        int handled = 0;
        UserProcess sleeper = kernel.Spawn("sleeper", p =>
        {
            p.Sigaction(Signal.SIGUSR1, SignalAction.Of(_ => handled++, restart ? SignalFlags.Restart : SignalFlags.None));
            int fd = p.Open(Pipe, OpenFlags.ReadWrite);
            p.Nanosleep(Moment);
            try
            {
                result = $"{call(p, fd)}";
            }
            catch (SyscallException error)
            {
                result = error.Errno.Name;
            }

            p.Nanosleep(Moment * 10);
        });
        kernel.Spawn("other", p =>
        {
            int fd = p.Open(Pipe, OpenFlags.ReadWrite);
            p.Nanosleep(Moment * 2);
            p.Kill(sleeper.Pid, Signal.SIGUSR1);
            p.Nanosleep(Moment);
            unblock(p, fd);
        });
        kernel.Run();
        Assert.Equal(1, handled);
        return result;
    }
}
