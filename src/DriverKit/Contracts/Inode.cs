using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary>What kind of file an inode is (<c>S_IFMT</c>).</summary>
public enum InodeType
{
    /// <summary><c>S_IFREG</c>: a file with contents.</summary>
    Regular,

    /// <summary><c>S_IFDIR</c>.</summary>
    Directory,

    /// <summary><c>S_IFCHR</c>: a character device.</summary>
    CharDevice,

    /// <summary><c>S_IFIFO</c>: a pipe.</summary>
    Fifo,

    /// <summary>None: a file of the kernel that has never had a name, such as an epoll instance.</summary>
    Anonymous,
}

/// <summary><c>struct inode</c>: a file in a file system, opened or not (<c>linux/fs.h</c>).</summary>
public sealed class Inode
{
    internal Inode(InodeType type, DeviceNumber fileSystem, ulong number)
    {
        Type = type;
        FileSystem = fileSystem;
        IIno = number;
    }

    /// <summary>What kind of file (<c>i_mode &amp; S_IFMT</c>).</summary>
    public InodeType Type { get; }

    /// <summary><c>i_sb->s_dev</c>: the file system that holds it; what /proc/PID/maps prints.</summary>
    public DeviceNumber FileSystem { get; }

    /// <summary><c>i_ino</c>: its number in the file system.</summary>
    public ulong IIno { get; }

    /// <summary><c>i_mode &amp; 07777</c>: who may do what.</summary>
    public UnixFileMode IMode { get; internal set; }

    /// <summary><c>i_uid</c>: the owner.</summary>
    public uint IUid { get; internal set; }

    /// <summary><c>i_gid</c>: the group.</summary>
    public uint IGid { get; internal set; }

    /// <summary><c>i_nlink</c>: how many names it has.</summary>
    public uint INlink { get; internal set; } = 1;

    /// <summary>How many openings hold it (<c>i_count</c>); without names and openings it goes.</summary>
    internal int Openings { get; set; }

    /// <summary><c>i_rdev</c>: the device that a device node stands for.</summary>
    public DeviceNumber IRdev { get; internal init; }

    /// <summary><c>i_cdev</c>: the driver's device, once the node has been opened.</summary>
    public Cdev? ICdev { get; internal set; }

    /// <summary><c>i_size</c> in bytes.</summary>
    public long ISize { get; internal set; }

    /// <summary><c>i_writecount</c>: openings for writing; below zero: programs that run it, which nobody may write to.</summary>
    internal int IWritecount { get; set; }

    /// <summary><c>i_pipe</c>: the pipe that it is.</summary>
    internal PipeInodeInfo? IPipe { get; set; }

    /// <summary><c>i_mapping</c>: its pages in memory; null for a file without contents of its own.</summary>
    internal AddressSpace? IMapping { get; set; }

    /// <summary><c>i_fop</c>: the operations an opening starts with.</summary>
    internal FileOperations IFop { get; set; } = new();

    /// <summary>What the file system keeps with its inode (<c>PROC_I(inode)</c>).</summary>
    internal object? FileSystemData { get; set; }

    /// <summary><c>iminor(inode)</c>.</summary>
    public uint Minor => IRdev.Minor;

    /// <summary><c>imajor(inode)</c>.</summary>
    public uint Major => IRdev.Major;
}
