using DriverKit.Tests.Support;

namespace DriverKit.Tests.Programs;

/// <summary>The executables that ElfProgram makes, read by the tests' own reader, by the kit's loader, and by readelf.</summary>
public sealed class ElfProgramTests : KernelTest
{
    private const uint ReadExecute = 5, ReadWrite = 6;

    private static readonly ElfProgram Whole = new()
    {
        Text = Enumerable.Range(0, 5000).Select(i => (byte)i).ToArray(),
        Data = "variables"u8.ToArray(),
        BssSize = 10_000,
        Entry = 16,
    };

    public static TheoryData<Architecture, string> Programs
    {
        get
        {
            var programs = new TheoryData<Architecture, string>();
            foreach (Architecture architecture in Enum.GetValues<Architecture>())
            {
                foreach (string name in Named.Keys)
                    programs.Add(architecture, name);
            }

            return programs;
        }
    }

    private static Dictionary<string, ElfProgram> Named { get; } = new()
    {
        ["whole"] = Whole,
        ["empty"] = new ElfProgram(),
        ["text only"] = new ElfProgram { Text = new byte[] { 0xC3 } },
        ["data only"] = new ElfProgram { Data = new byte[4096] },
        ["bss only"] = new ElfProgram { BssSize = 1 },
        ["text of whole pages"] = new ElfProgram { Text = new byte[8192 - 176], Data = new byte[1], BssSize = 4095 },
    };

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void A_program_is_an_executable_with_a_text_and_a_data_segment(Architecture architecture)
    {
        bool is64Bit = architecture == Architecture.X8664;
        var file = new ElfFile(Whole.ToExecutable(architecture));
        Assert.Equal((is64Bit, 2, is64Bit ? 62 : 3), (file.Is64Bit, file.Type, file.Machine));
        Assert.Equal(Whole.TextStart(architecture).Value + 16, file.Entry);
        Assert.Equal(2, file.Segments.Length);
        (ElfFile.Segment text, ElfFile.Segment data) = (file.Segments[0], file.Segments[1]);
        Assert.Equal((1u, ReadExecute, 0ul, is64Bit ? 0x400000ul : 0x8048000ul), (text.Type, text.Flags, text.Offset, text.Address));
        Assert.Equal(text.FileSize, text.MemorySize);
        Assert.Equal((1u, ReadWrite, 9ul, 10_009ul), (data.Type, data.Flags, data.FileSize, data.MemorySize));
        Assert.Equal((0ul, 0ul), (data.Offset % PageSize, data.Address % PageSize));
        Assert.True(data.Address >= text.Address + text.MemorySize);
        Assert.Equal(data.Address, Whole.DataStart(architecture).Value);
        Assert.Equal(data.Address + 9, Whole.BssStart(architecture).Value);
        Assert.Equal(Whole.Text.ToArray(), file.At(Whole.TextStart(architecture).Value, 5000));
        Assert.Equal(Whole.Data.ToArray(), file.At(Whole.DataStart(architecture).Value, 9));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void The_loader_takes_every_program_that_is_made(Architecture architecture, string name)
    {
        Kernel kernel = Boot(architecture);
        ElfProgram program = Named[name];
        ElfImage image = ElfLoaderTests.Load(kernel, program.ToExecutable(architecture));
        Assert.Equal(program.TextStart(architecture) + (ulong)program.Entry, image.Entry);
        Assert.Equal(program.TextStart(architecture) + (ulong)program.Text.Length, image.EndCode);
        bool hasData = program.Data.Length > 0 || program.BssSize > 0;
        Assert.Equal(hasData ? 2 : 1, image.Segments.Count);
        Assert.Equal((hasData ? program.BssStart(architecture) + program.BssSize : image.EndCode).PageAlignUp, image.StartBrk);
    }

    [ToolTheory("readelf")]
    [MemberData(nameof(Programs))]
    public async Task Readelf_has_nothing_to_complain_about(Architecture architecture, string name)
    {
        using var file = new TemporaryFile();
        File.WriteAllBytes(file.Path, Named[name].ToExecutable(architecture));
        (string output, string errors) = await HostTool.Run("readelf", "-a", "-W", file.Path);
        Assert.Equal("", errors);
        Assert.DoesNotContain("Warning", output);
        Assert.DoesNotContain("Error", output);
        Assert.Matches(@"Type:\s+EXEC", output);
        Assert.Matches($@"Entry point address:\s+0x{Named[name].TextStart(architecture).Value + (ulong)Named[name].Entry:x}\n", output);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(5000)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void An_entry_outside_the_text_is_refused(int entry) =>
        Assert.Throws<InvalidOperationException>(() => (Whole with { Entry = entry }).ToExecutable(Architecture.I386));

    [Theory]
    [InlineData(Architecture.I386, 0x1_0000_0000)]
    [InlineData(Architecture.I386Pae, ulong.MaxValue)]
    [InlineData(Architecture.X8664, ulong.MaxValue)]
    public void A_bss_that_no_header_can_describe_is_refused(Architecture architecture, ulong size) =>
        Assert.Throws<InvalidOperationException>(() => (Whole with { BssSize = size }).ToExecutable(architecture));

    [Theory]
    [InlineData(Architecture.I386, 0xC000_0000)]
    [InlineData(Architecture.I386Pae, 0xF000_0000)]
    [InlineData(Architecture.X8664, 0x8000_0000_0000)]
    public void A_bss_that_reaches_the_kernel_is_ENOEXEC(Architecture architecture, ulong size)
    {
        Kernel kernel = Boot(architecture);
        ElfLoaderTests.Refused(kernel, (Whole with { BssSize = size }).ToExecutable(architecture));
    }
}
