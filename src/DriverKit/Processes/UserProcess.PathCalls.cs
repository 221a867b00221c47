using System.Runtime.CompilerServices;
using DriverKit.Contracts;

namespace DriverKit.Processes;

/// <content>System calls on names.</content>
public sealed partial class UserProcess
{
    /// <summary>mkdir(2).</summary>
    /// <param name="path">The new directory.</param>
    /// <param name="mode">Its permissions, less the umask.</param>
    /// <exception cref="SyscallException">EEXIST, ENOENT, ENOTDIR, ENAMETOOLONG, EACCES, EPERM (in /dev or /proc).</exception>
    public void Mkdir(string path, UnixFileMode mode = EverybodyReadsAndWrites | EverybodyExecutes) => Call(new MkdirCall(NotNull(path), mode));

    /// <summary>rmdir(2).</summary>
    /// <exception cref="SyscallException">ENOTEMPTY, ENOENT, ENOTDIR, EBUSY (a mount point), EINVAL (<c>.</c>), ENAMETOOLONG, EACCES, EPERM (in /dev or /proc, or another's in a sticky directory).</exception>
    public void Rmdir(string path) => Call(new RmdirCall(NotNull(path)));

    /// <summary>unlink(2): takes a name away. The file lives on while it has another, or is open or mapped.</summary>
    /// <exception cref="SyscallException">ENOENT, EISDIR, ENOTDIR, ENAMETOOLONG, EACCES, EPERM (in /proc, or another's in a sticky directory).</exception>
    public void Unlink(string path) => Call(new UnlinkCall(NotNull(path)));

    /// <summary>link(2): a second name for a file.</summary>
    /// <exception cref="SyscallException">EEXIST, ENOENT, ENOTDIR, EXDEV, EPERM (a directory), EACCES, ENAMETOOLONG.</exception>
    public void Link(string oldPath, string newPath) => Call(new LinkCall(NotNull(oldPath), NotNull(newPath)));

    /// <summary>rename(2): moves a name; one that is there is replaced in the same step.</summary>
    /// <exception cref="SyscallException">ENOENT, ENOTDIR, EISDIR, ENOTEMPTY, EINVAL (a directory into itself), EXDEV, EBUSY, ENAMETOOLONG, EACCES, EPERM (in /dev or /proc, or another's in a sticky directory).</exception>
    public void Rename(string oldPath, string newPath) => Call(new RenameCall(NotNull(oldPath), NotNull(newPath)));

    /// <summary>truncate(2): as <see cref="Ftruncate"/>, by name.</summary>
    /// <exception cref="SyscallException">EINVAL (a negative length, a device), ENOENT, ENOTDIR, EISDIR, EACCES, EFBIG, ENAMETOOLONG, ENOMEM.</exception>
    public void Truncate(string path, long length) => Call(new TruncateCall(NotNull(path), length));

    /// <summary>stat(2).</summary>
    /// <exception cref="SyscallException">ENOENT, ENOTDIR, EACCES, ENAMETOOLONG.</exception>
    public FileStatus Stat(string path)
    {
        var status = new StrongBox<FileStatus>();
        Call(new StatCall(NotNull(path), status));
        return status.Value;
    }

    /// <summary>chdir(2).</summary>
    /// <exception cref="SyscallException">ENOENT, ENOTDIR, EACCES, ENAMETOOLONG.</exception>
    public void Chdir(string path) => Call(new ChdirCall(NotNull(path)));

    /// <summary>getcwd(3).</summary>
    /// <exception cref="SyscallException">ENOENT: the directory has been removed.</exception>
    public string Getcwd()
    {
        Call(default(GetcwdCall));
        return Fs.Pwd.Path;
    }

    /// <summary>umask(2): permissions that new files do not get.</summary>
    /// <returns>What it was before; 022 at first.</returns>
    public UnixFileMode Umask(UnixFileMode mask) => (UnixFileMode)Call(new UmaskCall(mask)).Value;

    private static string NotNull(string path, [CallerArgumentExpression(nameof(path))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(path, name);
        return path;
    }
}
