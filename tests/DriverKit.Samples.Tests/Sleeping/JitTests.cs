using System.Globalization;
using System.Text.RegularExpressions;
using Samples.Sleeping;

namespace DriverKit.Samples.Tests.Sleeping;

/// <summary>The files of jit: the lines' form, and that the delays are what was asked for.</summary>
public sealed class JitTests : SleepingTest
{
    private const int Hz = 250;

    [Fact]
    public void Currentime_tells_one_time_in_four_ways()
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel);
        kernel.RunFor(TimeSpan.FromSeconds(2.5));
        Match match = Regex.Match(Cat(kernel, "/proc/currentime", 99), @"^0x([0-9a-f]{8}) 0x([0-9a-f]{16}) ([ \d]{10})\.(\d{6})\n([ \d]{40})\.(\d{9})\n$");
        Assert.True(match.Success);
        ulong jiffies = ulong.Parse(match.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.EndsWith(match.Groups[1].Value, match.Groups[2].Value);
        Assert.Equal(unchecked((uint)(-300 * Hz)) + (2.5 * Hz), jiffies);
        Assert.Equal(match.Groups[3].Value.Trim(), match.Groups[5].Value.Trim());
        long now = long.Parse(match.Groups[4].Value, CultureInfo.InvariantCulture) * 1000, tick = long.Parse(match.Groups[6].Value, CultureInfo.InvariantCulture);
        Assert.Equal(500_000_000, tick);
        Assert.InRange(now, tick, tick + (1_000_000_000 / Hz));
    }

    [Theory]
    [InlineData("jitbusy", "", Hz)]
    [InlineData("jitsched", "", Hz)]
    [InlineData("jitqueue", "", Hz)]
    [InlineData("jitschedto", "", Hz)]
    [InlineData("jitbusy", "delay=7", 7)]
    [InlineData("jitsched", "delay=7", 7)]
    [InlineData("jitqueue", "delay=7", 7)]
    [InlineData("jitschedto", "delay=7", 7)]
    public void Each_line_is_a_delay(string file, string parameters, int delay)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel, parameters);
        TimeSpan start = kernel.Uptime;
        string[] lines = Cat(kernel, $"/proc/{file}", 60).Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.All(lines[..3], line => Assert.Matches(@"^[ \d-]{9} [ \d-]{9}$", line));
        long[][] times = [.. lines[..3].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToArray())];
        Assert.All(times, time => Assert.InRange(time[1] - time[0], delay, delay + 1));
        Assert.Equal(-300 * Hz, times[0][0]);
        Assert.InRange((kernel.Uptime - start).TotalSeconds, (3 * delay - 1.0) / Hz, (3 * delay + 4.0) / Hz);
    }

    [Theory]
    [InlineData("jitqueue", true)]
    [InlineData("jitschedto", true)]
    [InlineData("jitbusy", false)]
    [InlineData("jitsched", false)]
    public void A_signal_cuts_short_what_sleeps_interruptibly(string file, bool cutsShort)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel);
        string line = "";
        UserProcess reader = kernel.Spawn("reader", p =>
        {
            p.Sigaction(Signal.SIGUSR1, SignalAction.Of(_ => { }));
            byte[] buffer = new byte[20];
            p.Read(p.Open($"/proc/{file}"), buffer);
            line = System.Text.Encoding.ASCII.GetString(buffer);
        });
        kernel.Spawn("killer", p =>
        {
            p.Nanosleep(TimeSpan.FromMilliseconds(100));
            p.Kill(reader.Pid, Signal.SIGUSR1);
        });
        kernel.Run();
        long[] times = [.. line.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(Number)];
        if (cutsShort)
            Assert.InRange(times[1] - times[0], 25, 26);
        else
            Assert.InRange(times[1] - times[0], Hz, Hz + 1);
    }

    [Theory]
    [InlineData("jitimer", "", 10)]
    [InlineData("jitimersafe", "", 10)]
    [InlineData("jitimer", "tdelay=3", 3)]
    public void A_timer_writes_five_lines(string file, string parameters, int delay)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel, parameters);
        List<string[]> lines = Table(kernel, file);
        Assert.Equal(["-75000", "0", "0"], lines[0][..3]);
        Assert.Equal("cat", lines[0][5]);
        for (int i = 1; i < lines.Count; i++)
            Assert.Equal([$"{-75000 + (i * delay)}", $"{delay}", "1", "0", "0", "swapper"], lines[i]);
    }

    [Theory]
    [InlineData("jitasklet")]
    [InlineData("jitasklethi")]
    public void A_tasklet_writes_five_lines_at_once(string file)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel);
        List<string[]> lines = Table(kernel, file);
        Assert.Equal("cat", lines[0][5]);
        Assert.All(lines[1..], line => Assert.Equal(["-75000", "0", "1"], line[..3]));
    }

    [Theory]
    [InlineData("jitimer")]
    [InlineData("jitimersafe")]
    [InlineData("jitasklet")]
    public void A_file_ends_behind_its_lines(string file)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel);
        Assert.Equal(7, kernel.ReadFile($"/proc/{file}").Count(c => c == '\n'));
    }

    [Theory]
    [InlineData(Architecture.I386, "   -75000    -74750\n")]
    [InlineData(Architecture.X8664, "4294892296 4294892546\n")]
    public void A_count_is_a_long_of_the_machine(Architecture architecture, string line)
    {
        using var kernel = Kernel.Boot(new() { MemorySize = 32.MiB(), Architecture = architecture });
        SleepingLoad.Jit(kernel);
        Assert.Equal(line, Cat(kernel, "/proc/jitqueue", line.Length));
    }

    [Fact]
    public void A_timer_is_right_where_the_count_wraps()
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel);
        kernel.RunFor(TimeSpan.FromSeconds(300) - TimeSpan.FromMilliseconds(100));
        List<string[]> lines = Table(kernel, "jitimer");
        Assert.Equal(["-25", "-15", "-5", "5", "15", "25"], lines.Select(line => line[0]));
        Assert.All(lines[1..], line => Assert.Equal("10", line[1]));
    }

    [Theory]
    [InlineData("jitbusy")]
    [InlineData("jitsched")]
    [InlineData("jitqueue")]
    [InlineData("jitschedto")]
    public void A_delay_is_right_where_the_count_wraps(string file)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel);
        kernel.RunFor(TimeSpan.FromSeconds(299.5));
        string line = Cat(kernel, $"/proc/{file}", 20);
        Assert.Matches("^     -125       12[56]\n$", line);
    }

    private static List<string[]> Table(Kernel kernel, string file)
    {
        string[] lines = Cat(kernel, $"/proc/{file}").Split('\n');
        Assert.Equal("   time   delta  inirq    pid   cpu command", lines[0]);
        Assert.Equal("", lines[^1]);
        Assert.Equal(8, lines.Length);
        Assert.All(lines[1..^1], line => Assert.Matches(@"^[ \d-]{9}  [ \d]{3}     [01]    [ \d]{6}   \d   \S+$", line));
        return [.. lines[1..^1].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
