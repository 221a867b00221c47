using DriverKit.Hardware;

namespace DriverKit.Processes;

/// <summary>What an ELF file is for (<c>e_type</c>).</summary>
internal enum ElfType : ushort
{
    /// <summary><c>ET_EXEC</c>: a program linked to fixed addresses.</summary>
    Executable = 2,

    /// <summary><c>ET_CORE</c>: the memory of a process.</summary>
    Core = 4,
}

/// <summary>What a segment is for (<c>p_type</c>).</summary>
internal enum ElfSegmentType : uint
{
    /// <summary><c>PT_LOAD</c>: a range of memory.</summary>
    Load = 1,

    /// <summary><c>PT_INTERP</c>: the path of the dynamic linker.</summary>
    Interpreter = 3,

    /// <summary><c>PT_NOTE</c>: facts beside the memory.</summary>
    Note = 4,
}

/// <summary>What a segment allows (<c>p_flags</c>).</summary>
[Flags]
internal enum ElfSegmentFlags : uint
{
    None = 0,

    /// <summary><c>PF_X</c>.</summary>
    Execute = 1,

    /// <summary><c>PF_W</c>.</summary>
    Write = 2,

    /// <summary><c>PF_R</c>.</summary>
    Read = 4,
}

/// <summary>A program header: a part of the file and its place in memory. Sizes and offsets are in bytes.</summary>
/// <param name="Type"><c>p_type</c>.</param>
/// <param name="Flags"><c>p_flags</c>.</param>
/// <param name="Offset"><c>p_offset</c>: where in the file it starts.</param>
/// <param name="VirtualAddress"><c>p_vaddr</c>.</param>
/// <param name="FileSize"><c>p_filesz</c>: bytes in the file.</param>
/// <param name="MemorySize"><c>p_memsz</c>: bytes in memory; what the file does not have is zero.</param>
/// <param name="Alignment"><c>p_align</c>.</param>
internal readonly record struct ElfSegment(
    ElfSegmentType Type, ElfSegmentFlags Flags, ulong Offset, ulong VirtualAddress, ulong FileSize, ulong MemorySize, ulong Alignment);

/// <summary>ELF files of one architecture: the machine's number, the sizes of the headers, and how to write and read them.</summary>
/// <remarks>The two classes differ in the width of addresses and in the place of <c>p_flags</c>. Source: elf(5).</remarks>
internal readonly record struct ElfFormat(bool Is64Bit)
{
    /// <summary><c>PN_XNUM</c>: in <c>e_phnum</c>, says that the number of segments stands in the first section header.</summary>
    public const int ExtendedCount = 0xFFFF;

    private const int IdentSize = 16;

    public static ElfFormat For(Architecture architecture) => new(architecture == Architecture.X8664);

    /// <summary><c>EM_386</c> or <c>EM_X86_64</c>.</summary>
    public ushort Machine => Is64Bit ? (ushort)62 : (ushort)3;

    public int PointerSize => Is64Bit ? 8 : 4;

    public int HeaderSize => Is64Bit ? 64 : 52;

    public int SegmentHeaderSize => Is64Bit ? 56 : 32;

    public int SectionHeaderSize => Is64Bit ? 64 : 40;

    /// <summary>The first bytes of every ELF file.</summary>
    private static ReadOnlySpan<byte> Magic => "\u007fELF"u8;

    /// <summary>Writes the file's header; the program headers follow it.</summary>
    /// <param name="writer">Where the file starts.</param>
    /// <param name="type">What the file is for.</param>
    /// <param name="entry">The address of the first instruction.</param>
    /// <param name="segments">How many program headers follow.</param>
    /// <param name="sections">Where in the file the section header stands that holds the number of segments, if that needs one; else not used.</param>
    public void WriteHeader(CStructWriter writer, ElfType type, ulong entry, int segments, ulong sections = 0)
    {
        bool extended = segments >= ExtendedCount;
        writer.Bytes(Magic);
        writer.Char(Is64Bit ? (byte)2 : (byte)1);
        writer.Char(1); // little-endian
        writer.Char(1); // EV_CURRENT
        writer.Zero(IdentSize - writer.Length);
        writer.Short((ushort)type);
        writer.Short(Machine);
        writer.Int(1); // EV_CURRENT
        writer.Long(entry);
        writer.Long((ulong)HeaderSize);
        writer.Long(extended ? sections : 0);
        writer.Int(0); // e_flags
        writer.Short((ushort)HeaderSize);
        writer.Short((ushort)SegmentHeaderSize);
        writer.Short((ushort)Math.Min(segments, ExtendedCount));
        writer.Short(extended ? (ushort)SectionHeaderSize : (ushort)0);
        writer.Short(extended ? (ushort)1 : (ushort)0);
        writer.Short(0); // e_shstrndx
    }

    public void WriteSegment(CStructWriter writer, in ElfSegment segment)
    {
        writer.Int((uint)segment.Type);
        if (Is64Bit)
            writer.Int((uint)segment.Flags);
        writer.Long(segment.Offset);
        writer.Long(segment.VirtualAddress);
        writer.Long(0); // p_paddr
        writer.Long(segment.FileSize);
        writer.Long(segment.MemorySize);
        if (!Is64Bit)
            writer.Int((uint)segment.Flags);
        writer.Long(segment.Alignment);
    }

    /// <summary>The section header whose <c>sh_info</c> holds the number of segments when <c>e_phnum</c> cannot.</summary>
    public byte[] SectionWithSegmentCount(int segments)
    {
        var writer = new CStructWriter(Is64Bit);
        writer.Int(0); // sh_name
        writer.Int(0); // sh_type: SHT_NULL
        writer.Long(0); // sh_flags
        writer.Long(0); // sh_addr
        writer.Long(0); // sh_offset
        writer.Long(1); // sh_size: e_shnum once more
        writer.Int(0); // sh_link: e_shstrndx once more
        writer.Int((uint)segments); // sh_info
        writer.Zero(SectionHeaderSize - writer.Length);
        return writer.ToArray();
    }

    /// <summary>Reads what execve needs of the file's header; false when the file is not an ELF program of this machine.</summary>
    /// <remarks>As in Linux, the machine and the sizes of the headers decide; the class and the byte order in <c>e_ident</c> are not looked at.</remarks>
    public bool TryReadHeader(ReadOnlySpan<byte> file, out ulong entry, out ulong segments, out int count)
    {
        entry = segments = 0;
        count = 0;
        if (file.Length < HeaderSize || !file.StartsWith(Magic))
            return false;
        var reader = new CStructReader(file, Is64Bit);
        reader.Skip(IdentSize);
        if (reader.Short() != (ushort)ElfType.Executable || reader.Short() != Machine)
            return false;
        reader.Int(); // e_version
        entry = reader.Long();
        segments = reader.Long();
        reader.Long(); // e_shoff
        reader.Int(); // e_flags
        reader.Short(); // e_ehsize
        bool sizesMatch = reader.Short() == SegmentHeaderSize;
        count = reader.Short();
        return sizesMatch;
    }

    public ElfSegment ReadSegment(ReadOnlySpan<byte> header)
    {
        var reader = new CStructReader(header, Is64Bit);
        var type = (ElfSegmentType)reader.Int();
        uint flags = Is64Bit ? reader.Int() : 0;
        ulong offset = reader.Long(), address = reader.Long();
        reader.Long(); // p_paddr
        ulong fileSize = reader.Long(), memorySize = reader.Long();
        if (!Is64Bit)
            flags = reader.Int();
        return new(type, (ElfSegmentFlags)flags, offset, address, fileSize, memorySize, reader.Long());
    }
}
