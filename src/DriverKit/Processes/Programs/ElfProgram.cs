using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>A small static program: makes the bytes of an ELF executable.</summary>
/// <remarks>The file has two segments, as a linker would make them; its text and data are mapped, not run: what a simulated process does is
/// written in C#.
/// <code>
///  0         32 or 64-bit base: 0x08048000 or 0x400000
///  +-----------+-----------+--------+ page +---------+----------+ page
///  |           |  headers  |  text  |      |  data   |   bss    |  heap …
///  +-----------+-----------+--------+      +---------+----------+
///                    r-x                         rw-
/// </code>
/// Source: elf(5).</remarks>
public sealed record ElfProgram
{
    private const ulong Base32 = 0x0804_8000;
    private const ulong Base64 = 0x0040_0000;
    private const int TextAlignment = 16;

    /// <summary>The machine code, or whatever is to lie in its place.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>Variables that start with a value.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Bytes of variables that start as zero; the file does not hold them.</summary>
    public ulong BssSize { get; init; }

    /// <summary>Where in the text the first instruction is, in bytes.</summary>
    public int Entry { get; init; }

    private bool HasData => Data.Length > 0 || BssSize > 0;

    /// <summary>The address of the first byte of the text.</summary>
    /// <param name="architecture">The machine the program is for.</param>
    public UserVirtualAddress TextStart(Architecture architecture) => new(Base(architecture) + (ulong)TextOffset(ElfFormat.For(architecture)));

    /// <summary>The address of the first byte of the data.</summary>
    /// <param name="architecture">The machine the program is for.</param>
    public UserVirtualAddress DataStart(Architecture architecture) => new(Base(architecture) + (ulong)DataOffset(ElfFormat.For(architecture)));

    /// <summary>The address of the first byte after the data.</summary>
    /// <param name="architecture">The machine the program is for.</param>
    public UserVirtualAddress BssStart(Architecture architecture) => DataStart(architecture) + (ulong)Data.Length;

    /// <summary>The bytes of the executable file.</summary>
    /// <param name="architecture">The machine the program is for; both 32-bit ones run the same file.</param>
    /// <exception cref="InvalidOperationException"><see cref="Entry"/> is outside the text, or <see cref="BssSize"/> goes past the last address
    /// a program header can hold.</exception>
    public byte[] ToExecutable(Architecture architecture)
    {
        if (Entry < 0 || Entry > Math.Max(0, Text.Length - 1))
            throw new InvalidOperationException($"The entry, 0x{Entry:x}, is outside the text of {Text.Length} bytes.");
        ElfFormat format = ElfFormat.For(architecture);
        ulong highest = format.Is64Bit ? ulong.MaxValue : uint.MaxValue;
        if (BssSize > highest - BssStart(architecture).Value)
            throw new InvalidOperationException($"A bss of 0x{BssSize:x} bytes does not fit in the address space.");

        var writer = new CStructWriter(format.Is64Bit);
        format.WriteHeader(writer, ElfType.Executable, TextStart(architecture).Value + (ulong)Entry, HasData ? 2 : 1);
        int text = TextOffset(format), data = DataOffset(format);
        ulong textSize = (ulong)(text + Text.Length);
        format.WriteSegment(writer, new(
            ElfSegmentType.Load, ElfSegmentFlags.Read | ElfSegmentFlags.Execute, 0, Base(architecture), textSize, textSize, PageGeometry.PageSize));
        if (HasData)
        {
            format.WriteSegment(writer, new(
                ElfSegmentType.Load, ElfSegmentFlags.Read | ElfSegmentFlags.Write, (ulong)data, DataStart(architecture).Value,
                (ulong)Data.Length, (ulong)Data.Length + BssSize, PageGeometry.PageSize));
        }

        writer.Zero(text - writer.Length);
        writer.Bytes(Text.Span);
        if (Data.Length > 0)
        {
            writer.Zero(data - writer.Length);
            writer.Bytes(Data.Span);
        }

        return writer.ToArray();
    }

    private static ulong Base(Architecture architecture) => ElfFormat.For(architecture).Is64Bit ? Base64 : Base32;

    private int TextOffset(ElfFormat format)
    {
        int headers = format.HeaderSize + (HasData ? 2 : 1) * format.SegmentHeaderSize;
        return (headers + TextAlignment - 1) & -TextAlignment;
    }

    /// <summary>The data starts a page of its own, in the file as in memory.</summary>
    private int DataOffset(ElfFormat format) => checked((int)PageGeometry.AlignUp((ulong)TextOffset(format) + (ulong)Text.Length));
}
