using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>Clocks, conversions and delays.</summary>
public sealed class TimeTests : KernelTest
{
    [Theory]
    [InlineData(100u, 15u, 2ul, 20u)]
    [InlineData(250u, 15u, 4ul, 16u)]
    [InlineData(1000u, 15u, 15ul, 15u)]
    [InlineData(300u, 15u, 5ul, 16u)]
    public void Milliseconds_become_jiffies_rounded_up_and_milliseconds_again_rounded_down(uint hz, uint msecs, ulong jiffies, uint back)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB() }, new KernelOptions { Hz = hz });
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(jiffies, MsecsToJiffies(msecs));
            Assert.Equal(jiffies, UsecsToJiffies(msecs * 1000));
            Assert.Equal(back, JiffiesToMsecs(jiffies));
            Assert.Equal(jiffies, TimevalToJiffies(new Timeval(0, msecs * 1000)));
            Assert.Equal(jiffies + 2 * hz, TimespecToJiffies(new Timespec(2, msecs * 1_000_000)));
            JiffiesToTimespec(3 * hz + hz / 2, out Timespec timespec);
            Assert.Equal(new Timespec(3, 500_000_000), timespec);
            JiffiesToTimeval(3 * hz + hz / 2, out Timeval timeval);
            Assert.Equal(new Timeval(3, 500_000), timeval);
            Assert.Equal(500_000u, JiffiesToUsecs(hz / 2));
            Assert.Equal((1ul << 31) - 2, MaxJiffyOffset);
            Assert.Equal(MaxJiffyOffset, TimespecToJiffies(new Timespec(-1, 0)));
        });
    }

    [Fact]
    public void The_machine_boots_when_its_kernel_was_released()
    {
        Kernel kernel = Boot();
        kernel.RunFor(TimeSpan.FromSeconds(10.001));
        kernel.RunKernelThread(() =>
        {
            DoGettimeofday(out Timeval tv);
            Assert.Equal(new DateTime(2007, 2, 4, 18, 45, 4, DateTimeKind.Utc), DateTime.UnixEpoch.AddSeconds(tv.TvSec));
            Assert.InRange(tv.TvUsec, 1000, 1100);
            Getnstimeofday(out Timespec ts);
            Assert.InRange(ts.TvNsec, 1_000_000, 1_100_000);
            Assert.Equal(new Timespec(tv.TvSec, 0), CurrentKernelTime());
            Assert.Equal((ulong)tv.TvSec, GetSeconds());
        });
    }

    [Fact]
    public void Delays_keep_the_processor_and_sleeps_give_it_away()
    {
        Kernel kernel = Boot();
        kernel.SpawnKernelThread("driver", () =>
        {
            ulong start = GetCycles();
            Udelay(100);
            Ndelay(500);
            Mdelay(2);
            Assert.InRange(GetCycles() - start, 2_100_500ul, 2_110_000ul);
            Rdtscll(out ulong all);
            Rdtsc(out uint low, out uint high);
            Assert.InRange(((ulong)high << 32 | low) - all, 1ul, 10_000ul);
            Rdtscl(out uint later);
            Assert.True(later > low);
            start = Jiffies;
            Msleep(10);
            Assert.InRange(Jiffies - start, 3ul, 5ul);
            Assert.Equal(0u, MsleepInterruptible(10));
            start = Jiffies;
            Ssleep(1);
            Assert.InRange(Jiffies - start, 250ul, 252ul);
            ulong end = Jiffies + 10;
            while (TimeBefore(Jiffies, end))
                CpuRelax();
        });
        kernel.Run();
        Expect.OopsIn(kernel, "sleeping function called from invalid context: msleep()", () =>
        {
            PreemptDisable();
            Msleep(0);
        }, "DK1001");
    }
}
