using System.Buffers.Binary;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Programs;

/// <summary>What execve takes for a program, and what it refuses.</summary>
public sealed class ElfLoaderTests : KernelTest
{
    private static readonly ElfProgram Program = new()
    {
        Text = new byte[100],
        Data = new byte[200],
        BssSize = 5000,
        Entry = 4,
    };

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void An_image_says_what_to_map_and_where_things_are(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        bool is64Bit = architecture == Architecture.X8664;
        (ulong start, int headers, int size) = is64Bit ? (0x400000ul, 64, 56) : (0x8048000ul, 52, 32);
        ElfImage image = Load(kernel, Program.ToExecutable(architecture));
        ulong text = start + (is64Bit ? 176ul : 128), data = start + PageSize;
        Assert.Equal((text + 4, start, text + 100), (image.Entry.Value, image.StartCode.Value, image.EndCode.Value));
        Assert.Equal((data, data + 200, data + 2 * PageSize), (image.StartData.Value, image.EndData.Value, image.StartBrk.Value));
        Assert.Equal(
            [
                new(ElfSegmentType.Load, ElfSegmentFlags.Read | ElfSegmentFlags.Execute, 0, start, text + 100 - start, text + 100 - start, PageSize),
                new(ElfSegmentType.Load, ElfSegmentFlags.Read | ElfSegmentFlags.Write, PageSize, data, 200, 5200, PageSize),
            ],
            image.Segments);
        Assert.Equal(start + (ulong)headers, Aux(AuxType.ProgramHeaders));
        Assert.Equal(((ulong)size, 2ul, text + 4), (Aux(AuxType.ProgramHeaderSize), Aux(AuxType.ProgramHeaderCount), Aux(AuxType.Entry)));
        Assert.Equal((4096ul, 100ul, 0ul), (Aux(AuxType.PageSize), Aux(AuxType.ClockTicks), Aux(AuxType.InterpreterBase)));

        ulong Aux(AuxType type) => image.AuxiliaryVector.Single(entry => entry.Type == type).Value;
    }

    [Theory]
    [InlineData(Architecture.I386, Architecture.X8664)]
    [InlineData(Architecture.I386Pae, Architecture.X8664)]
    [InlineData(Architecture.X8664, Architecture.I386)]
    public void A_program_of_another_machine_is_ENOEXEC(Architecture machine, Architecture file)
    {
        Kernel kernel = Boot(machine);
        Refused(kernel, Program.ToExecutable(file));
    }

    [Fact]
    public void Both_32_bit_machines_run_the_same_file() =>
        Assert.Equal(Program.ToExecutable(Architecture.I386), Program.ToExecutable(Architecture.I386Pae));

    [Fact]
    public void A_text_file_or_an_empty_file_is_ENOEXEC()
    {
        Kernel kernel = Boot();
        Refused(kernel, []);
        Refused(kernel, "#!/bin/sh\nexec true, in a file that is long enough for a header\n"u8.ToArray());
    }

