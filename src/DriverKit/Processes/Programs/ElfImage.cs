using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>A program file as execve understood it: what to map where, and where to start.</summary>
/// <param name="Format">The class and machine of the file.</param>
/// <param name="Entry">The address of the first instruction.</param>
/// <param name="ProgramHeaders">Where in memory the program headers come to lie; null when no segment holds them.</param>
/// <param name="ProgramHeaderCount">How many program headers the file has, of all types.</param>
/// <param name="Segments">What to load, at least one, in order of address; no two share a page, and none is empty.</param>
internal sealed record ElfImage(
    ElfFormat Format, UserVirtualAddress Entry, UserVirtualAddress ProgramHeaders, int ProgramHeaderCount, IReadOnlyList<ElfSegment> Segments)
{
    /// <summary><c>start_code</c>: the lowest address of the program.</summary>
    public UserVirtualAddress StartCode => new(Segments[0].VirtualAddress);

    /// <summary><c>end_code</c>: where the last executable bytes of the file end; the start of the code when there are none.</summary>
    public UserVirtualAddress EndCode => new(Segments.Where(s => (s.Flags & ElfSegmentFlags.Execute) != 0).Select(EndInFile).LastOrDefault(StartCode.Value));

    /// <summary><c>start_data</c>: the start of the highest segment.</summary>
    public UserVirtualAddress StartData => new(Segments[^1].VirtualAddress);

    /// <summary><c>end_data</c>: where the bytes of the file end.</summary>
    public UserVirtualAddress EndData => new(EndInFile(Segments[^1]));

    /// <summary><c>start_brk</c>: the first page above the program, where the heap starts.</summary>
    public UserVirtualAddress StartBrk => new UserVirtualAddress(Segments[^1].VirtualAddress + Segments[^1].MemorySize).PageAlignUp;

    /// <summary>The auxiliary vector of the program, without AT_EXECFN and AT_NULL.</summary>
    /// <remarks>Source: <c>create_elf_tables</c>, fs/binfmt_elf.c of Linux 2.6.20.</remarks>
    public IReadOnlyList<AuxEntry> AuxiliaryVector =>
    [
        .. AuxEntry.OfAnyProcess,
        new(AuxType.ProgramHeaders, ProgramHeaders.Value),
        new(AuxType.ProgramHeaderSize, (ulong)Format.SegmentHeaderSize),
        new(AuxType.ProgramHeaderCount, (ulong)ProgramHeaderCount),
        new(AuxType.InterpreterBase, 0),
        new(AuxType.Flags, 0),
        new(AuxType.Entry, Entry.Value),
    ];

    private static ulong EndInFile(ElfSegment segment) => segment.VirtualAddress + segment.FileSize;
}
