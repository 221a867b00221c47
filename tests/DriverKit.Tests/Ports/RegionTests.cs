using DriverKit.Tests.Support;

namespace DriverKit.Tests.Ports;

/// <summary>request_region and /proc/ioports.</summary>
public sealed class RegionTests : KernelTest
{
    private const string StandardPorts =
        """
        0000-001f : dma1
        0020-0021 : pic1
        0040-0043 : timer0
        0050-0053 : timer1
        0060-0060 : keyboard
        0064-0064 : keyboard
        0080-008f : dma page reg
        00a0-00a1 : pic2
        00c0-00df : dma2
        00f0-00ff : fpu

        """;

    [Fact]
    public void A_claim_is_in_proc_ioports_until_it_is_released_and_keeps_others_out()
    {
        Kernel kernel = Boot();
        Assert.Equal(StandardPorts.ReplaceLineEndings("\n"), kernel.ReadFile("/proc/ioports"));
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(KernelResult.Success, CheckRegion(0x378, 8));
            Resource? parport = RequestRegion(0x378, 8, "short");
            Assert.Equal((0x378ul, 0x37Ful, 8ul, "short"), (parport!.Start, parport.End, parport.Size, parport.Name));
            foreach ((ulong start, ulong n) in new[] { (0x378ul, 8ul), (0x37Ful, 1ul), (0x370ul, 9ul), (0ul, 0x10000ul), (0x379ul, 2ul), (0x20ul, 1ul) })
            {
                Assert.Null(RequestRegion(start, n, "x"));
                Assert.Equal(-EBUSY, CheckRegion(start, n));
            }
        });
        Assert.Equal(StandardPorts.ReplaceLineEndings("\n") + "0378-037f : short\n", kernel.ReadFile("/proc/ioports"));
        kernel.RunKernelThread(() =>
        {
            ReleaseRegion(0x378, 8);
            Assert.NotNull(RequestRegion(0x37F, 1, "other"));
            ReleaseRegion(0x37F, 1);
        });
        Assert.Equal(StandardPorts.ReplaceLineEndings("\n"), kernel.ReadFile("/proc/ioports"));
        Assert.DoesNotContain(kernel.LogLines(), line => line.Contains("nonexistent", StringComparison.Ordinal));
    }

    [Fact]
    public void The_ports_between_those_of_the_keyboard_may_be_claimed_and_its_own_may_not()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Assert.NotNull(RequestRegion(0x61, 1, "kbd"));
            Assert.NotNull(RequestRegion(0x65, 1, "kbd"));
            Assert.Null(RequestRegion(0x60, 1, "kbd"));
            Assert.Null(RequestRegion(0x64, 1, "kbd"));
        });
        Assert.Contains("0060-0060 : keyboard\n0061-0061 : kbd\n0064-0064 : keyboard\n0065-0065 : kbd\n", kernel.ReadFile("/proc/ioports"));
    }

    [Fact]
    public void Nonsense_claims_give_null_and_nonsense_releases_are_logged()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Assert.Null(RequestRegion(0x300, 0, "none"));
            Assert.Null(RequestRegion(0xFFFF, 2, "over"));
            Assert.Null(RequestRegion(0x10000, 1, "beyond"));
            Assert.Null(RequestRegion(0x300, ulong.MaxValue, "wraps"));
            Assert.NotNull(RequestRegion(0xFFFF, 1, "last"));
            Assert.NotNull(RequestRegion(0x300, 4, "card"));
            ReleaseRegion(0x300, 3);
            ReleaseRegion(0x301, 1);
            ReleaseRegion(0x400, 1);
            ReleaseRegion(0x300, 4);
            ReleaseRegion(0x300, 4);
        });
        Assert.Equal(
            ["300-00000302", "301-00000301", "400-00000400", "300-00000303"],
            kernel.LogLines().Where(line => line.StartsWith("Trying to free nonexistent resource <", StringComparison.Ordinal)).Select(line => line[^13..^1]));
        Assert.EndsWith("ffff-ffff : last\n", kernel.ReadFile("/proc/ioports"));
    }

    [Fact]
    public void Claiming_may_sleep_and_releasing_does_not()
    {
        Kernel kernel = Boot();
        Expect.OopsIn(kernel, "request_region", () =>
        {
            PreemptDisable();
            _ = RequestRegion(0x300, 1, "x");
        }, "DK1001");
        kernel.RunKernelThread(() =>
        {
            Assert.NotNull(RequestRegion(0x300, 1, "x"));
            PreemptDisable();
            ReleaseRegion(0x300, 1);
            PreemptEnable();
        });
    }

    [Fact]
    public void Ports_and_memory_are_claimed_apart()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Assert.NotNull(RequestMemRegion(new PhysicalAddress(0xE000_0000), 0x100, "memory"));
            Assert.NotNull(RequestRegion(0xE000, 0x100, "ports"));
        });
        Assert.EndsWith("e0000000-e00000ff : memory\n", kernel.ReadFile("/proc/iomem"));
        Assert.EndsWith("e000-e0ff : ports\n", kernel.ReadFile("/proc/ioports"));
    }

    [Fact]
    public void A_card_is_not_in_proc_ioports_before_its_driver_is()
    {
        Kernel kernel = Boot();
        kernel.AddDevice(new PortRegion("card", 0x378, 8, new PortCard()));
        Assert.DoesNotContain("0378", kernel.ReadFile("/proc/ioports"));
    }
}