    /// <summary>Offsets in the 32-bit file: e_type 16, e_machine 18, e_entry 24, e_phoff 28, e_phentsize 42, e_phnum 44; the second program header
    /// starts at 84: p_type, p_offset 88, p_vaddr 92, p_filesz 100, p_memsz 104.</summary>
    [Theory]
    [InlineData("not an executable", 16, 2, 3)]
    [InlineData("a core file", 16, 2, 4)]
    [InlineData("another processor", 18, 2, 8)]
    [InlineData("no magic", 0, 1, 0x7e)]
    [InlineData("entry in the kernel", 24, 4, 0xC000_0000)]
    [InlineData("headers past the end", 28, 4, 0x7FFF_FFFF)]
    [InlineData("headers half past the end", 28, 4, 4096 + 200 - 63)]
    [InlineData("headers of another size", 42, 2, 56)]
    [InlineData("no header", 44, 2, 0)]
    [InlineData("a dynamic linker", 84, 4, 3)]
    [InlineData("offset past the end", 88, 4, 8192)]
    [InlineData("offset and address at different places in the page", 88, 4, 4095)]
    [InlineData("address in the kernel", 92, 4, 0xC000_1000)]
    [InlineData("address in the last page", 92, 4, 0xFFFF_F000)]
    [InlineData("address below the text", 92, 4, 0x0804_7000)]
    [InlineData("address on the page of the text", 92, 4, 0x0804_8000)]
    [InlineData("more in the file than in memory", 100, 4, 5201)]
    [InlineData("more in the file than the file has", 100, 4, 5200)]
    [InlineData("memory that wraps", 104, 4, 0xFFFF_FFFF)]
    [InlineData("memory up to the kernel and one byte", 104, 4, 0xC000_0000 - 0x0804_9000 + 1)]
    public void A_malformed_file_is_ENOEXEC(string what, int at, int width, uint value)
    {
        Kernel kernel = Boot();
        byte[] file = Program.ToExecutable(Architecture.I386);
        Load(kernel, file);
        Put(file, at, width, value);
        Assert.True(Parse(kernel, file, out _) == -ENOEXEC, what);
    }

    /// <summary>The twins of the cases above, one step on the good side.</summary>
    [Theory]
    [InlineData("last address as entry", 24, 4, 0xBFFF_FFFF)]
    [InlineData("headers at the very end", 28, 4, 4096 + 200 - 64)]
    [InlineData("all of the data in the file", 104, 4, 200)]
    [InlineData("memory up to the kernel", 104, 4, 0xC000_0000 - 0x0804_9000)]
    [InlineData("the class in e_ident, which Linux does not look at", 4, 1, 2)]
    [InlineData("the second segment is a note", 84, 4, 4)]
    [InlineData("the first segment is a note", 52, 4, 4)]
    public void A_file_at_the_edge_is_taken(string what, int at, int width, uint value)
    {
        Kernel kernel = Boot();
        byte[] file = Program.ToExecutable(Architecture.I386);
        if (what == "headers at the very end")
            file.AsSpan(52, 64).CopyTo(file.AsSpan(4096 + 200 - 64));
        Put(file, at, width, value);
        Assert.True(Parse(kernel, file, out ElfImage? image).IsSuccess && image!.Segments.Count > 0, what);
    }

    [Fact]
    public void Program_headers_may_take_64_KiB()
    {
        const int Text = 128;
        Kernel kernel = Boot();
        byte[] file = (Program with { Text = new byte[70_000] }).ToExecutable(Architecture.I386);
        file.AsSpan(52, 64).CopyTo(file.AsSpan(Text));
        Put(file, 28, 4, Text);
        Put(file, 44, 2, 2048);
        Assert.Equal((2, 2048), (Load(kernel, file).Segments.Count, Load(kernel, file).ProgramHeaderCount));
        Put(file, 44, 2, 2049);
        Refused(kernel, file);
    }

    [Fact]
    public void A_file_without_anything_to_load_is_ENOEXEC()
    {
        Kernel kernel = Boot();
        byte[] file = Program.ToExecutable(Architecture.I386);
        Put(file, 52, 4, 4);
        Put(file, 84, 4, 4);
        Refused(kernel, file);
    }

    [Fact]
    public void A_file_cut_anywhere_before_its_last_byte_is_ENOEXEC()
    {
        foreach (Architecture architecture in new[] { Architecture.I386, Architecture.X8664 })
        {
            Kernel kernel = Boot(architecture);
            byte[] file = Program.ToExecutable(architecture);
            for (int length = 0; length < file.Length; length++)
                Refused(kernel, file[..length]);
        }
    }

