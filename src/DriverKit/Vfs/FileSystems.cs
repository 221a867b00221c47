using System.Text;
using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>The tree of names: <c>/dev</c> with its device nodes and <c>/proc</c> with its texts.</summary>
internal sealed class FileSystems
{
    private const int MaxName = 255;
    private const int MaxPath = 4095;

    private static readonly DeviceNumber RootFileSystem = new(0, 1);
    private static readonly DeviceNumber DevFileSystem = new(0, 5);
    private static readonly DeviceNumber ProcFileSystem = new(0, 3);

    private readonly KernelContext _context;
    private readonly UserAccess _userAccess;
    private readonly DirectoryDentry _root;
    private readonly DirectoryDentry _dev;
    private readonly DirectoryDentry _proc;
    private ulong _lastInode;
    private ulong _lastProcInode;

    public FileSystems(KernelContext context, UserAccess userAccess, FileOperations charDevices, Func<string, Dentry?> findProcess)
    {
        _context = context;
        _userAccess = userAccess;
        CharDeviceOperations = charDevices;
        _root = new DirectoryDentry(NewInode(InodeType.Directory, RootFileSystem));
        _dev = new DirectoryDentry(NewInode(InodeType.Directory, DevFileSystem));
        _proc = new DirectoryDentry(NewInode(InodeType.Directory, ProcFileSystem), findProcess);
        _root.Add("dev", _dev);
        _root.Add("proc", _proc);
    }

    /// <summary><c>def_chr_fops</c>: what opening a device node starts with.</summary>
    private FileOperations CharDeviceOperations { get; }

    /// <summary><c>mknod</c>: a device node in /dev.</summary>
    /// <returns>0, -EEXIST, -ENOENT, -ENOTDIR, -EPERM outside /dev.</returns>
    public KernelResult MakeNode(string path, DeviceNumber device)
    {
        if (ResolveParent(path, out DirectoryDentry parent, out string name) is { IsError: true } error)
            return error;
        if (parent.Lookup(name) is not null)
            return -Errno.EEXIST;
        if (parent != _dev)
            return -Errno.EPERM;
        var inode = new Inode(InodeType.CharDevice, DevFileSystem, ++_lastInode) { IRdev = device, IFop = CharDeviceOperations };
        parent.Add(name, new Dentry(inode));
        return 0;
    }

    /// <summary><c>unlink</c>: takes a device node away. Open files live on.</summary>
    /// <returns>0, -ENOENT, -ENOTDIR, -EISDIR, -EPERM outside /dev.</returns>
    public KernelResult Unlink(string path)
    {
        if (ResolveParent(path, out DirectoryDentry parent, out string name) is { IsError: true } error)
            return error;
        if (parent.Lookup(name) is not { } found)
            return -Errno.ENOENT;
        if (found is DirectoryDentry)
            return -Errno.EISDIR;
        if (parent != _dev)
            return -Errno.EPERM;
        parent.Remove(name);
        return 0;
    }

    /// <summary><c>path_lookup</c>.</summary>
    /// <returns>0, -ENOENT, -ENOTDIR, -ENAMETOOLONG.</returns>
    public KernelResult Resolve(string path, out Dentry? found)
    {
        found = null;
        if (string.IsNullOrEmpty(path))
            return -Errno.ENOENT;
        if (path.Length > MaxPath)
            return -Errno.ENAMETOOLONG;
        Dentry at = _root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (at is not DirectoryDentry directory)
                return -Errno.ENOTDIR;
            if (name.Length > MaxName)
                return -Errno.ENAMETOOLONG;
            if (directory.Lookup(name) is not { } next)
                return -Errno.ENOENT;
            at = next;
        }

        if (path.EndsWith('/') && at is not DirectoryDentry)
            return -Errno.ENOTDIR;
        found = at;
        return 0;
    }

    /// <summary><c>filp_open</c>: opens a file and calls its open operation.</summary>
    public KernelResult Open(string path, OpenFlags flags, out OpenFile? file)
    {
        file = null;
        if (Resolve(path, out Dentry? dentry) is { IsError: true } error)
            return error;
        if (dentry is DirectoryDentry && (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly)
            return -Errno.EISDIR;
        if (dentry is TextDentry && (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly)
            return -Errno.EACCES;
        var opened = new OpenFile(dentry!.Inode, dentry.Path, flags) { FOp = dentry.Inode.IFop };
        KernelResult result = opened.FOp.Open?.Invoke(dentry.Inode, opened) ?? 0;
        if (result.IsError)
            return result;
        opened.Released = Release;
        file = opened;
        return 0;
    }

    /// <summary>A text in /proc, made anew at each opening.</summary>
    public TextDentry NewText(Func<string> text)
    {
        Inode inode = NewInode(InodeType.Regular, ProcFileSystem);
        inode.IFop = new FileOperations
        {
            Open = (_, filp) =>
            {
                filp.PrivateData = Encoding.UTF8.GetBytes(text());
                return 0;
            },
            Read = ReadText,
        };
        return new TextDentry(inode, text);
    }

    /// <summary>A directory in /proc.</summary>
    public DirectoryDentry NewDirectory() => new(NewInode(InodeType.Directory, ProcFileSystem));

    /// <summary>Adds a text to /proc.</summary>
    public void AddProc(string name, Func<string> text) => _proc.Add(name, NewText(text));

    /// <summary>Each file system counts its own inodes: looking at /proc does not change the numbers in /dev.</summary>
    private Inode NewInode(InodeType type, DeviceNumber fileSystem) =>
        new(type, fileSystem, fileSystem == ProcFileSystem ? ++_lastProcInode : ++_lastInode);

    private KernelResult ReadText(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        var text = (byte[])filp.PrivateData!;
        if (position >= text.Length)
            return 0;
        int length = (int)Math.Min(count, (ulong)(text.Length - position));
        if (_userAccess.CopyTo(_context.Task.Mm, buffer, text.AsSpan((int)position, length)) != 0)
            return -Errno.EFAULT;
        position += length;
        return length;
    }

    private KernelResult ResolveParent(string path, out DirectoryDentry parent, out string name)
    {
        parent = _root;
        int slash = path.LastIndexOf('/');
        name = path[(slash + 1)..];
        if (name.Length == 0)
            return -Errno.ENOENT;
        if (name.Length > MaxName)
            return -Errno.ENAMETOOLONG;
        if (Resolve(slash <= 0 ? "/" : path[..slash], out Dentry? found) is { IsError: true } error)
            return error;
        if (found is not DirectoryDentry directory)
            return -Errno.ENOTDIR;
        parent = directory;
        return 0;
    }

    /// <summary><c>__fput</c>: the driver's release, then the module may go.</summary>
    private static void Release(OpenFile file)
    {
        try
        {
            file.FOp.Release?.Invoke(file.Inode, file);
        }
        finally
        {
            if (file.Module is { } module)
                module.RefCount--;
        }
    }
}
