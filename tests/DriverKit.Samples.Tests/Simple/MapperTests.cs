using Samples.Buggy;
using Samples.Simple;

namespace DriverKit.Samples.Tests.Simple;

public class MapperTests
{
    [Theory]
    [InlineData("/dev/simpler")]
    [InlineData("/dev/simplen")]
    public void Copies_the_mapped_bytes_and_says_from_where_to_where(string device)
    {
        using var lab = new Laboratory();
        ulong offset = lab.Reserved.Value;
        ProgramRun run = ProgramRun.Mapper(lab.Kernel, device, $"{offset}", "5000");
        Assert.Equal(0, run.Code);
        Assert.Equal(string.Concat(Enumerable.Repeat("reserved RAM\n", 400))[..4096], run.Output[..4096]);
        Assert.Equal(5000, run.Output.Length);
        Assert.Equal($"mapped \"{device}\" from {offset} (0x{offset:x8}) to {offset + 5000} (0x{offset + 5000:x8})\n", run.Errors);
    }

    [Theory]
    [InlineData(KernelEra.Linux2620, "ordinary RAM")]
    [InlineData(KernelEra.Linux2611, "\0\0\0\0\0\0\0\0\0\0\0\0")]
    public void Shows_unreserved_RAM_through_remap_pfn_range_since_2_6_15_only(KernelEra era, string expected)
    {
        using var lab = new Laboratory(era);
        Assert.Equal(expected, ProgramRun.Mapper(lab.Kernel, "/dev/simpler", $"0x{lab.Ordinary.Value:x}", "12").Output);
        Assert.Equal("ordinary RAM", ProgramRun.Mapper(lab.Kernel, "/dev/simplen", $"0x{lab.Ordinary.Value:x}", "12").Output);
    }

    [Theory]
    [InlineData(KernelEra.Linux2620, Architecture.I386)]
    [InlineData(KernelEra.Linux2611, Architecture.I386)]
    [InlineData(KernelEra.Linux2620, Architecture.I386Pae)]
    [InlineData(KernelEra.Linux2620, Architecture.X8664)]
    public void Shows_device_memory_through_remap_pfn_range_and_dies_of_a_bus_error_through_nopage(KernelEra era, Architecture architecture)
    {
        using var lab = new Laboratory(era, architecture);
        Assert.Equal("device memory", ProgramRun.Mapper(lab.Kernel, "/dev/simpler", "0xf0000000", "13").Output);
        ProgramRun dead = ProgramRun.Mapper(lab.Kernel, "/dev/simplen", "0xf0000000", "13");
        Assert.Equal(128 + 7, dead.Code);
        Assert.Equal("", dead.Output);
        Assert.EndsWith("\nBus error\n", dead.Errors);
    }

    [Fact]
    public void Reads_numbers_as_sscanf_does()
    {
        using var lab = new Laboratory();
        string octal = "0" + Convert.ToString((long)lab.Reserved.Value, 8);
        Assert.Equal("reserved", ProgramRun.Mapper(lab.Kernel, "/dev/simpler", octal, " +0x8").Output);
        Assert.Equal("reserved", ProgramRun.Mapper(lab.Kernel, "/dev/simpler", $"{lab.Reserved.Value}k", "8b").Output);
    }

    [Fact]
    public void Wraps_at_32_bits_on_i386_as_unsigned_long_does()
    {
        using var lab = new Laboratory();
        ProgramRun run = ProgramRun.Mapper(lab.Kernel, "/dev/simpler", "0xfffff000", "4096");
        Assert.Equal("mapped \"/dev/simpler\" from 4294963200 (0xfffff000) to 0 (0x00000000)\n", run.Errors);
    }

    [Fact]
    public void Names_the_file_that_is_not_there()
    {
        using var lab = new Laboratory();
        ProgramRun run = ProgramRun.Mapper(lab.Kernel, "/dev/nothing", "0", "4096");
        Assert.Equal(new(1, "", "mapper: /dev/nothing: No such file or directory\n"), run);
    }

    [Theory]
    [InlineData("/dev/simpler", "1", "4096", "Invalid argument")]
    [InlineData("/dev/simpler", "0", "0", "Invalid argument")]
    [InlineData("/dev/simpler", "0", "0xc0000001", "Cannot allocate memory")]
    [InlineData("/dev/simplen", "0", "-1", "Cannot allocate memory")]
    [InlineData("/dev/clipboard", "0", "4096", "No such device")]
    public void Says_why_mmap_failed(string device, string offset, string length, string error)
    {
        using var lab = new Laboratory();
        lab.Kernel.InsertModule(new ClipboardModule());
        Assert.Equal(new(1, "", $"mapper: mmap(): {error}\n"), ProgramRun.Mapper(lab.Kernel, device, offset, length));
    }

    [Theory]
    [InlineData]
    [InlineData("/dev/simpler", "0")]
    [InlineData("/dev/simpler", "zero", "4096")]
    [InlineData("/dev/simpler", "0", "")]
    [InlineData("/dev/simpler", "0", "4096", "more")]
    public void Explains_its_usage(params string[] args)
    {
        using var lab = new Laboratory();
        Assert.Equal(new(1, "", "mapper: Usage \"mapper <file> <offset> <len>\"\n"), ProgramRun.Mapper(lab.Kernel, args));
    }
}