    [Theory]
    [InlineData(Architecture.I386)]
    [InlineData(Architecture.X8664)]
    public void Random_and_damaged_files_are_loaded_soundly_or_refused_and_nothing_else(Architecture architecture)
    {
        const int Files = 50_000;
        Kernel kernel = Boot(architecture);
        byte[] good = Program.ToExecutable(architecture);
        int headers = architecture == Architecture.X8664 ? 176 : 116, taken = 0, refused = 0;
        ulong[] interesting = [0, 1, 0x7F, 0x80, 0xFF, 0xFFF, 0x1000, 0x7FFF_FFFF, 0x8000_0000, 0xBFFF_F000, 0xFFFF_FFFF, 0x7FFF_FFFF_F000, long.MaxValue, ulong.MaxValue];
        var random = new Random(20);
        for (int i = 0; i < Files; i++)
        {
            byte[] file;
            if (i % 10 == 0)
            {
                file = new byte[random.Next(300)];
                random.NextBytes(file);
                if (i % 20 == 0)
                    good.AsSpan(0, Math.Min(file.Length, 20)).CopyTo(file);
            }
            else
            {
                file = good[..(i % 7 == 0 ? random.Next(good.Length) : good.Length)];
                for (int damage = random.Next(1, 4); damage > 0 && file.Length >= headers + 8; damage--)
                {
                    byte[] value = BitConverter.GetBytes(interesting[random.Next(interesting.Length)]);
                    int width = 1 << random.Next(4);
                    value.AsSpan(0, width).CopyTo(file.AsSpan(random.Next(2) == 0 ? random.Next(headers) : random.Next(headers / 4) * 4));
                }
            }

            KernelResult result = Parse(kernel, file, out ElfImage? image);
            if (result.IsSuccess)
            {
                CheckSound(image!, file, kernel.Memory.Layout.TaskSize);
                taken++;
            }
            else
            {
                Assert.True(result == -ENOEXEC && image is null, $"file {i}: {result}");
                refused++;
            }
        }

        Assert.True(taken > Files / 20 && refused > Files / 5, $"{taken} taken, {refused} refused");
    }

    internal static ElfImage Load(Kernel kernel, byte[] file)
    {
        Assert.True(Parse(kernel, file, out ElfImage? image).IsSuccess);
        return image!;
    }

    internal static void Refused(Kernel kernel, byte[] file)
    {
        Assert.Equal(-ENOEXEC, Parse(kernel, file, out ElfImage? image));
        Assert.Null(image);
    }

    private static KernelResult Parse(Kernel kernel, byte[] file, out ElfImage? image)
    {
        image = null;
        byte[] start = file[..Math.Min(file.Length, ElfLoader.HeaderSize)];
        KernelResult found = ElfLoader.FindHeaders(start, (ulong)file.Length, kernel.Memory.Layout, out ulong offset, out int length);
        return found.IsError ? found : ElfLoader.Parse(start, file.AsSpan((int)offset, length), (ulong)file.Length, kernel.Memory.Layout, out image);
    }

    private static void Put(byte[] file, int at, int width, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        bytes[..width].CopyTo(file.AsSpan(at));
    }

    /// <summary>What whoever maps the segments relies on, with arithmetic that cannot wrap.</summary>
    private static void CheckSound(ElfImage image, byte[] file, UInt128 taskSize)
    {
        UInt128 end = 0;
        Assert.NotEmpty(image.Segments);
        Assert.True(image.Entry.Value < taskSize);
        foreach (ElfSegment segment in image.Segments)
        {
            UInt128 address = segment.VirtualAddress;
            Assert.True(segment.MemorySize > 0 && segment.FileSize <= segment.MemorySize);
            Assert.True(address / PageSize * PageSize >= end);
            end = (address + segment.MemorySize + PageSize - 1) / PageSize * PageSize;
            Assert.True(end <= taskSize);
            if (segment.FileSize > 0)
                Assert.True((UInt128)segment.Offset + segment.FileSize <= (UInt128)file.Length && segment.Offset % PageSize == segment.VirtualAddress % PageSize);
        }

        Assert.Equal(end, image.StartBrk.Value);
    }
}
