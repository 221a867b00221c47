namespace DriverKit.Contracts;

/// <summary><c>struct file</c>: one opening of a file; several descriptors and mappings may share it (<c>linux/fs.h</c>).</summary>
public sealed class OpenFile
{
    private readonly string _path;

    internal OpenFile(Inode inode, IDentry dentry, OpenFlags flags)
        : this(inode, "", flags) => FDentry = dentry;

    internal OpenFile(Inode inode, string path, OpenFlags flags)
    {
        Inode = inode;
        _path = path;
        FFlags = flags;
        FMode = (flags & OpenFlags.AccessMode) switch
        {
            OpenFlags.ReadOnly => FileModes.Read,
            OpenFlags.WriteOnly => FileModes.Write,
            OpenFlags.AccessMode => FileModes.None,
            _ => FileModes.Read | FileModes.Write,
        };
        FMode |= FileModes.Lseek | FileModes.Pread | FileModes.Pwrite;
    }

    /// <summary><c>f_dentry->d_inode</c>.</summary>
    public Inode Inode { get; }

    /// <summary><c>d_path(f_dentry)</c>: the path from the root, as the name is now; with <c> (deleted)</c> behind it once the name is gone.</summary>
    public string Path => FDentry?.Path ?? _path;

    /// <summary><c>f_dentry</c>: the name it was opened by; null for a file that never had one.</summary>
    internal IDentry? FDentry { get; }

    /// <summary><c>f_op</c>: the operations; a driver's open may put others in their place.</summary>
    public FileOperations FOp { get; set; } = new();

    /// <summary><c>f_flags</c>: the flags given to open().</summary>
    public OpenFlags FFlags { get; set; }

    /// <summary><c>f_mode</c>: what may be done with it.</summary>
    public FileModes FMode { get; set; }

    /// <summary><c>f_pos</c>: the position in bytes.</summary>
    public long FPos { get; set; }

    /// <summary><c>f_pos_lock</c>: a lock of the floors above; null until two have used the file at once.</summary>
    internal object? FPosLock { get; set; }

    /// <summary><c>f_ra.prev_pos</c>: where the last read of a page of the cache ended.</summary>
    internal long PreviousPosition { get; set; }

    /// <summary><c>f_owner</c>: who gets a signal when the file has O_ASYNC.</summary>
    public FownStruct FOwner { get; internal set; }

    /// <summary><c>private_data</c>: the driver's own.</summary>
    public object? PrivateData { get; set; }

    /// <summary><c>f_count</c>: descriptors, areas and calls that hold it.</summary>
    public int FCount { get; private set; } = 1;

    /// <summary>The module that stays loaded while the file is open.</summary>
    internal KernelModule? Module { get; set; }

    /// <summary>Told first when the last reference is gone: an epoll instance that watches it.</summary>
    internal Action<OpenFile>? Closing { get; set; }

    /// <summary><c>__fput</c>: what to do when the last reference is gone.</summary>
    internal Action<OpenFile>? Released { get; set; }

    /// <summary><c>get_file</c>.</summary>
    internal void Get() => FCount++;

    /// <summary><c>fput</c>.</summary>
    internal void Put()
    {
        if (--FCount != 0)
            return;
        Closing?.Invoke(this);
        Released?.Invoke(this);
    }
}

/// <summary><c>struct fown_struct</c>: who gets a signal, and which.</summary>
/// <param name="Pid"><c>pid</c>: the process that F_SETOWN has named; 0: nobody.</param>
/// <param name="Signum"><c>signum</c>: the signal of F_SETSIG; 0: SIGIO.</param>
public readonly record struct FownStruct(int Pid, int Signum);

/// <summary><c>struct dentry</c>, as far as an open file knows it: a name in the tree.</summary>
internal interface IDentry
{
    /// <summary><c>d_path</c>.</summary>
    string Path { get; }
}

/// <summary>The flags of open() (<c>asm/fcntl.h</c>; the values are those of i386, without the leading zero of the octal numbers).</summary>
[Flags]
public enum OpenFlags
{
    /// <summary><c>O_RDONLY</c>.</summary>
    ReadOnly = 0,

    /// <summary><c>O_WRONLY</c>.</summary>
    WriteOnly = 1,

    /// <summary><c>O_RDWR</c>.</summary>
    ReadWrite = 2,

    /// <summary><c>O_ACCMODE</c>: masks the three above. Given to open() it is the access mode 3 of open(2): neither read nor write, for ioctl only.</summary>
    AccessMode = 3,

    /// <summary><c>O_CREAT</c>: makes a regular file if there is none.</summary>
    Create = 0x40,

    /// <summary><c>O_EXCL</c>: with O_CREAT, the file must be new.</summary>
    Exclusive = 0x80,

    /// <summary><c>O_NOCTTY</c>: the model has no terminals, so it says nothing.</summary>
    NoControllingTerminal = 0x100,

    /// <summary><c>O_TRUNC</c>: empties a regular file.</summary>
    Truncate = 0x200,

    /// <summary><c>O_APPEND</c>: every write goes to the end.</summary>
    Append = 0x400,

    /// <summary><c>O_NONBLOCK</c>.</summary>
    NonBlock = 0x800,

    /// <summary><c>O_SYNC</c>: what a write has taken is in the storage when it returns.</summary>
    Sync = 0x1000,

    /// <summary><c>O_ASYNC</c> (FASYNC): a signal comes when there is something to read or room to write. open() does not take it; F_SETFL does.</summary>
    Async = 0x2000,

    /// <summary><c>O_DIRECT</c>: with pipe2(), every write is a packet; it says nothing about other files.</summary>
    Direct = 0x4000,

    /// <summary><c>O_LARGEFILE</c>: every file may be large here, so it says nothing. A 64-bit process always has it.</summary>
    LargeFile = 0x8000,

    /// <summary><c>O_DIRECTORY</c>: it must be a directory.</summary>
    Directory = 0x10000,

    /// <summary><c>O_NOFOLLOW</c>: there are no symbolic links, so it says nothing.</summary>
    NoFollow = 0x20000,

    /// <summary><c>O_CLOEXEC</c>: execve() closes the descriptor.</summary>
    CloseOnExec = 0x80000,
}

/// <summary>What may be done with an open file (<c>FMODE_*</c>, <c>linux/fs.h</c>).</summary>
[Flags]
public enum FileModes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>FMODE_READ</c>.</summary>
    Read = 1,

    /// <summary><c>FMODE_WRITE</c>.</summary>
    Write = 2,

    /// <summary><c>FMODE_LSEEK</c>.</summary>
    Lseek = 4,

    /// <summary><c>FMODE_PREAD</c>.</summary>
    Pread = 8,

    /// <summary><c>FMODE_PWRITE</c>.</summary>
    Pwrite = 16,
}
