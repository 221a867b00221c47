using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>The tree of names: files and directories on a disk, with the device nodes of <c>/dev</c> and the texts of <c>/proc</c> mounted in it.</summary>
internal sealed class FileSystems
{
    /// <summary>0600: what a node gets when nobody says more.</summary>
    public const UnixFileMode NodeMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode EverybodyReads = (UnixFileMode)0x16D;
    private const UnixFileMode DirectoryMode = EverybodyReads | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF;

    /// <summary>Flags that are for opening only and not kept.</summary>
    private const OpenFlags OpeningOnly =
        OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoControllingTerminal | OpenFlags.Truncate | OpenFlags.CloseOnExec;

    private readonly SuperBlock _diskBlock = new(FileSystemType.Disk, new(8, 1));
    private readonly SuperBlock _devBlock = new(FileSystemType.Devices, new(0, 5));
    private readonly SuperBlock _procBlock = new(FileSystemType.Texts, new(0, 3));
    private readonly KernelContext _context;
    private readonly FileOperations _charDevices;
    private readonly TextFiles _texts;

    public FileSystems(
        KernelContext context, Machine machine, PhysicalMemory memory, VirtualMemory virtualMemory, FileOperations charDevices)
    {
        _context = context;
        _charDevices = charDevices;
        _texts = new TextFiles(context, virtualMemory.UserAccess, _procBlock);
        EventPolls = new EventPollFiles(context.Scheduler);
        Pipes = new PipeFiles(context, machine, memory, virtualMemory);
        Splicer = new Splicer(context, memory.PageAllocator, Pipes);
        UserSplices = new UserSplices(context, machine, memory, virtualMemory, Splicer);
        Regular = new RegularFiles(context, machine, memory, virtualMemory, _diskBlock, Splicer);
        var root = new DirectoryDentry(_diskBlock, _diskBlock.NewInode(InodeType.Directory, DirectoryMode));
        Names = new NameOperations(Regular);
        KernelFs = new FsStruct(root);
        Mount("dev", new DirectoryDentry(_devBlock, _devBlock.NewInode(InodeType.Directory, DirectoryMode)));
        foreach (string name in new[] { "bin", "etc" })
            NameOperations.MakeDirectory(KernelFs, root, name, DirectoryMode);
        NameOperations.MakeDirectory(KernelFs, root, "tmp", Everybody | UnixFileMode.StickyBit);
    }

    /// <summary>Files with contents.</summary>
    public RegularFiles Regular { get; }

    /// <summary>Epoll instances.</summary>
    public EventPollFiles EventPolls { get; }

    /// <summary>Pipes.</summary>
    public PipeFiles Pipes { get; }

    /// <summary>Moving pages between pipes and files.</summary>
    public Splicer Splicer { get; }

    /// <summary>Moving pages between pipes and processes.</summary>
    public UserSplices UserSplices { get; }

    /// <summary>Making, removing and moving names.</summary>
    public NameOperations Names { get; }

    /// <summary><c>init_fs</c>: where the kernel itself, and a new process, stands.</summary>
    public FsStruct KernelFs { get; }

    /// <summary><c>mknod</c>: a device node in /dev.</summary>
    /// <returns>0, -EEXIST, -ENOENT, -ENOTDIR, -ENAMETOOLONG, -EPERM outside /dev.</returns>
    public KernelResult MakeNode(string path, DeviceNumber device, UnixFileMode mode = NodeMode)
    {
        if (NameOperations.FindNew(KernelFs, path, directory: false, out DirectoryDentry parent, out string name) is { IsError: true } error)
            return error;
        if (parent.SuperBlock != _devBlock)
            return -Errno.EPERM;
        parent.Add(name, new Dentry(_devBlock.NewNode(device, mode & NameOperations.AllModes, _charDevices)));
        return 0;
    }

    /// <summary><c>unlink</c> by the kernel itself. Open files live on.</summary>
    /// <returns>As <see cref="NameOperations.Unlink"/>.</returns>
    public KernelResult RemoveNode(string path) => Names.Unlink(KernelFs, path);

    /// <summary>What of open() needs no look at the tree.</summary>
    /// <returns>0, -EINVAL, -ENOENT for an empty path, -ENAMETOOLONG.</returns>
    public static KernelResult CheckOpen(string path, OpenFlags flags)
    {
        const OpenFlags NewDirectory = OpenFlags.Create | OpenFlags.Directory;
        return (flags & NewDirectory) == NewDirectory ? -Errno.EINVAL : PathWalk.Check(path);
    }

    /// <summary><c>filp_open</c>: opens a file, makes it if it shall, calls its open operation, and empties it if it shall.</summary>
    public KernelResult Open(FsStruct fs, string path, OpenFlags flags, UnixFileMode mode, out OpenFile? file)
    {
        file = null;
        if (FindOrCreate(fs, path, flags, mode, out Dentry? dentry, out bool isNew) is { IsError: true } error)
            return error;
        return Open(dentry!, flags, isNew, out file);
    }

