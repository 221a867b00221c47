using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>What a file system keeps, and so what may be done to its names.</summary>
internal enum FileSystemType
{
    /// <summary>Regular files and directories, on a disk.</summary>
    Disk,

    /// <summary>Device nodes (<c>devtmpfs</c>); the kernel makes them, and they may be removed.</summary>
    Devices,

    /// <summary>Texts the kernel makes (<c>proc</c>); the names are its own.</summary>
    Texts,

    /// <summary>Files of the kernel that no path leads to (<c>pipefs</c>, <c>anon_inodefs</c>).</summary>
    Anonymous,
}

/// <summary><c>struct super_block</c>: one file system. Each counts its own inodes, so looking at /proc does not change the numbers in /dev.</summary>
internal sealed class SuperBlock(FileSystemType type, DeviceNumber device)
{
    /// <summary>A directory on a disk takes a block for its names.</summary>
    private const long DirectorySize = PageGeometry.PageSize;

    private readonly SortedDictionary<ulong, Inode> _files = [];

    /// <summary>The first inode of a disk is 2: 1 was for bad blocks.</summary>
    private ulong _lastInode = type == FileSystemType.Disk ? 1ul : 0;

    public FileSystemType Type { get; } = type;

    /// <summary><c>s_inodes</c>: the files with contents, by number; those without a name that are still open too.</summary>
    public IEnumerable<Inode> Files => _files.Values;

    /// <summary><c>new_inode</c>.</summary>
    public Inode NewInode(InodeType inodeType, UnixFileMode mode, FileOperations? operations = null) => new(inodeType, device, ++_lastInode)
    {
        IMode = mode,
        IFop = operations ?? new(),
        INlink = inodeType == InodeType.Directory ? 2u : 1,
        ISize = inodeType == InodeType.Directory && Type == FileSystemType.Disk ? DirectorySize : 0,
    };

    /// <summary>A node that stands for a device.</summary>
    public Inode NewNode(DeviceNumber rdev, UnixFileMode mode, FileOperations operations) =>
        new(InodeType.CharDevice, device, ++_lastInode) { IMode = mode, IRdev = rdev, IFop = operations };

    public void Add(Inode file) => _files.Add(file.IIno, file);

    public void Remove(Inode file) => _files.Remove(file.IIno);
}
