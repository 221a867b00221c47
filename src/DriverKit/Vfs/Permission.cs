using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>What is to be done with a file (<c>MAY_*</c>, <c>linux/fs.h</c>).</summary>
[Flags]
internal enum FileAccess
{
    None = 0,
    Execute = 1,
    Write = 2,
    Read = 4,
}

/// <summary>Who may do what with a file, by its mode, its owner, and the capabilities of the task.</summary>
/// <remarks>Where <see cref="FsStruct.Cred"/> is null, the kernel itself asks, and may do everything. Source: fs/namei.c and fs/attr.c of Linux 6.18.</remarks>
internal static class Permission
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary><c>generic_permission</c>.</summary>
    /// <returns>0 or -EACCES.</returns>
    public static KernelResult Check(FsStruct fs, Inode inode, FileAccess access)
    {
        if (fs.Cred is not { } cred)
            return 0;
        int shift = cred.Euid == inode.IUid ? 6 : cred.Egid == inode.IGid ? 3 : 0;
        if (((FileAccess)((int)inode.IMode >> shift) & access) == access)
            return 0;
        bool isDirectory = inode.Type == InodeType.Directory;
        bool canOverride = isDirectory || (access & FileAccess.Execute) == 0 || (inode.IMode & AnyExecute) != 0;
        bool onlyLooks = access == FileAccess.Read || (isDirectory && (access & FileAccess.Write) == 0);
        return (canOverride && cred.Has(Capability.DacOverride)) || (onlyLooks && cred.Has(Capability.DacReadSearch)) ? 0 : -Errno.EACCES;
    }

    /// <summary><c>may_create</c>: a new name in a directory.</summary>
    /// <returns>0 or -EACCES.</returns>
    public static KernelResult MayCreate(FsStruct fs, DirectoryDentry directory) => Check(fs, directory.Inode, FileAccess.Write | FileAccess.Execute);

    /// <summary><c>may_delete</c>: a name in a directory goes. In a sticky one only the owner may do it, of the file or of the directory.</summary>
    /// <returns>0, -EACCES, -EPERM.</returns>
    public static KernelResult MayDelete(FsStruct fs, DirectoryDentry directory, Dentry victim)
    {
        if (MayCreate(fs, directory) is { IsError: true } error)
            return error;
        return (directory.Inode.IMode & UnixFileMode.StickyBit) == 0 || fs.Cred is not { } cred || cred.Euid == directory.Inode.IUid || Owns(fs, victim.Inode)
            ? 0
            : -Errno.EPERM;
    }

    /// <summary><c>inode_owner_or_capable</c>.</summary>
    public static bool Owns(FsStruct fs, Inode inode) => fs.Cred is not { } cred || cred.Euid == inode.IUid || cred.Has(Capability.Fowner);

    /// <summary><c>inode_init_owner</c>: a new file is the task's; in a directory with the set-group bit, of the directory's group.</summary>
    public static void Own(FsStruct fs, DirectoryDentry directory, Inode inode)
    {
        if (fs.Cred is not { } cred)
            return;
        inode.IUid = cred.Euid;
        inode.IGid = cred.Egid;
        if ((directory.Inode.IMode & UnixFileMode.SetGroup) == 0)
            return;
        inode.IGid = directory.Inode.IGid;
        if (inode.Type == InodeType.Directory)
            inode.IMode |= UnixFileMode.SetGroup;
        else if ((inode.IMode & UnixFileMode.GroupExecute) != 0 && !MayKeepSetGroup(cred, inode.IGid))
            inode.IMode &= ~UnixFileMode.SetGroup;
    }

    /// <summary><c>chmod_common</c>.</summary>
    /// <returns>0 or -EPERM.</returns>
    public static KernelResult Chmod(FsStruct fs, Dentry dentry, UnixFileMode mode)
    {
        Inode inode = dentry.Inode;
        if (!Owns(fs, inode) || IsFixed(dentry))
            return -Errno.EPERM;
        inode.IMode = mode & NameOperations.AllModes;
        if (fs.Cred is { } cred && !MayKeepSetGroup(cred, inode.IGid))
            inode.IMode &= ~UnixFileMode.SetGroup;
        return 0;
    }

    /// <summary><c>chown_common</c>: only the privileged give files away; a file loses its set-user and set-group bits with it.</summary>
    /// <returns>0 or -EPERM.</returns>
    public static KernelResult Chown(FsStruct fs, Dentry dentry, uint? uid, uint? gid)
    {
        Inode inode = dentry.Inode;
        if (IsFixed(dentry))
            return -Errno.EPERM;
        if (fs.Cred is { } cred)
        {
            bool isOwner = cred.Euid == inode.IUid, mayGive = cred.Has(Capability.Chown);
            if (uid is { } newUid && !mayGive && !(isOwner && newUid == inode.IUid))
                return -Errno.EPERM;
            if (gid is { } newGid && !mayGive && !(isOwner && (newGid == cred.Egid || newGid == inode.IGid)))
                return -Errno.EPERM;
            UnixFileMode mode = inode.Type == InodeType.Directory ? inode.IMode : WithoutPrivileges(cred, inode);
            if (mode != inode.IMode && !Owns(fs, inode))
                return -Errno.EPERM;
            inode.IMode = mode;
        }

        inode.IUid = uid ?? inode.IUid;
        inode.IGid = gid ?? inode.IGid;
        return 0;
    }

    /// <summary><c>file_remove_privs</c>: who changes what is in a program takes the set-user and set-group bits off it, unless it has CAP_FSETID.</summary>
    public static void RemovePrivileges(Credentials cred, Inode inode)
    {
        if ((inode.IMode & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) != 0 && !cred.Has(Capability.Fsetid))
            inode.IMode = WithoutPrivileges(cred, inode);
    }

    /// <summary><c>setattr_should_drop_suidgid</c>: the set-group bit of a file that its group cannot execute means something else, and the group keeps it.</summary>
    private static UnixFileMode WithoutPrivileges(Credentials cred, Inode inode)
    {
        UnixFileMode mode = inode.IMode & ~UnixFileMode.SetUser;
        return (mode & UnixFileMode.GroupExecute) != 0 || !MayKeepSetGroup(cred, inode.IGid) ? mode & ~UnixFileMode.SetGroup : mode;
    }

    /// <summary>Of /proc, only what drivers have made there can be changed.</summary>
    private static bool IsFixed(Dentry dentry) =>
        (dentry as DirectoryDentry ?? dentry.Parent)?.SuperBlock.Type == FileSystemType.Texts && dentry.Inode.FileSystemData is null;

    private static bool MayKeepSetGroup(Credentials cred, uint gid) => cred.Egid == gid || cred.Has(Capability.Fsetid);
}
