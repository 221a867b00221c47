using Samples.Sleeping;

namespace DriverKit.Samples.Tests.Sleeping;

public sealed class SleepyTests : SleepingTest
{
    [Theory]
    [InlineData("/dev/sleepy")]
    [InlineData("/dev/sleepysafe")]
    public void A_reader_sleeps_until_somebody_writes(string device)
    {
        Kernel kernel = Boot();
        SleepingLoad.Sleepy(kernel);
        TimeSpan woken = default;
        kernel.Spawn("reader", p =>
        {
            Assert.Equal(0, p.Read(p.Open(device), new byte[10]));
            woken = kernel.Uptime;
        });
        kernel.Spawn("writer", p =>
        {
            p.Nanosleep(TimeSpan.FromSeconds(1));
            Assert.Equal(5, p.Write(p.Open(device, OpenFlags.WriteOnly), new byte[5]));
        });
        kernel.Run();
        Assert.InRange(woken, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1) + Moment);
    }

    [Fact]
    public void It_says_who_sleeps_and_who_is_awake()
    {
        Kernel kernel = Boot();
        SleepingLoad.Sleepy(kernel);
        UserProcess reader = kernel.Spawn("reader", p => p.Read(p.Open("/dev/sleepy"), new byte[1]));
        UserProcess writer = kernel.Spawn("writer", p => p.Write(p.Open("/dev/sleepy", OpenFlags.WriteOnly), [0]));
        kernel.Run();
        Assert.Equal(
            [$"process {reader.Pid} (reader) going to sleep", $"process {writer.Pid} (writer) awakening the readers...", $"awoken {reader.Pid} (reader)"],
            kernel.Log.Lines.Select(line => line.Message).TakeLast(3));
    }

    [Theory]
    [ClassData(typeof(ScheduleTheory))]
    public void Some_schedule_lets_two_readers_go_for_one_write(ScheduleSearch search)
    {
        ScheduleReport report = ScheduleExplorer.Explore(kernel => TwoReaders.OneWrite(kernel, "/dev/sleepy"), new() { Search = search });
        Assert.Equal(ScheduleFailureKind.Exception, report.Kind);
        Assert.Contains("One write has let two readers go", report.Failure);
    }

    [Fact]
    public void No_schedule_lets_two_readers_go_where_the_flag_is_taken_in_one_step() =>
        ScheduleExplorer.Check(kernel => TwoReaders.OneWrite(kernel, "/dev/sleepysafe"), new() { Schedules = 2000 });

    [Theory]
    [InlineData("/dev/sleepy", false, "0")]
    [InlineData("/dev/sleepy", true, "0")]
    [InlineData("/dev/sleepysafe", false, "EINTR")]
    [InlineData("/dev/sleepysafe", true, "0")]
    public void A_signal_passes_for_a_write_in_the_book_and_interrupts_in_its_twin(string device, bool restart, string result)
    {
        Kernel kernel = Boot();
        SleepingLoad.Sleepy(kernel);
        Assert.Equal(result, Interrupt(kernel, device, restart, write: device == "/dev/sleepysafe"));
    }
}
