using DriverKit.Contracts;

namespace DriverKit.Vfs;

/// <summary><c>struct proc_dir_entry</c>: a driver's file or directory in /proc (<c>linux/proc_fs.h</c>).</summary>
public sealed class ProcDirEntry
{
    private readonly List<OpenFile> _openings = [];

    internal ProcDirEntry(Dentry dentry) => Dentry = dentry;

    /// <summary><c>name</c>.</summary>
    public string Name => Dentry.Name;

    /// <summary><c>mode</c>: who may do what.</summary>
    public UnixFileMode Mode => Dentry.Inode.IMode;

    /// <summary><c>proc_fops</c>: operations of the driver's own; null: read_proc and write_proc. Openings that are there keep what they have.</summary>
    public FileOperations? ProcFops { get; set; }

    /// <summary><c>read_proc</c>: null: the file is empty.</summary>
    public ReadProc? ReadProc { get; set; }

    /// <summary><c>write_proc</c>: null: EIO.</summary>
    public WriteProc? WriteProc { get; set; }

    /// <summary><c>data</c>: the driver's own, for read_proc, write_proc and <c>PDE(inode)->data</c>.</summary>
    public object? Data { get; set; }

    /// <summary><c>owner</c>: the module that must stay while the file is open; also the owner of the operations does.</summary>
    public KernelModule? Owner { get; set; }

    internal Dentry Dentry { get; }

    /// <summary><c>subdir</c>: what is in a directory.</summary>
    internal Dictionary<string, ProcDirEntry> Subdir { get; } = [];

    /// <summary>Openings that are not closed.</summary>
    internal IReadOnlyList<OpenFile> Openings
    {
        get
        {
            _openings.RemoveAll(file => file.FCount == 0);
            return _openings;
        }
    }

    /// <summary>Remembers an opening until it is closed.</summary>
    internal void Add(OpenFile filp)
    {
        _ = Openings;
        _openings.Add(filp);
    }
}