    /// <summary><c>dentry_open</c>: opens what has been found, whoever may or may not.</summary>
    public KernelResult Open(Dentry dentry, OpenFlags flags, bool isNew, out OpenFile? file)
    {
        file = null;
        Inode inode = dentry.Inode;
        bool writes = (flags & OpenFlags.AccessMode) is OpenFlags.WriteOnly or OpenFlags.ReadWrite;
        if (inode.IWritecount < 0 && (writes || (flags & OpenFlags.Truncate) != 0))
            return -Errno.ETXTBSY;
        var opened = new OpenFile(inode, dentry, flags & ~OpenFlags.CloseOnExec) { FOp = inode.IFop };

        // A driver's open may sleep, and the name may go meanwhile: the inode must stay.
        inode.Openings++;
        bool isOpen = false;
        try
        {
            KernelResult result = opened.FOp.Open?.Invoke(inode, opened) ?? 0;
            if (result.IsError)
                return result;
            isOpen = true;
        }
        finally
        {
            if (!isOpen)
                Forget(inode);
        }

        opened.FFlags &= ~OpeningOnly;
        opened.Released = Release;
        if (writes)
            inode.IWritecount++;
        if ((flags & OpenFlags.Truncate) != 0 && !isNew && inode.IMapping is not null)
            Regular.Truncate(inode, 0);
        file = opened;
        return 0;
    }

    /// <summary>A text that belongs in /proc.</summary>
    public TextDentry NewText(Func<string>? read, Func<string, KernelResult>? write = null, bool ignoresPosition = false) => _texts.New(read, write, ignoresPosition);

    /// <summary>A file that belongs in /proc and is no text, for reading only.</summary>
    public Dentry NewBytes(FileOperations operations) =>
        new(_procBlock.NewInode(InodeType.Regular, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, operations));

    /// <summary>A directory that belongs in /proc.</summary>
    public DirectoryDentry NewDirectory() => new(_procBlock, _procBlock.NewInode(InodeType.Directory, EverybodyReads));

    /// <summary>Makes /proc, with the directories of processes in it.</summary>
    public DirectoryDentry MountProc(IDynamicEntries processes)
    {
        var proc = new DirectoryDentry(_procBlock, _procBlock.NewInode(InodeType.Directory, EverybodyReads), processes);
        Mount("proc", proc);
        return proc;
    }

    /// <summary><c>vfs_stat</c>.</summary>
    public static FileStatus StatusOf(Inode inode)
    {
        const int SectorSize = 512;
        return new(inode, inode.IMapping is null ? inode.ISize / SectorSize : RegularFiles.BlocksOf(inode));
    }

    /// <summary><c>mount</c>: a file system in the root directory.</summary>
    public void Mount(string name, DirectoryDentry mounted)
    {
        KernelFs.Root.Add(name, mounted);
        KernelFs.Root.Inode.INlink++;
    }

    /// <summary><c>open_namei</c>: the name to open, with everything that is wrong with opening it so.</summary>
    private KernelResult FindOrCreate(FsStruct fs, string path, OpenFlags flags, UnixFileMode mode, out Dentry? dentry, out bool isNew)
    {
        dentry = null;
        isNew = false;
        bool create = (flags & OpenFlags.Create) != 0;
        if (PathWalk.FindParent(fs, path, out DirectoryDentry parent, out LastName last) is { IsError: true } noParent)
            return noParent;
        if (create && last.IsNormal && last.HasSlash)
            return -Errno.EISDIR;
        if (PathWalk.Lookup(parent, last.Name, out dentry) is { IsError: true } error)
            return error;
        if (dentry is null)
        {
            if (!create || parent.IsUnlinked)
                return -Errno.ENOENT;
            if (parent.SuperBlock.Type != FileSystemType.Disk)
                return -Errno.EACCES;
            if (Permission.MayCreate(fs, parent) is { IsError: true } forbidden)
                return forbidden;
            isNew = true;
            parent.Add(last.Name, dentry = new Dentry(Regular.Create(mode & NameOperations.AllModes & ~fs.Umask)));
            Permission.Own(fs, parent, dentry.Inode);
            return 0;
        }

        if (create && (flags & OpenFlags.Exclusive) != 0)
            return -Errno.EEXIST;
        return MayOpen(fs, dentry, flags, mustBeDirectory: last.HasSlash || (flags & OpenFlags.Directory) != 0);
    }

    /// <summary><c>may_open</c>.</summary>
    private static KernelResult MayOpen(FsStruct fs, Dentry dentry, OpenFlags flags, bool mustBeDirectory)
    {
        OpenFlags access = flags & OpenFlags.AccessMode;
        bool writes = access != OpenFlags.ReadOnly || (flags & OpenFlags.Truncate) != 0;
        bool reads = access != OpenFlags.WriteOnly;
        if (dentry is DirectoryDentry && (writes || (flags & OpenFlags.Create) != 0))
            return -Errno.EISDIR;
        if (mustBeDirectory && dentry is not DirectoryDentry)
            return -Errno.ENOTDIR;
        if (Permission.Check(fs, dentry.Inode, (reads ? FileAccess.Read : 0) | (writes ? FileAccess.Write : 0)) is { IsError: true } forbidden)
            return forbidden;
        return dentry is TextDentry text && ((writes && !text.IsWritable) || (reads && !text.IsReadable)) ? -Errno.EACCES : 0;
    }

    /// <summary><c>__fput</c>: the driver's release, then the module may go; a file without a name goes with its last opening.</summary>
    private void Release(OpenFile file)
    {
        if (_context.Scheduler.IsPoweringOff)
            return;
        try
        {
            file.FOp.Release?.Invoke(file.Inode, file);
        }
        finally
        {
            if (file.Module is { } module)
                module.RefCount--;
            if ((file.FMode & FileModes.Write) != 0)
                file.Inode.IWritecount--;
            Forget(file.Inode);
        }
    }

    /// <summary>An opening less: a file without a name goes with the last.</summary>
    private void Forget(Inode inode)
    {
        inode.Openings--;
        Names.EvictIfUnused(inode);
    }
}
