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

    /// <summary>Bytes at the start of a file that hold its header.</summary>
    public const int HeaderSize = 64;

    /// <summary>Where the program headers are.</summary>
    /// <param name="start">The first <see cref="HeaderSize"/> bytes of the file, or all of it.</param>
    /// <param name="fileSize">Bytes of the file.</param>
    /// <param name="layout">The machine it is to run on.</param>
    /// <param name="offset">Where they start in the file.</param>
    /// <param name="length">Their bytes.</param>
    /// <returns>0, or ENOEXEC for a file that is not a program of this machine.</returns>
    public static KernelResult FindHeaders(ReadOnlySpan<byte> start, ulong fileSize, MemoryLayout layout, out ulong offset, out int length)
    {
        ElfFormat format = ElfFormat.For(layout.Architecture);
        length = 0;
        if (!format.TryReadHeader(start, out ulong entry, out offset, out int count) || entry >= layout.TaskSize)
            return -Errno.ENOEXEC;
        int size = format.SegmentHeaderSize;
        if (count == 0 || count > MaxSegmentHeaders / size || !IsInside(offset, (ulong)(count * size), fileSize))
            return -Errno.ENOEXEC;
        length = count * size;
        return 0;
    }

    /// <summary>Checks the headers of a file and says what to map.</summary>
    /// <param name="start">The first <see cref="HeaderSize"/> bytes of the file.</param>
    /// <param name="headers">The program headers, from where <see cref="FindHeaders"/> says.</param>
    /// <param name="fileSize">Bytes of the file.</param>
    /// <param name="layout">The machine it is to run on.</param>
    /// <param name="image">What to map; null on an error.</param>
    /// <returns>0, or ENOEXEC for a file that is malformed.</returns>
    public static KernelResult Parse(ReadOnlySpan<byte> start, ReadOnlySpan<byte> headers, ulong fileSize, MemoryLayout layout, out ElfImage? image)
    {
        image = null;
        ElfFormat format = ElfFormat.For(layout.Architecture);
        format.TryReadHeader(start, out ulong entry, out ulong table, out int count);
        int size = format.SegmentHeaderSize;
        var segments = new List<ElfSegment>();
        ulong address = 0, end = 0;
        for (int i = 0; i < count; i++)
        {
            ElfSegment segment = format.ReadSegment(headers.Slice(i * size, size));
            if (segment.Type == ElfSegmentType.Interpreter)
                return -Errno.ENOEXEC;
            if (segment.Type != ElfSegmentType.Load || segment is { MemorySize: 0, FileSize: 0 })
                continue;
            if (!IsLoadable(segment, end, layout.TaskSize, fileSize))
                return -Errno.ENOEXEC;
            segments.Add(segment);
            end = PageGeometry.AlignUp(segment.VirtualAddress + segment.MemorySize);
            if (segment.Offset <= table && table - segment.Offset < segment.FileSize)
                address = segment.VirtualAddress + (table - segment.Offset);
        }

        if (segments.Count == 0)
            return -Errno.ENOEXEC;
        image = new ElfImage(format, new(entry), new(address), count, segments);
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
