using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary><c>struct stat</c>: what stat() says of a file (<c>asm/stat.h</c>). The model has no clock, so there are no times.</summary>
/// <param name="StDev"><c>st_dev</c>: the file system.</param>
/// <param name="StIno"><c>st_ino</c>: the number of the inode in it.</param>
/// <param name="StMode"><c>st_mode</c>: kind and permissions.</param>
/// <param name="StNlink"><c>st_nlink</c>: how many names the inode has.</param>
/// <param name="StRdev"><c>st_rdev</c>: the device that a device node stands for.</param>
/// <param name="StSize"><c>st_size</c> in bytes.</param>
/// <param name="StBlocks"><c>st_blocks</c>: what it takes, in units of 512 bytes; a hole takes nothing.</param>
public readonly record struct FileStatus(
    DeviceNumber StDev, ulong StIno, uint StMode, uint StNlink, DeviceNumber StRdev, long StSize, long StBlocks)
{
    internal FileStatus(Inode inode, long blocks)
        : this(inode.FileSystem, inode.IIno, FormatOf(inode.Type) | (uint)inode.IMode, inode.INlink, inode.IRdev, inode.ISize, blocks)
    {
        StUid = inode.IUid;
        StGid = inode.IGid;
    }

    /// <summary><c>st_uid</c>: the owner.</summary>
    public uint StUid { get; init; }

    /// <summary><c>st_gid</c>: the group.</summary>
    public uint StGid { get; init; }

    /// <summary><c>S_ISREG(st_mode)</c>.</summary>
    public bool IsRegular => (StMode & 0xF000) == FormatOf(InodeType.Regular);

    /// <summary><c>S_ISDIR(st_mode)</c>.</summary>
    public bool IsDirectory => (StMode & 0xF000) == FormatOf(InodeType.Directory);

    /// <summary><c>S_ISCHR(st_mode)</c>.</summary>
    public bool IsCharDevice => (StMode & 0xF000) == FormatOf(InodeType.CharDevice);

    /// <summary><c>S_ISFIFO(st_mode)</c>.</summary>
    public bool IsFifo => (StMode & 0xF000) == FormatOf(InodeType.Fifo);

    private static uint FormatOf(InodeType type) => type switch
    {
        InodeType.Regular => 0x8000,
        InodeType.Directory => 0x4000,
        InodeType.CharDevice => 0x2000,
        InodeType.Fifo => 0x1000,
        _ => 0,
    };
}

/// <summary><c>struct dirent</c>: a name in a directory, as getdents() gives it.</summary>
/// <param name="DIno"><c>d_ino</c>: the number of its inode.</param>
/// <param name="DName"><c>d_name</c>.</param>
/// <param name="DType"><c>d_type</c>: what kind of file.</param>
public readonly record struct DirectoryEntry(ulong DIno, string DName, InodeType DType);
