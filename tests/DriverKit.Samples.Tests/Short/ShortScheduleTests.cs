using System.Globalization;
using System.Text.RegularExpressions;
using Samples.Short;

namespace DriverKit.Samples.Tests.Short;

/// <summary>Interrupts at any moment: no record is lost, written twice or torn.</summary>
public sealed partial class ShortScheduleTests
{
    [GeneratedRegex(@"  7: +(\d+) +(?:(\d+) +)?IO-APIC")]
    private static partial Regex Interrupts();

    [Theory]
    [InlineData("", 1)]
    [InlineData("", 2)]
    [InlineData("tasklet=1", 1)]
    [InlineData("tasklet=1", 2)]
    [InlineData("wq=1", 1)]
    [InlineData("wq=1", 2)]
    public void Every_interrupt_has_its_record(string parameters, int cpus)
    {
        var batches = new HashSet<int>();
        ScheduleReport report = ScheduleExplorer.Explore(kernel => Scenario(kernel, parameters, batches), new()
        {
            Search = ScheduleSearch.Random(1),
            Schedules = 2000,
            Machine = new() { MemorySize = 16.MiB(), Cpus = cpus },
            Interrupts = [7],
        });
        Assert.False(report.HasFailed, report.ToString());
        Assert.Equal(2000, report.Schedules);
        Assert.Equal(parameters.Length != 0, batches.Any(size => size > 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tasklet=1")]
    [InlineData("wq=1")]
    public void Nor_is_one_lost_when_some_tasks_are_more_urgent_than_others(string parameters) =>
        ScheduleExplorer.Check(kernel => Scenario(kernel, parameters, []), new() { Schedules = 500, Interrupts = [7] });

    // Two readers and a writer; when they are done, what the ring still has is read as well, and all of it is compared with the kernel's count.
    private static void Scenario(Kernel kernel, string parameters, HashSet<int> batches)
    {
        var bench = new Workbench(kernel);
        kernel.InsertModule(new ShortModule(), parameters + " major=60");
        kernel.MakeNode("/dev/shortint", new(60, 128));
        string text = "";
        for (int i = 0; i < 2; i++)
        {
            kernel.Spawn("reader", p =>
            {
                int fd = p.Open("/dev/shortint");
                string part = Workbench.Read(p, fd, 16);
                Assert.Equal(16, part.Length);
                text += part;
            });
        }

        kernel.Spawn("writer", p =>
        {
            int fd = p.Open("/dev/shortint", OpenFlags.WriteOnly);
            for (int i = 0; i < 3; i++)
            {
                p.Write(fd, new byte[2]);
                p.Nanosleep(TimeSpan.FromMicroseconds(50)); // An edge that nobody has taken yet swallows the next.
            }
        });
        kernel.Run();

        // As long as the kernel has counted more: what is lost would be waited for for ever, which is reported.
        UserProcess process = kernel.CreateProcess("end");
        int fd = process.Open("/dev/shortint");
        int count;
        while (text.Split('\n').Count(line => line.Length != 0 && !line.StartsWith("bh")) < (count = Count(kernel)))
            text += Workbench.Read(process, fd);
        Check(text, count, parameters.Length != 0, batches);
        process.Exit();
    }

    private static void Check(string text, int interrupts, bool hasBottomHalf, HashSet<int> batches)
    {
        string[] lines = text.Split('\n')[..^1];
        Assert.All(lines, line => Assert.Equal(15, line.Length));
        string[] times = [.. lines.Where(line => !line.StartsWith("bh"))];
        Assert.All(times, line => Assert.Matches(@"^\d{8}\.\d{6}$", line));
        Assert.Equal(interrupts, times.Length);
        int[] counts = [.. lines.Where(line => line.StartsWith("bh after ")).Select(line => int.Parse(line[9..], CultureInfo.InvariantCulture))];
        Assert.Equal(lines.Length, times.Length + counts.Length);
        Assert.Equal(hasBottomHalf ? interrupts : 0, counts.Sum());
        batches.UnionWith(counts);
    }

    private static int Count(Kernel kernel) => Interrupts().Match(kernel.ReadFile("/proc/interrupts")).Groups.Values
        .Skip(1)
        .Where(group => group.Success)
        .Sum(group => int.Parse(group.Value, CultureInfo.InvariantCulture));
}
