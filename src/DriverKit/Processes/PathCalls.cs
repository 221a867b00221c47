using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>mkdir(2).</summary>
internal readonly struct MkdirCall(string path, UnixFileMode mode) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => NameOperations.Mkdir(process.Fs, path, mode);

    public string Describe() => $"mkdir(\"{path}\", 0{Convert.ToString((int)mode, 8)})";
}

/// <summary>rmdir(2).</summary>
internal readonly struct RmdirCall(string path) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => NameOperations.Rmdir(process.Fs, path);

    public string Describe() => $"rmdir(\"{path}\")";
}

/// <summary>unlink(2).</summary>
internal readonly struct UnlinkCall(string path) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.FileSystems.Names.Unlink(process.Fs, path);

    public string Describe() => $"unlink(\"{path}\")";
}

/// <summary>link(2).</summary>
internal readonly struct LinkCall(string oldPath, string newPath) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => NameOperations.Link(process.Fs, oldPath, newPath);

    public string Describe() => $"link(\"{oldPath}\", \"{newPath}\")";
}

/// <summary>rename(2).</summary>
internal readonly struct RenameCall(string oldPath, string newPath) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.FileSystems.Names.Rename(process.Fs, oldPath, newPath);

    public string Describe() => $"rename(\"{oldPath}\", \"{newPath}\")";
}

/// <summary>truncate(2).</summary>
internal readonly struct TruncateCall(string path, long length) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (length < 0)
            return -Errno.EINVAL;
        if (PathWalk.Resolve(process.Fs, path, out Dentry? found) is { IsError: true } error)
            return error;
        if (found is DirectoryDentry)
            return -Errno.EISDIR;
        if (found!.Inode.Type != InodeType.Regular)
            return -Errno.EINVAL;
        if (Permission.Check(process.Fs, found.Inode, Vfs.FileAccess.Write) is { IsError: true } forbidden)
            return forbidden;
        if (found is TextDentry text)
            return text.IsWritable ? 0 : -Errno.EACCES;
        return found.Inode.IMapping is null ? 0 : process.Kernel.FileSystems.Regular.Truncate(found.Inode, length);
    }

    public string Describe() => $"truncate(\"{path}\", {length})";
}

/// <summary>stat(2).</summary>
internal readonly struct StatCall(string path, StrongBox<FileStatus> status) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (PathWalk.Resolve(process.Fs, path, out Dentry? found) is { IsError: true } error)
            return error;
        status.Value = FileSystems.StatusOf(found!.Inode);
        return 0;
    }

    public string Describe() => $"stat(\"{path}\")";
}

/// <summary>chdir(2).</summary>
internal readonly struct ChdirCall(string path) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (PathWalk.Resolve(process.Fs, path, out Dentry? found) is { IsError: true } error)
            return error;
        if (found is not DirectoryDentry directory)
            return -Errno.ENOTDIR;
        if (Permission.Check(process.Fs, directory.Inode, Vfs.FileAccess.Execute) is { IsError: true } forbidden)
            return forbidden;
        process.Fs.Pwd = directory;
        return 0;
    }

    public string Describe() => $"chdir(\"{path}\")";
}

/// <summary>getcwd(2): whether the working directory still has a name; the name is read afterwards.</summary>
internal readonly struct GetcwdCall : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Fs.Pwd.IsUnlinked ? -Errno.ENOENT : 0;

    public string Describe() => "getcwd()";
}

/// <summary>umask(2): returns the old one.</summary>
internal readonly struct UmaskCall(UnixFileMode mask) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        const UnixFileMode Permissions = (UnixFileMode)0x1FF;
        UnixFileMode old = process.Fs.Umask;
        process.Fs.Umask = mask & Permissions;
        return (long)old;
    }

    public string Describe() => $"umask(0{Convert.ToString((int)mask, 8)})";
}
