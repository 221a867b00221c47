using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>The entries that drivers make in /proc.</summary>
/// <remarks>Source: fs/proc/generic.c of Linux 2.6.20. There, a second entry of a name hides the first; here, as since 3.10, it is refused.</remarks>
internal sealed class ProcEntries
{
    private const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode EverybodyEnters = Everybody | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly SuperBlock _superBlock;
    private readonly ProcDirEntry _root;
    private readonly FileOperations _legacy;
    private readonly FileOperations _handOver;
    private readonly IKernelLog _log;

    /// <summary><c>proc_root_init</c>: /proc/driver is there for drivers.</summary>
    public ProcEntries(DirectoryDentry proc, LegacyProcFiles legacy, IKernelLog log)
    {
        _superBlock = proc.SuperBlock;
        _root = new ProcDirEntry(proc);
        _legacy = legacy.Operations;
        _handOver = new FileOperations { Open = Open };
        _log = log;
        MakeDirectory("driver", 0, null);
    }

    /// <summary><c>create_proc_entry</c>: a file. Mode 0 is 0444.</summary>
    /// <returns>The entry; null for a bad or a taken name, or a directory that is not there.</returns>
    public ProcDirEntry? Create(string name, UnixFileMode mode, ProcDirEntry? parent)
    {
        if (Place(ref name, ref parent) is not { } directory)
            return null;
        Inode inode = _superBlock.NewInode(InodeType.Regular, mode == 0 ? Everybody : mode & NameOperations.AllModes);
        inode.IFop = _handOver;
        return Register(name, parent!, directory, new Dentry(inode));
    }

    /// <summary><c>proc_mkdir</c>: a directory. Mode 0 is 0555.</summary>
    /// <returns>The entry; null for a bad or a taken name, or a directory that is not there.</returns>
    public ProcDirEntry? MakeDirectory(string name, UnixFileMode mode, ProcDirEntry? parent)
    {
        if (Place(ref name, ref parent) is not { } directory)
            return null;
        Inode inode = _superBlock.NewInode(InodeType.Directory, mode == 0 ? EverybodyEnters : mode & NameOperations.AllModes);
        directory.Inode.INlink++;
        return Register(name, parent!, directory, new DirectoryDentry(_superBlock, inode));
    }

    /// <summary><c>remove_proc_entry</c>: an unknown name does nothing.</summary>
    /// <remarks>Of an entry that is open nothing can be read any more: its operations are gone (<c>proc_kill_inodes</c>). Unlike in 2.6.20, its release runs
    /// when it is closed, and its module stays until then.</remarks>
    public void Remove(string name, ProcDirEntry? parent)
    {
        if (!Translate(ref name, ref parent) || !parent!.Subdir.Remove(name, out ProcDirEntry? entry))
            return;
        var directory = (DirectoryDentry)parent.Dentry;
        directory.Remove(entry.Dentry);
        if (entry.Dentry is DirectoryDentry)
            directory.Inode.INlink--;
        entry.Dentry.Inode.INlink = 0;
        if (entry.Subdir.Count != 0)
            _log.Write(LogLevel.Warning, $"BUG: warning at remove_proc_entry(): {parent.Name}/{name} is removed with {entry.Subdir.Count} entries in it");
        if (entry.Openings.Count != 0)
            _log.Write(LogLevel.Warning, $"remove_proc_entry: {parent.Name}/{name} busy, count={entry.Openings.Count}");
        foreach (OpenFile filp in entry.Openings)
            filp.FOp = new FileOperations { Release = filp.FOp.Release };
    }

    /// <summary><c>PDE(inode)</c>.</summary>
    public static ProcDirEntry? Of(Inode inode) => inode.FileSystemData as ProcDirEntry;

    private static ProcDirEntry Register(string name, ProcDirEntry parent, DirectoryDentry directory, Dentry dentry)
    {
        var entry = new ProcDirEntry(dentry);
        dentry.Inode.FileSystemData = entry;
        directory.Add(name, dentry);
        parent.Subdir.Add(name, entry);
        return entry;
    }

    /// <summary>The directory a new entry goes to; null when it cannot.</summary>
    private DirectoryDentry? Place(ref string name, ref ProcDirEntry? parent)
    {
        if (!Translate(ref name, ref parent) || name is "" or "." or ".." || name.Contains('/') || parent!.Dentry is not DirectoryDentry directory)
            return null;
        if (!directory.Has(name))
            return directory;
        _log.Write(LogLevel.Warning, $"proc_dir_entry '{parent.Name}/{name}' already registered");
        return null;
    }

    /// <summary><c>xlate_proc_name</c>: without a parent, the name may lead through the directories that drivers have made.</summary>
    private bool Translate(ref string name, ref ProcDirEntry? parent)
    {
        if (parent is not null)
            return true;
        parent = _root;
        string[] parts = name.Split('/');
        foreach (string part in parts.AsSpan(..^1))
        {
            if (!parent.Subdir.TryGetValue(part, out ProcDirEntry? next))
                return false;
            parent = next;
        }

        name = parts[^1];
        return true;
    }

    /// <summary><c>proc_get_inode</c>: the module stays while the file is open.</summary>
    private KernelResult Open(Inode inode, OpenFile filp)
    {
        ProcDirEntry entry = Of(inode)!;
        FileOperations operations = entry.ProcFops ?? _legacy;
        KernelResult result = ModuleCode.Open(inode, filp, operations, operations.Owner ?? entry.Owner, Errno.ENOENT);
        if (result.IsSuccess)
            entry.Add(filp);
        return result;
    }
}
