namespace DriverKit.Vfs;

/// <summary><c>struct fs_struct</c>: where a process stands in the tree. Fork copies it.</summary>
internal sealed class FsStruct(DirectoryDentry root)
{
    public DirectoryDentry Root { get; } = root;

    /// <summary><c>pwd</c>: where relative paths start.</summary>
    public DirectoryDentry Pwd { get; set; } = root;

    /// <summary><c>umask</c>: permissions that new files do not get.</summary>
    public UnixFileMode Umask { get; set; } = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public FsStruct Copy() => new(Root) { Pwd = Pwd, Umask = Umask };
}
