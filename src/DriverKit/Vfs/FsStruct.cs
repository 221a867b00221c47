using DriverKit.Contracts;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary><c>struct fs_struct</c>: where a process stands in the tree. Fork copies it.</summary>
internal sealed class FsStruct
{
    private readonly bool _isKernels;

    /// <summary><c>init_fs</c>: where the kernel stands.</summary>
    public FsStruct(DirectoryDentry root)
    {
        Root = Pwd = root;
        _isKernels = true;
    }

    private FsStruct(FsStruct other)
    {
        Root = other.Root;
        Pwd = other.Pwd;
        Umask = other.Umask;
    }

    public DirectoryDentry Root { get; }

    /// <summary><c>pwd</c>: where relative paths start.</summary>
    public DirectoryDentry Pwd { get; set; }

    /// <summary><c>umask</c>: permissions that new files do not get.</summary>
    public UnixFileMode Umask { get; set; } = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Who asks: the task that runs; null when it is the kernel itself, on whomever's behalf, which nothing is forbidden.</summary>
    public Credentials? Cred => _isKernels ? null : KernelContext.Current!.Task.Cred;

    /// <summary>That of a process.</summary>
    public FsStruct Copy() => new(this);
}
