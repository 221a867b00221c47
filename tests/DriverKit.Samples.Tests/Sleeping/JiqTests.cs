using Samples.Sleeping;

namespace DriverKit.Samples.Tests.Sleeping;

/// <summary>The files of jiq: who writes the lines, when, and which of them can sleep through their wake-up.</summary>
public sealed class JiqTests : SleepingTest
{
    private const int Hz = 250;

    [Theory]
    [InlineData("jiqwq", "", 0, "0", "events/0")]
    [InlineData("jiqwqdelay", "", 1, "0", "events/0")]
    [InlineData("jiqwqdelay", "delay=5", 5, "0", "events/0")]
    [InlineData("jiqtasklet", "", 0, "257", "ksoftirqd/0")]
    public void Work_and_tasklets_write_lines_until_the_page_is_full(string file, string parameters, int delay, string preempt, string command)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jiq(kernel, parameters);
        List<string[]> lines = Table(kernel, file);
        Assert.InRange(lines.Count, 60, 90);
        Assert.All(lines[1..], line => Assert.Equal($"{delay} {preempt} 0 {command}", $"{line[1]} {line[2]} {line[4]} {line[5]}"));
    }

    [Theory]
    [InlineData("jiqtimer")]
    [InlineData("jiqtimersafe")]
    public void A_timer_writes_a_line_a_second_later(string file)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jiq(kernel);
        List<string[]> lines = Table(kernel, file);
        Assert.Equal(2, lines.Count);
        Assert.Equal("0 0 cat", $"{lines[0][1]} {lines[0][2]} {lines[0][5]}");
        Assert.Equal($"{Hz} 256 swapper", $"{lines[1][1]} {lines[1][2]} {lines[1][5]}");
    }

    [Fact]
    public void A_tasklet_may_be_done_before_its_reader_sleeps() => Assert.Equal(ScheduleFailureKind.LostWakeUp, Explore("jiqtasklet").Kind);

    [Theory]
    [InlineData("jiqtimer", true)]
    [InlineData("jiqtimersafe", false)]
    public void On_a_slow_machine_the_timer_may_be_done_before_its_reader_sleeps(string file, bool isLost) =>
        Assert.Equal(isLost ? ScheduleFailureKind.LostWakeUp : null, Explore(file, exploreTime: true).Kind);

    [Theory]
    [InlineData("jiqtimer", false)]
    [InlineData("jiqtimersafe", true)]
    [InlineData("jiqwqdelay", false)]
    public void A_signal_ends_the_wait(string file, bool isReported)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jiq(kernel);
        string result = Interrupt(kernel, $"/proc/{file}", restart: false, write: false);
        Assert.Equal(isReported, result == "EINTR");
        Assert.True(kernel.Uptime < TimeSpan.FromSeconds(1));
    }

    private static ScheduleReport Explore(string file, bool exploreTime = false) => ScheduleExplorer.Explore(
        kernel =>
        {
            SleepingLoad.Jiq(kernel);
            kernel.Spawn("cat", p => p.Read(p.Open($"/proc/{file}"), new byte[3072]));
        },
        new() { Schedules = 300, ExploreTime = exploreTime });

    private static List<string[]> Table(Kernel kernel, string file)
    {
        string[] lines = Cat(kernel, $"/proc/{file}", 3072).Split('\n');
        Assert.Equal("    time  delta preempt   pid cpu command", lines[0]);

        // One read gives at most 3072 bytes, so the last line may be cut.
        Assert.All(lines[1..^1], line => Assert.Matches(@"^[ \d-]{9}  [ \d]{4}     [ \d]{3} [ \d]{5} [ \d]{3} \S+$", line));
        return [.. lines[1..^1].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
    }
}
