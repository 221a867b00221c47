namespace DriverKit.Contracts;

/// <summary><c>struct file</c>: one opening of a file; several descriptors and mappings may share it (<c>linux/fs.h</c>).</summary>
public sealed class OpenFile
{
    internal OpenFile(Inode inode, string path, OpenFlags flags)
    {
        Inode = inode;
        Path = path;
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

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary><c>f_op</c>: the operations; a driver's open may put others in their place.</summary>
    public FileOperations FOp { get; set; } = new();

    /// <summary><c>f_flags</c>: the flags given to open().</summary>
    public OpenFlags FFlags { get; set; }

    /// <summary><c>f_mode</c>: what may be done with it.</summary>
    public FileModes FMode { get; set; }

    /// <summary><c>f_pos</c>: the position in bytes.</summary>
    public long FPos { get; set; }

    /// <summary><c>private_data</c>: the driver's own.</summary>
    public object? PrivateData { get; set; }

    /// <summary><c>f_count</c>: descriptors and areas that hold it.</summary>
    public int FCount { get; private set; } = 1;

    /// <summary>The module that stays loaded while the file is open.</summary>
    internal KernelModule? Module { get; set; }

    /// <summary><c>__fput</c>: what to do when the last reference is gone.</summary>
    internal Action<OpenFile>? Released { get; set; }

    /// <summary><c>get_file</c>.</summary>
    internal void Get() => FCount++;

    /// <summary><c>fput</c>.</summary>
    internal void Put()
    {
        if (--FCount == 0)
            Released?.Invoke(this);
    }
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

    /// <summary><c>O_APPEND</c>.</summary>
    Append = 0x400,

    /// <summary><c>O_NONBLOCK</c>.</summary>
    NonBlock = 0x800,

    /// <summary><c>O_SYNC</c>.</summary>
    Sync = 0x1000,
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
