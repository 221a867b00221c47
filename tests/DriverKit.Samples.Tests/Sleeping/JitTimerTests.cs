using Samples.Sleeping;

namespace DriverKit.Samples.Tests.Sleeping;

/// <summary>What a signal does to a read of jitimer and its kin: in the book the timer, or the work, goes on, and writes where it has no business any more.</summary>
public sealed class JitTimerTests : SleepingTest
{
    [Theory]
    [InlineData("jitimer")]
    [InlineData("jitimersafe")]
    public void A_signal_interrupts_the_read(string file)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel);
        Assert.Equal("EINTR", Interrupt(kernel, $"/proc/{file}", restart: false, write: false, TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public void A_read_that_is_made_again_begins_again()
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel);
        TimeSpan start = kernel.Uptime;
        string result = Interrupt(kernel, "/proc/jitimersafe", restart: true, write: false, TimeSpan.FromMilliseconds(100));
        int length = int.Parse(result, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(length, 44 + (6 * 38), 44 + (6 * 50));
        Assert.InRange(kernel.Uptime - start, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(310));
    }

    [Theory]
    [InlineData("jitimer", true)]
    [InlineData("jitimersafe", false)]
    [InlineData("jiqwqdelay", true)]
    public void What_was_not_stopped_writes_into_memory_that_has_a_new_owner(string file, bool isOverwritten)
    {
        Kernel kernel = Boot();
        SleepingLoad.Jit(kernel);
        SleepingLoad.Jiq(kernel);
        Interrupt(kernel, $"/proc/{file}", restart: false, write: false, TimeSpan.FromMilliseconds(50));
        List<KernelLogicalAddress> pages = [];
        kernel.RunKernelThread(() =>
        {
            for (int i = 0; i < 256; i++)
            {
                pages.Add(GetFreePage(GfpFlags.Kernel));
                Memset(pages[^1], 0x5a, PageSize);
            }
        });
        kernel.RunFor(TimeSpan.FromSeconds(1));
        bool wasOverwritten = false;
        kernel.RunKernelThread(() =>
        {
            byte[] contents = new byte[PageSize];
            foreach (KernelLogicalAddress page in pages)
            {
                Memcpy(contents, page);
                wasOverwritten |= contents.AsSpan().ContainsAnyExcept((byte)0x5a);
                FreePage(page);
            }
        });
        Assert.Equal(isOverwritten, wasOverwritten);
    }

    [Theory]
    [InlineData("jitimer", true)]
    [InlineData("jitimersafe", false)]
    public void What_the_timer_works_on_is_lost_unless_it_was_stopped(string file, bool isLost)
    {
        ScheduleReport report = ScheduleExplorer.Explore(
            kernel =>
            {
                SleepingLoad.Jit(kernel);
                Interrupt(kernel, $"/proc/{file}", restart: false, write: false, TimeSpan.FromMilliseconds(50));
                kernel.RunFor(TimeSpan.FromSeconds(1));
            },
            new() { Schedules = 50 });
        Assert.Equal(isLost ? ScheduleFailureKind.Leak : null, report.Kind);
    }
}
