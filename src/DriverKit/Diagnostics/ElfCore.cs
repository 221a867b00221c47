using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Processes;

namespace DriverKit.Diagnostics;

/// <summary>Writes the memory of a process as an ELF core file.</summary>
/// <remarks><code>
///  +--------+-----------------+-------+---- page ----+----------+-----+
///  | header | program headers | notes |              | area     | …   |
///  +--------+-----------------+-------+--------------+----------+-----+
///             PT_NOTE, then a PT_LOAD an area          what MayDump lets in, zeros for pages that are nowhere
/// </code>
/// It reads memory beside the processor: nothing of the machine changes.
/// Source: <c>elf_core_dump</c>, fs/binfmt_elf.c of Linux 2.6.20; core(5), elf(5).</remarks>
internal sealed class ElfCore(Architecture architecture, PageTables tables, MemoryPeek peek)
{
    /// <summary>Program headers and notes are aligned to a word in both classes.</summary>
    private const ulong NoteAlignment = 4;

    private readonly ElfFormat _format = ElfFormat.For(architecture);

    /// <summary>Writes the whole file from where the stream stands.</summary>
    public void Write(UserProcess process, Stream destination)
    {
        VmAreaStruct[] areas = [.. process.Mm.Mmap];
        byte[] notes = new CoreNotes(_format, peek).Of(process, areas);
        ElfSegment[] segments = Segments(areas, (ulong)notes.Length, out ulong end);

        var headers = new CStructWriter(_format.Is64Bit);
        _format.WriteHeader(headers, ElfType.Core, 0, segments.Length, end);
        foreach (ElfSegment segment in segments)
            _format.WriteSegment(headers, segment);

        var output = new SparseOutput(destination);
        output.Write(headers.ToArray());
        output.Write(notes);
        output.AlignToPage();
        for (int i = 0; i < areas.Length; i++)
            WriteContents(output, process.Mm, areas[i], segments[i + 1]);
        if (segments.Length >= ElfFormat.ExtendedCount)
            output.Write(_format.SectionWithSegmentCount(segments.Length));
        output.Complete();
    }

    /// <summary>The notes first, then every area; the contents of one follow those of the one before it.</summary>
    /// <param name="areas">The areas, in order of address.</param>
    /// <param name="notes">Bytes of notes.</param>
    /// <param name="end">Where the contents of the last one end.</param>
    private ElfSegment[] Segments(VmAreaStruct[] areas, ulong notes, out ulong end)
    {
        ulong start = (ulong)_format.HeaderSize + (ulong)(areas.Length + 1) * (ulong)_format.SegmentHeaderSize;
        var segments = new ElfSegment[areas.Length + 1];
        segments[0] = new(ElfSegmentType.Note, ElfSegmentFlags.None, start, 0, notes, 0, NoteAlignment);
        end = PageGeometry.AlignUp(start + notes);
        for (int i = 0; i < areas.Length; i++)
        {
            VmAreaStruct area = areas[i];
            ulong size = MayDump(area) ? area.Length : 0;
            segments[i + 1] = new(ElfSegmentType.Load, FlagsOf(area), end, area.VmStart.Value, size, area.Length, PageGeometry.PageSize);
            end += size;
        }

        return segments;
    }

    /// <summary><c>maydump</c>: device memory never (the driver said VM_IO or VM_RESERVED), shared memory only if no file name leads to it,
    /// private memory once it has been written to.</summary>
    /// <remarks>The rule of 2.6.20, because VM_RESERVED is of that time. Today's, with the usual coredump_filter, differs in two things: VM_DONTDUMP stands
    /// for VM_RESERVED, and the first page of a mapped ELF file is written too.</remarks>
    private static bool MayDump(VmAreaStruct area)
    {
        if (area.Has(VmFlags.Io | VmFlags.Reserved | VmFlags.DontDump))
            return false;
        return area.Has(VmFlags.Shared) ? area.VmFile is { Inode.INlink: 0 } : area.AnonVma is not null;
    }

    private static ElfSegmentFlags FlagsOf(VmAreaStruct area) =>
        (area.Has(VmFlags.Read) ? ElfSegmentFlags.Read : 0)
        | (area.Has(VmFlags.Write) ? ElfSegmentFlags.Write : 0)
        | (area.Has(VmFlags.Exec) ? ElfSegmentFlags.Execute : 0);

    /// <summary>Every page that is not all zeros by its nature: those in memory, in swap, and in the file that the area maps.</summary>
    private void WriteContents(SparseOutput output, MmStruct mm, VmAreaStruct area, in ElfSegment segment)
    {
        ulong done = segment.VirtualAddress, end = done + segment.FileSize;
        byte[] buffer = new byte[PageGeometry.PageSize];
        bool hasFile = area.VmFile?.Inode.IMapping is not null;
        for (ulong address = done; hasFile ? address < end : tables.NextEntry(mm, ref address, end, out _); address += PageGeometry.PageSize)
        {
            ReadOnlySpan<byte> contents = peek.Page(mm, area, new(address), buffer);
            if (contents.IsEmpty)
                continue;
            output.Skip(address - done);
            output.Write(contents);
            done = address + PageGeometry.PageSize;
        }

        output.Skip(end - done);
    }
}
