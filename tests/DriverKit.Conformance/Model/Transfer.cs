using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Model;

/// <summary>A read or write, before it happens: from or to a position in a file, to or from a buffer.</summary>
internal sealed class Transfer
{
    /// <summary>No area of programs is longer.</summary>
    private const ulong MaxBufferPages = 64;

    public Transfer(UserProcess process, FileStatus file, long position, UserVirtualAddress buffer, ulong length)
    {
        StartsBeyondEnd = position > file.StSize;
        ulong pages = length / Place.PageSize + 2, first = (ulong)position / Place.PageSize, appended = (ulong)file.StSize / Place.PageSize;
        for (ulong i = 0; i < Math.Min(pages, MaxBufferPages) && !IsToItself; i++)
            IsToItself = PageOf(process, file, buffer.PageAlignDown + i * Place.PageSize) is { } page && (page - first < pages || page - appended < pages);
    }

    /// <summary>True when there is a gap between the end of the file and where it starts.</summary>
    public bool StartsBeyondEnd { get; }

    /// <summary>True when the buffer maps pages of the file that are read or written, at the position or, with O_APPEND, at the end.</summary>
    public bool IsToItself { get; }

    /// <summary>Which page of the file is mapped at an address; null for none.</summary>
    private static ulong? PageOf(UserProcess process, FileStatus file, UserVirtualAddress address) =>
        process.Mm.FindVma(address) is { VmFile.Inode: { } inode } vma && vma.VmStart <= address && inode.IIno == file.StIno && inode.FileSystem == file.StDev
            ? vma.VmPgoff + (address - vma.VmStart) / Place.PageSize
            : null;
}
