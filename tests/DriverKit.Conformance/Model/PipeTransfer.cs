using DriverKit.Conformance.Programs;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Vfs;

namespace DriverKit.Conformance.Model;

/// <summary>What a step copies out of a pipe, before it happens.</summary>
internal static class PipeTransfer
{
    /// <summary>No area of programs is longer.</summary>
    private const ulong MaxBufferPages = 64;

    /// <summary>True when a page that is in the pipe is mapped where the bytes are going to.</summary>
    public static bool IsToItself(Kernel kernel, UserProcess process, OpenFile? source, UserVirtualAddress buffer, ulong length)
    {
        HashSet<Page> pages = PagesOf(source);
        PageTables tables = kernel.VirtualMemory.Tables;
        for (ulong i = 0; pages.Count != 0 && i < Math.Min(length / Place.PageSize + 2, MaxBufferPages); i++)
        {
            ulong address = unchecked(buffer.PageAlignDown.Value + i * Place.PageSize);
            if (address < process.Mm.TaskSize && tables.TryFind(process.Mm, address, out PhysicalAddress where) && tables.Read(where) is { IsResident: true } entry
                && tables.NormalPage(entry) is { } page && pages.Contains(page))
                return true;
        }

        return false;
    }

    /// <summary>True when a page of the file that the bytes are going to is in the pipe.</summary>
    public static bool IsToItself(OpenFile? source, OpenFile? destination) =>
        destination?.Inode.IMapping is { } mapping && PagesOf(source).Any(page => page.Mapping == mapping);

    private static HashSet<Page> PagesOf(OpenFile? source) =>
        source is not null && PipeFiles.Of(source) is { } pipe ? [.. Enumerable.Range(0, pipe.Nrbufs).Select(i => pipe.At(i).Page!)] : [];
}
