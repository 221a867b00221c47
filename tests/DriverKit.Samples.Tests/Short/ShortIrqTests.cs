using System.Globalization;
using System.Text.RegularExpressions;
using Samples.Short;

namespace DriverKit.Samples.Tests.Short;

/// <summary>Which line short takes, and what /dev/shortint says.</summary>
public sealed partial class ShortIrqTests
{
    [GeneratedRegex(@"^(\d{8}\.\d{6}\n)*$")]
    private static partial Regex Times();

    [Theory]
    [InlineData(7, "", 7)]
    [InlineData(7, "irq=5", 5)]
    [InlineData(7, "base=0x3bc", 5)]
    [InlineData(7, "probe=1", 7)]
    [InlineData(11, "probe=1", 11)]
    [InlineData(40, "probe=1", 40)]
    [InlineData(5, "probe=2", 5)]
    [InlineData(9, "probe=2", 9)]
    [InlineData(3, "irq=10 probe=1", 10)]
    public void The_line_is_given_found_or_that_of_the_port(int wired, string parameters, int line)
    {
        using var bench = new Workbench(wired);
        ShortLoad.Load(bench.Kernel, parameters);
        Assert.StartsWith($"{line,3}: ", Assert.Single(bench.Grep("/proc/interrupts")));
        Assert.DoesNotContain(bench.Kernel.Log.Lines, entry => entry.Message.StartsWith("short"));
    }

    [Theory]
    [InlineData(7, false, "probe=1")]
    [InlineData(7, false, "probe=2")]
    [InlineData(11, true, "probe=2")]
    public void A_probe_that_finds_nothing_is_tried_five_times_and_leaves_the_default(int wired, bool isWired, string parameters)
    {
        using var bench = new Workbench(wired, isWired);
        ShortLoad.Load(bench.Kernel, parameters);
        Assert.Equal(
            [.. Enumerable.Repeat("<6>short: no irq reported by probe", 5), "<4>short: probe failed 5 times, giving up"],
            bench.Kernel.Log.Lines.Where(entry => entry.Message.StartsWith("short")).Select(entry => entry.ToString()));
        Assert.StartsWith("  7: ", Assert.Single(bench.Grep("/proc/interrupts")));
    }

    [Theory]
    [InlineData("base=0x278", 2)] // The second interrupt controller's.
    [InlineData("irq=0", 0)]      // The timer's.
    [InlineData("irq=300", 300)]  // Nobody's.
    public void Without_a_line_the_ports_still_work(string parameters, int line)
    {
        using var bench = new Workbench();
        ShortModule module = ShortLoad.Load(bench.Kernel, parameters);
        Assert.Equal([$"<6>short: can't get assigned irq {line}"], bench.Kernel.Log.Lines.Where(entry => entry.Message.StartsWith("short")).Select(entry => entry.ToString()));
        Assert.Empty(bench.Grep("/proc/interrupts"));
        UserProcess process = bench.Kernel.CreateProcess("test");
        process.Write(process.Open("/dev/short0", OpenFlags.WriteOnly), [1]);
        process.Exit();
        ShortLoad.Unload(bench.Kernel, module);
    }

