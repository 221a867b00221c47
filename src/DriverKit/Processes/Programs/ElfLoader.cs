using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>Reads the headers of a program file for execve.</summary>
/// <remarks>The model runs static programs only: a file that needs a dynamic linker or may lie anywhere (ET_DYN) is ENOEXEC. Linux kills a
/// process whose segments turn out wrong half-way; here a file is refused while the old program is still there. Source:
/// <c>load_elf_binary</c>, fs/binfmt_elf.c of Linux 2.6.20; elf(5).</remarks>
internal static class ElfLoader
{
    /// <summary>What program headers may take, 64 KiB.</summary>
    private const int MaxSegmentHeaders = 1 << 16;

    /// <summary>Checks a file and says what to map.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="layout">The machine it is to run on.</param>
    /// <param name="image">What to map; null on an error.</param>
    /// <returns>0, or ENOEXEC for a file that is not a program of this machine or is malformed.</returns>
    public static KernelResult Parse(ReadOnlySpan<byte> file, MemoryLayout layout, out ElfImage? image)
    {
        image = null;
        ElfFormat format = ElfFormat.For(layout.Architecture);
        if (!format.TryReadHeader(file, out ulong entry, out ulong table, out int count) || entry >= layout.TaskSize)
            return -Errno.ENOEXEC;
        int size = format.SegmentHeaderSize;
        if (count == 0 || count > MaxSegmentHeaders / size || !IsInside(table, (ulong)(count * size), (ulong)file.Length))
            return -Errno.ENOEXEC;

        var segments = new List<ElfSegment>();
        ulong headers = 0, end = 0;
        for (int i = 0; i < count; i++)
        {
            ElfSegment segment = format.ReadSegment(file.Slice((int)table + i * size, size));
            if (segment.Type == ElfSegmentType.Interpreter)
                return -Errno.ENOEXEC;
            if (segment.Type != ElfSegmentType.Load || segment is { MemorySize: 0, FileSize: 0 })
                continue;
            if (!IsLoadable(segment, end, layout.TaskSize, (ulong)file.Length))
                return -Errno.ENOEXEC;
            segments.Add(segment);
            end = PageGeometry.AlignUp(segment.VirtualAddress + segment.MemorySize);
            if (segment.Offset <= table && table - segment.Offset < segment.FileSize)
                headers = segment.VirtualAddress + (table - segment.Offset);
        }

        if (segments.Count == 0)
            return -Errno.ENOEXEC;
        image = new ElfImage(format, new(entry), new(headers), count, segments);
        return 0;
    }

    /// <summary>True for a segment above the one before it, in user space, whose bytes the file has and can be mapped page by page.</summary>
    private static bool IsLoadable(in ElfSegment segment, ulong end, ulong taskSize, ulong fileSize) =>
        segment.FileSize <= segment.MemorySize
        && IsInside(segment.VirtualAddress, segment.MemorySize, taskSize)
        && (segment.VirtualAddress & PageGeometry.PageMask) >= end
        && (segment.FileSize == 0
            || (IsInside(segment.Offset, segment.FileSize, fileSize)
                && ((segment.Offset ^ segment.VirtualAddress) & ~PageGeometry.PageMask) == 0));

    private static bool IsInside(ulong start, ulong length, ulong size) => start <= size && length <= size - start;
}
