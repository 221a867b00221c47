namespace DriverKit.Headers;

/// <summary><c>linux/stat.h</c>: who may do what with a file, for nodes, parameters and attributes. They are joined by bars.</summary>
public static class LinuxStat
{
    /// <summary><c>S_IRUSR</c>: the owner may read.</summary>
    public const UnixFileMode SIrusr = UnixFileMode.UserRead;

    /// <summary><c>S_IWUSR</c>: the owner may write.</summary>
    public const UnixFileMode SIwusr = UnixFileMode.UserWrite;

    /// <summary><c>S_IRGRP</c>: the group may read.</summary>
    public const UnixFileMode SIrgrp = UnixFileMode.GroupRead;

    /// <summary><c>S_IWGRP</c>: the group may write.</summary>
    public const UnixFileMode SIwgrp = UnixFileMode.GroupWrite;

    /// <summary><c>S_IROTH</c>: all others may read.</summary>
    public const UnixFileMode SIroth = UnixFileMode.OtherRead;

    /// <summary><c>S_IWOTH</c>: all others may write.</summary>
    public const UnixFileMode SIwoth = UnixFileMode.OtherWrite;

    /// <summary><c>S_IRUGO</c> (0444): everybody may read.</summary>
    public const UnixFileMode SIrugo = SIrusr | SIrgrp | SIroth;

    /// <summary><c>S_IWUGO</c> (0222): everybody may write.</summary>
    public const UnixFileMode SIwugo = SIwusr | SIwgrp | SIwoth;

    /// <summary><c>S_IXUGO</c> (0111): everybody may execute, or look names up in a directory.</summary>
    public const UnixFileMode SIxugo = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
}
