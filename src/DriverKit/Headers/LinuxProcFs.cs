using DriverKit.Contracts;
using DriverKit.Vfs;

namespace DriverKit.Headers;

/// <summary><c>linux/proc_fs.h</c>: a driver's files in /proc. Process context; may sleep.</summary>
/// <remarks>Whatever is made must be removed in the module's Exit. Source: fs/proc/generic.c of Linux 2.6.20.</remarks>
public static class LinuxProcFs
{
    /// <summary><c>create_proc_entry(name, mode, parent)</c>: a file; set its operations, or read_proc and write_proc.</summary>
    /// <param name="name">Without a parent, it may lead through directories: <c>driver/name</c>.</param>
    /// <param name="mode">Who may do what; 0: everybody may read.</param>
    /// <param name="parent">The directory; null: /proc.</param>
    /// <returns>The entry; null for a bad or a taken name, or a directory that is not there.</returns>
    [MustCheck]
    [MightSleep]
    public static ProcDirEntry? CreateProcEntry(
        [AllocatesWith(Allocator.ProcEntry, KeyParameter = nameof(parent))] string name,
        UnixFileMode mode,
        ProcDirEntry? parent) =>
        Kernel.Current("create_proc_entry").ProcEntries.Create(name, mode, parent);

    /// <summary><c>create_proc_read_entry(name, mode, base, read_proc, data)</c>: a file that read_proc makes.</summary>
    /// <param name="name">Without a parent, it may lead through directories: <c>driver/name</c>.</param>
    /// <param name="mode">Who may do what; 0: everybody may read.</param>
    /// <param name="parent">The directory; null: /proc.</param>
    /// <param name="readProc">Makes the contents.</param>
    /// <param name="data">What it is called with.</param>
    /// <returns>The entry; null for a bad or a taken name, or a directory that is not there.</returns>
    [MightSleep]
    public static ProcDirEntry? CreateProcReadEntry(
        [AllocatesWith(Allocator.ProcEntry, KeyParameter = nameof(parent))] string name,
        UnixFileMode mode,
        ProcDirEntry? parent,
        ReadProc readProc,
        object? data)
    {
        if (Kernel.Current("create_proc_read_entry").ProcEntries.Create(name, mode, parent) is not { } entry)
            return null;
        entry.ReadProc = readProc;
        entry.Data = data;
        return entry;
    }

    /// <summary><c>proc_mkdir(name, parent)</c>: a directory.</summary>
    /// <returns>The entry, the parent of others; null for a bad or a taken name, or a directory that is not there.</returns>
    [MustCheck]
    [MightSleep]
    public static ProcDirEntry? ProcMkdir([AllocatesWith(Allocator.ProcEntry, KeyParameter = nameof(parent))] string name, ProcDirEntry? parent) =>
        Kernel.Current("proc_mkdir").ProcEntries.MakeDirectory(name, 0, parent);

    /// <summary><c>proc_mkdir_mode(name, mode, parent)</c>: a directory that not everybody may enter.</summary>
    /// <returns>The entry, the parent of others; null for a bad or a taken name, or a directory that is not there.</returns>
    [MustCheck]
    [MightSleep]
    public static ProcDirEntry? ProcMkdirMode(
        [AllocatesWith(Allocator.ProcEntry, KeyParameter = nameof(parent))] string name,
        UnixFileMode mode,
        ProcDirEntry? parent) =>
        Kernel.Current("proc_mkdir_mode").ProcEntries.MakeDirectory(name, mode, parent);

    /// <summary><c>remove_proc_entry(name, parent)</c>. An unknown name does nothing.</summary>
    /// <remarks>Of an entry that is open nothing can be read any more (EINVAL); its release runs when it is closed, unlike in 2.6.20, which forgets it.
    /// A directory that is not empty goes with what is in it, and is logged.</remarks>
    [MightSleep]
    public static void RemoveProcEntry([FreesWith(Allocator.ProcEntry, KeyParameter = nameof(parent))] string name, ProcDirEntry? parent) =>
        Kernel.Current("remove_proc_entry").ProcEntries.Remove(name, parent);

    /// <summary><c>PDE(inode)</c>: the entry behind an inode of /proc; null for another. Every context.</summary>
    public static ProcDirEntry? Pde(Inode inode) => ProcEntries.Of(inode);
}
