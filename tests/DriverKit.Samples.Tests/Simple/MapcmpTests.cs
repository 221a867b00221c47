using Samples.Simple;

namespace DriverKit.Samples.Tests.Simple;

public class MapcmpTests
{
    [Theory]
    [InlineData(KernelEra.Linux2620, "ordinary", "areas are identical.")]
    [InlineData(KernelEra.Linux2620, "reserved", "areas are identical.")]
    [InlineData(KernelEra.Linux2611, "ordinary", "areas differ at byte 0")]
    [InlineData(KernelEra.Linux2611, "reserved", "areas are identical.")]
    public void Compares_the_two_devices(KernelEra era, string memory, string verdict)
    {
        using var lab = new Laboratory(era);
        ulong offset = (memory == "ordinary" ? lab.Ordinary : lab.Reserved).Value;
        ProgramRun run = ProgramRun.Mapcmp(lab.Kernel, "/dev/simpler", "/dev/simplen", $"{offset:x}", "1");
        Assert.Equal(
            $"""
            Offset is 0x{offset:x}
            Mapped /dev/simpler (4096 @ {offset:x}) at 0xb7fff000
            Mapped /dev/simplen (4096 @ {offset:x}) at 0xb7ffe000
            Comparing...{verdict}

            """, run.Output);
        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.Code);
    }

    [Theory]
    [InlineData(KernelEra.Linux2620)]
    [InlineData(KernelEra.Linux2611)]
    public void Dies_of_a_bus_error_over_device_memory(KernelEra era)
    {
        using var lab = new Laboratory(era);
        ProgramRun run = ProgramRun.Mapcmp(lab.Kernel, "/dev/simpler", "/dev/simplen", "0xF0000000", "1");
        Assert.Equal(128 + 7, run.Code);
        Assert.EndsWith("\nComparing...", run.Output);
        Assert.Equal("Bus error\n", run.Errors);
    }

    [Fact]
    public void Names_the_first_byte_that_differs()
    {
        using var lab = new Laboratory(KernelEra.Linux2611);
        lab.Kernel.RunKernelThread(() => Memset(Va(lab.Ordinary), 0, 1234));
        ProgramRun run = ProgramRun.Mapcmp(lab.Kernel, "/dev/simpler", "/dev/simplen", $"{lab.Ordinary.Value:x}", "1");
        Assert.EndsWith("Comparing...areas differ at byte 1234\n", run.Output);
    }

    [Fact]
    public void Compares_the_BIOS_area_which_both_show_in_every_era()
    {
        using var lab = new Laboratory(KernelEra.Linux2611);
        ProgramRun run = ProgramRun.Mapcmp(lab.Kernel, "/dev/simpler", "/dev/simplen", "f0000", "16");
        Assert.EndsWith("areas are identical.\n", run.Output);
    }

    [Theory]
    [InlineData("/dev/nothing", "/dev/simplen", "0", "1", "Offset is 0x0\n", "/dev/nothing: No such file or directory\n")]
    [InlineData("/dev/simpler", "/dev/nothing", "0", "1",
        "Offset is 0x0\nMapped /dev/simpler (4096 @ 0) at 0xb7fff000\n", "/dev/nothing: No such file or directory\n")]
    [InlineData("/dev/simpler", "/dev/simplen", "123", "1", "Offset is 0x123\n", "/dev/simpler: Invalid argument\n")]
    [InlineData("/dev/simpler", "/dev/simplen", "none", "0", "Offset is 0x0\n", "/dev/simpler: Invalid argument\n")]
    [InlineData("/dev/simpler", "/dev/simplen", "0", "-1", "Offset is 0x0\n", "/dev/simpler: Cannot allocate memory\n")]
    public void Says_what_failed(string first, string second, string offset, string pages, string output, string errors)
    {
        using var lab = new Laboratory();
        Assert.Equal(new(1, output, errors), ProgramRun.Mapcmp(lab.Kernel, first, second, offset, pages));
    }

    [Fact]
    public void Explains_its_usage()
    {
        using var lab = new Laboratory();
        ProgramRun run = ProgramRun.Mapcmp(lab.Kernel, "/dev/simpler", "/dev/simplen", "0");
        Assert.Equal(new(1, "", "Usage: mapcmp dev1 dev2 offset pages\n"), run);
    }
}
