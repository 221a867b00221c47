using Samples.Sleeping;

namespace DriverKit.Samples.Tests.Sleeping;

public sealed class CompleteTests : SleepingTest
{
    private const string Device = "/dev/complete";

    [Theory]
    [InlineData(0, 3, 0)]
    [InlineData(1, 3, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(3, 3, 3)]
    [InlineData(5, 3, 3)]
    public void Each_write_lets_one_reader_go(int writes, int readers, int awake)
    {
        foreach (bool writesFirst in new[] { false, true })
        {
            using var kernel = Kernel.Boot(new() { MemorySize = 32.MiB() });
            SleepingLoad.Complete(kernel);
            UserProcess[] processes = [.. Enumerable.Range(0, readers).Select(i => kernel.Spawn($"reader{i}", p =>
            {
                p.Nanosleep(writesFirst ? Moment * 2 : TimeSpan.Zero);
                Assert.Equal(0, p.Read(p.Open(Device), new byte[1]));
            }))];
            kernel.Spawn("writer", p =>
            {
                p.Nanosleep(Moment);
                int fd = p.Open(Device, OpenFlags.WriteOnly);
                for (int i = 0; i < writes; i++)
                    Assert.Equal(7, p.Write(fd, new byte[7]));
            });
            kernel.RunFor(Moment * 10);
            Assert.Equal(readers - awake, processes.Count(process => process.IsAlive));
        }
    }

    [Fact]
    public void In_every_schedule_two_writes_let_two_of_three_readers_go() => ScheduleExplorer.Check(
        kernel =>
        {
            SleepingLoad.Complete(kernel);
            int awake = 0;
            for (int i = 0; i < 3; i++)
            {
                kernel.Spawn($"reader{i}", p =>
                {
                    p.Read(p.Open(Device), new byte[1]);
                    awake++;
                });
            }

            for (int i = 0; i < 2; i++)
                kernel.Spawn($"writer{i}", p => p.Write(p.Open(Device, OpenFlags.WriteOnly), [0]));
            kernel.RunFor(Moment);
            Assert.Equal(2, awake);
            UserProcess last = kernel.CreateProcess("last");
            last.Write(last.Open(Device, OpenFlags.WriteOnly), [0]);
            last.Exit();
        },
        new() { Schedules = 150 });

    [Theory]
    [InlineData(Signal.SIGKILL)]
    [InlineData(Signal.SIGTERM)]
    public void No_signal_ends_the_wait(Signal signal)
    {
        Kernel kernel = Boot();
        SleepingLoad.Complete(kernel);
        UserProcess reader = kernel.Spawn("reader", p => p.Read(p.Open(Device), new byte[1]));
        UserProcess other = kernel.CreateProcess("other");
        kernel.RunFor(Moment);
        other.Kill(reader.Pid, signal);
        kernel.RunFor(Moment);
        Assert.True(reader.IsAlive);
        other.Write(other.Open(Device, OpenFlags.WriteOnly), [0]);
        kernel.Run();
        Assert.Equal(signal, reader.TermSignal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_handler_runs_when_the_write_has_come(bool restart)
    {
        Kernel kernel = Boot();
        SleepingLoad.Complete(kernel);
        Assert.Equal("0", Interrupt(kernel, Device, restart, write: true));
    }

    [Fact]
    public void A_reader_without_a_writer_is_reported_with_what_it_waits_for()
    {
        Kernel kernel = Boot();
        SleepingLoad.Complete(kernel);
        kernel.Spawn("reader", p => p.Read(p.Open(Device), new byte[1]));
        Assert.Contains("completion comp", Assert.Throws<DeadlockException>(kernel.Run).Report);
    }
}
