using DriverKit.Tests.Support;

namespace DriverKit.Tests.Interrupts;

/// <summary>A driver finds out which line its device is on.</summary>
public sealed class IrqProbeTests : KernelTest
{
    [Theory]
    [InlineData(new int[0], 0)]
    [InlineData(new[] { 7 }, 7)]
    [InlineData(new[] { 5, 7 }, -5)]
    [InlineData(new[] { 40 }, 40)]
    public void The_line_that_moves_is_found(int[] raised, int found)
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            uint mask = ProbeIrqOn();
            Assert.Equal(0xfffffffau, mask);
            foreach (int line in raised)
                kernel.Machine.Interrupts[line].Raise();
            Printk("a point");
            Assert.Equal(found, ProbeIrqOff(mask));
        });
        Assert.InRange(kernel.Uptime.TotalMilliseconds, 100, 110);
    }

    [Fact]
    public void Lines_that_are_taken_or_move_by_themselves_are_not_listened_to()
    {
        Kernel kernel = Boot();
        kernel.Machine.Interrupts[20].Assert();
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, RequestIrq(7, (_, _) => IrqHandled, Irqf.None, "short", null));
            uint mask = ProbeIrqOn();
            Assert.Equal(0xfffffffau & ~(1u << 7) & ~(1u << 20), mask);
            kernel.Machine.Interrupts[7].Raise();
            kernel.Machine.Interrupts[9].Raise();
            Printk("a point");
            Assert.Equal(1u << 9, ProbeIrqMask(mask));
            FreeIrq(7, null);
        });
    }

    [Fact]
    public void A_second_probe_waits_for_the_first_to_end()
    {
        Kernel kernel = Boot();
        kernel.SpawnKernelThread("forgetful", () =>
        {
            _ = ProbeIrqOn();
            _ = ProbeIrqOn();
        });
        DeadlockException deadlock = Assert.Throws<DeadlockException>(kernel.Run);
        Assert.Contains("forgetful[2] is sleeping (uninterruptible) in probe_irq_on(), waiting for wait queue of the end of another probe", deadlock.Report);
    }

    [Fact]
    public void Probing_in_atomic_context_is_a_bug() => Expect.OopsIn(Boot(), "sleeping function called from invalid context: probe_irq_on()", () =>
    {
        PreemptDisable();
        _ = ProbeIrqOn();
    }, "DK1001");
}