    [Fact]
    public void A_read_takes_one_record_of_16_bytes_for_each_interrupt()
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel);
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open("/dev/shortint", OpenFlags.ReadWrite);
        Assert.Equal(5, process.Write(fd, new byte[5]));
        Assert.Equal([0xff, 0x00, 0xff, 0x00, 0xff], bench.Port.Written);
        Assert.Equal(3, process.Write(fd, new byte[3]));
        Assert.Equal([0x00, 0xff, 0x00], bench.Port.Written[5..]);
        string records = Workbench.Read(process, fd);
        Assert.Equal(4 * 16, records.Length);
        Assert.Matches(Times(), records);
        double[] times = [.. records.TrimEnd('\n').Split('\n').Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
        Assert.Equal(times.Order().Distinct(), times);
        Assert.Equal("  7:          4   IO-APIC-edge      short", Assert.Single(bench.Grep("/proc/interrupts")));
    }

    [Fact]
    public void A_part_of_a_record_may_be_read_and_the_rest_later()
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel);
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open("/dev/shortint");
        bench.Burst(1);
        string record = Workbench.Read(process, fd, 5);
        Assert.Equal(5, record.Length);
        Assert.Equal(Errno.EFAULT, Assert.Throws<SyscallException>(() => process.Read(fd, new UserVirtualAddress(0x1000), 100)).Errno);
        Assert.Matches(Times(), record + Workbench.Read(process, fd));
    }

    [Theory]
    [InlineData("tasklet=1")]
    [InlineData("wq=1")]
    public void A_bottom_half_says_how_many_interrupts_came_before_it(string parameters)
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel, parameters);
        Assert.EndsWith("  short-bh", Assert.Single(bench.Grep("/proc/interrupts")));
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open("/dev/shortint");
        foreach (int count in new[] { 1, 3, 120 })
        {
            bench.Burst(count);
            string text = "";
            while (text.Length < 16 * (count + 1))
                text += Workbench.Read(process, fd); // A read ends where the page does.
            Assert.Equal($"bh after {count,6}\n", text[..16]);
            Assert.Matches(Times(), text[16..]);
            Assert.Equal(16 * (count + 1), text.Length);
        }
    }

    [Fact]
    public void Of_more_interrupts_than_times_fit_the_count_is_right_and_the_rest_is_lost()
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel, "tasklet=1");
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open("/dev/shortint");
        bench.Burst(600);

        // 513 records went round a ring of 256 twice; the one that is left is the last time that was noted.
        string text = Workbench.Read(process, fd);
        Assert.Equal(16, text.Length);
        Assert.Matches(Times(), text);
        bench.Burst(2);
        Assert.StartsWith("bh after      2\n", Workbench.Read(process, fd));
    }

    [Fact]
    public void What_is_not_read_in_time_is_lost_without_a_word()
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel);
        bench.Burst(255);
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open("/dev/shortint");
        Assert.Equal(255 * 16, Workbench.Read(process, fd).Length);
        bench.Burst(1 + 256); // The first fills the page up to its end; then the ring runs over itself and has one.
        string record = Workbench.Read(process, fd);
        Assert.Equal(16, record.Length);
        Assert.Matches(Times(), record);
        Assert.DoesNotContain(bench.Kernel.Log.Lines, entry => entry.Message.StartsWith("short"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_reader_sleeps_until_an_interrupt_or_a_signal_comes(bool signalled)
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel);
        string result = "";
        UserProcess reader = bench.Kernel.Spawn("cat", p =>
        {
            p.Sigaction(Signal.SIGUSR1, SignalAction.Of(_ => { }));
            int fd = p.Open("/dev/shortint");
            try
            {
                result = Workbench.Read(p, fd);
            }
            catch (SyscallException error)
            {
                result = error.Errno.Name;
            }
        });
        bench.Kernel.Spawn("other", p =>
        {
            p.Nanosleep(TimeSpan.FromMilliseconds(10));
            Assert.Equal("", result);
            if (signalled)
                p.Kill(reader.Pid, Signal.SIGUSR1);
            else
                p.Write(p.Open("/dev/shortint", OpenFlags.WriteOnly), [0]);
        });
        bench.Kernel.Run();
        if (signalled)
            Assert.Equal("EINTR", result);
        else
            Assert.Matches(Times(), result);
        Assert.NotEmpty(result);
    }

    [Fact]
    public void On_a_shared_line_it_takes_only_what_is_its_own()
    {
        using var bench = new Workbench();
        int others = 0;
        object device = new();
        bench.Kernel.RunKernelThread(() => Assert.Equal(0, RequestIrq(7, (_, _) => { others++; return IrqNone; }, SaShirq | SaInterrupt, "other", device)));
        ShortModule module = ShortLoad.Load(bench.Kernel, "share=1");
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open("/dev/shortint", OpenFlags.ReadWrite);
        process.Write(fd, new byte[1]);
        Assert.Equal(0x7f, bench.Port.Latch);
        bench.Kernel.Machine.Interrupts[7].Raise();
        bench.Kernel.RunFor(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, others);
        Assert.Equal(16, Workbench.Read(process, fd).Length);
        Assert.Equal("  7:          2   IO-APIC-edge      other, short", Assert.Single(bench.Grep("/proc/interrupts")));
        process.Exit();
        ShortLoad.Unload(bench.Kernel, module);
        bench.Kernel.RunKernelThread(() => FreeIrq(7, device));
    }

    [Fact]
    public void Without_share_a_line_that_another_has_is_not_to_be_had()
    {
        using var bench = new Workbench();
        bench.Kernel.RunKernelThread(() => Assert.Equal(0, RequestIrq(7, (_, _) => IrqHandled, SaShirq, "other", bench)));
        ShortModule module = ShortLoad.Load(bench.Kernel);
        Assert.Contains(bench.Kernel.Log.Lines, entry => entry.ToString() == "<6>short: can't get assigned irq 7");
        Assert.False(bench.Port.IsEnabled);
        ShortLoad.Unload(bench.Kernel, module);
        bench.Kernel.RunKernelThread(() => FreeIrq(7, bench));
    }
}
