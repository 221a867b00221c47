using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>What changes the tree: mkdir, rmdir, link, unlink, rename.</summary>
/// <remarks>Source: fs/namei.c of Linux 6.18; the order of the checks is the kernel's.</remarks>
internal sealed class NameOperations(RegularFiles regular)
{
    /// <summary><c>S_IALLUGO</c>: every bit of a mode but the kind of file.</summary>
    public const UnixFileMode AllModes = (UnixFileMode)0xFFF;

    /// <summary>A directory in a directory that may have it.</summary>
    public static void MakeDirectory(FsStruct fs, DirectoryDentry parent, string name, UnixFileMode mode)
    {
        Inode inode = parent.SuperBlock.NewInode(InodeType.Directory, mode);
        Permission.Own(fs, parent, inode);
        parent.Add(name, new DirectoryDentry(parent.SuperBlock, inode));
        parent.Inode.INlink++;
    }

    /// <summary><c>filename_create</c>: the place for a new name.</summary>
    /// <param name="fs">Where the process stands.</param>
    /// <param name="path">The path.</param>
    /// <param name="directory">True if a slash at the end is fine.</param>
    /// <param name="parent">The directory it goes to.</param>
    /// <param name="name">The name.</param>
    /// <returns>0, -EEXIST, -ENOENT, -ENOTDIR, -EACCES, -ENAMETOOLONG.</returns>
    public static KernelResult FindNew(FsStruct fs, string path, bool directory, out DirectoryDentry parent, out string name)
    {
        name = "";
        if (PathWalk.FindParent(fs, path, out parent, out LastName last) is { IsError: true } error)
            return error;
        if (!last.IsNormal)
            return -Errno.EEXIST;
        if (PathWalk.Lookup(parent, last.Name, out Dentry? taken) is { IsError: true } tooLong)
            return tooLong;
        if (taken is not null)
            return -Errno.EEXIST;
        if (parent.IsUnlinked || (last.HasSlash && !directory))
            return -Errno.ENOENT;
        name = last.Name;
        return 0;
    }

    /// <summary><c>mkdir</c>.</summary>
    /// <returns>0, -EEXIST, -ENOENT, -ENOTDIR, -ENAMETOOLONG, -EACCES, -EPERM outside the disk.</returns>
    public static KernelResult Mkdir(FsStruct fs, string path, UnixFileMode mode)
    {
        const UnixFileMode Allowed = (UnixFileMode)0x1FF | UnixFileMode.StickyBit;
        if (FindNew(fs, path, directory: true, out DirectoryDentry parent, out string name) is { IsError: true } error)
            return error;
        if (Permission.MayCreate(fs, parent) is { IsError: true } forbidden)
            return forbidden;
        if (parent.SuperBlock.Type != FileSystemType.Disk)
            return -Errno.EPERM;
        MakeDirectory(fs, parent, name, mode & Allowed & ~fs.Umask);
        return 0;
    }

    /// <summary><c>rmdir</c>.</summary>
    /// <returns>0, -EBUSY for a root, -EINVAL for <c>.</c>, -ENOTEMPTY, -ENOENT, -ENOTDIR, -ENAMETOOLONG, -EACCES, -EPERM outside the disk.</returns>
    public static KernelResult Rmdir(FsStruct fs, string path)
    {
        if (PathWalk.FindParent(fs, path, out DirectoryDentry parent, out LastName last) is { IsError: true } error)
            return error;
        if (!last.IsNormal)
            return last.Name.Length == 0 ? -Errno.EBUSY : last.Name == "." ? -Errno.EINVAL : -Errno.ENOTEMPTY;
        if (PathWalk.Lookup(parent, last.Name, out Dentry? found) is { IsError: true } tooLong)
            return tooLong;
        if (found is null)
            return -Errno.ENOENT;
        if (Permission.MayDelete(fs, parent, found) is { IsError: true } forbidden)
            return forbidden;
        if (found is not DirectoryDentry directory)
            return -Errno.ENOTDIR;
        if (parent.SuperBlock.Type != FileSystemType.Disk)
            return -Errno.EPERM;
        if (directory.IsMountPoint)
            return -Errno.EBUSY;
        if (!directory.IsEmpty)
            return -Errno.ENOTEMPTY;
        RemoveDirectory(parent, directory);
        return 0;
    }

    /// <summary><c>unlink</c>. The file lives on while it is open or mapped.</summary>
    /// <returns>0, -EISDIR, -ENOENT, -ENOTDIR, -ENAMETOOLONG, -EACCES, -EPERM in /proc.</returns>
    public KernelResult Unlink(FsStruct fs, string path)
    {
        if (PathWalk.FindParent(fs, path, out DirectoryDentry parent, out LastName last) is { IsError: true } error)
            return error;
        if (!last.IsNormal)
            return -Errno.EISDIR;
        if (PathWalk.Lookup(parent, last.Name, out Dentry? found) is { IsError: true } tooLong)
            return tooLong;
        if (found is null)
            return -Errno.ENOENT;
        if (last.HasSlash)
            return found is DirectoryDentry ? -Errno.EISDIR : -Errno.ENOTDIR;
        if (Permission.MayDelete(fs, parent, found) is { IsError: true } forbidden)
            return forbidden;
        if (found is DirectoryDentry)
            return -Errno.EISDIR;
        if (parent.SuperBlock.Type == FileSystemType.Texts)
            return -Errno.EPERM;
        RemoveFile(parent, found);
        return 0;
    }

    /// <summary><c>link</c>: a second name for a file.</summary>
    /// <returns>0, -EEXIST, -EXDEV, -EPERM for a directory, -ENOENT, -ENOTDIR, -EACCES, -ENAMETOOLONG.</returns>
    public static KernelResult Link(FsStruct fs, string oldPath, string newPath)
    {
        if (PathWalk.Resolve(fs, oldPath, out Dentry? old) is { IsError: true } missing)
            return missing;
        if (FindNew(fs, newPath, directory: false, out DirectoryDentry parent, out string name) is { IsError: true } error)
            return error;
        if (SuperBlockOf(old!) != parent.SuperBlock)
            return -Errno.EXDEV;
        if (Permission.MayCreate(fs, parent) is { IsError: true } forbidden)
            return forbidden;
        if (parent.SuperBlock.Type != FileSystemType.Disk || old is DirectoryDentry)
            return -Errno.EPERM;
        old!.Inode.INlink++;
        parent.Add(name, new Dentry(old.Inode));
        return 0;
    }

    /// <summary><c>rename</c>: moves a name, in one step over one that is there.</summary>
    /// <returns>0, -EXDEV, -EBUSY for a root or a dot, -EINVAL for a directory into itself, -ENOTEMPTY, -EISDIR, -ENOENT, -ENOTDIR, -ENAMETOOLONG, -EACCES, -EPERM outside the disk.</returns>
    public KernelResult Rename(FsStruct fs, string oldPath, string newPath)
    {
        if (PathWalk.FindParent(fs, oldPath, out DirectoryDentry oldParent, out LastName oldName) is { IsError: true } noOld)
            return noOld;
        if (PathWalk.FindParent(fs, newPath, out DirectoryDentry newParent, out LastName newName) is { IsError: true } noNew)
            return noNew;
        if (oldParent.SuperBlock != newParent.SuperBlock)
            return -Errno.EXDEV;
        if (!oldName.IsNormal || !newName.IsNormal)
            return -Errno.EBUSY;
        if (PathWalk.Lookup(oldParent, oldName.Name, out Dentry? source) is { IsError: true } oldTooLong)
            return oldTooLong;
        if (source is null)
            return -Errno.ENOENT;
        if (PathWalk.Lookup(newParent, newName.Name, out Dentry? target) is { IsError: true } newTooLong)
            return newTooLong;
        if (source is not DirectoryDentry && (oldName.HasSlash || newName.HasSlash))
            return -Errno.ENOTDIR;
        if (newParent.IsWithin(source))
            return -Errno.EINVAL;
        if (target is not null && oldParent.IsWithin(target))
            return -Errno.ENOTEMPTY;
        if (source.Inode == target?.Inode)
            return 0;
        if (CheckRename(fs, source, target, oldParent, newParent) is { IsError: true } error)
            return error;
        Replace(source, target, oldParent, newParent, newName.Name);
        return 0;
    }

    /// <summary><c>iput</c>: a file without names and openings goes.</summary>
    public void EvictIfUnused(Inode inode)
    {
        if (inode is { INlink: 0, Openings: 0, IMapping: not null })
            regular.Evict(inode);
    }

    private static SuperBlock SuperBlockOf(Dentry dentry) => (dentry as DirectoryDentry ?? dentry.Parent!).SuperBlock;

    /// <summary><c>may_delete</c> and <c>vfs_rename</c>.</summary>
    private static KernelResult CheckRename(FsStruct fs, Dentry source, Dentry? target, DirectoryDentry oldParent, DirectoryDentry newParent)
    {
        var directory = target as DirectoryDentry;
        if (Permission.MayDelete(fs, oldParent, source) is { IsError: true } mustStay)
            return mustStay;
        if (target is null && newParent.IsUnlinked)
            return -Errno.ENOENT;
        if ((target is null ? Permission.MayCreate(fs, newParent) : Permission.MayDelete(fs, newParent, target)) is { IsError: true } forbidden)
            return forbidden;
        if (target is not null && source is DirectoryDentry && directory is null)
            return -Errno.ENOTDIR;
        if (source is not DirectoryDentry && directory is not null)
            return -Errno.EISDIR;
        if (newParent.SuperBlock.Type != FileSystemType.Disk)
            return -Errno.EPERM;

        // A directory that moves gets another "..".
        if (source is DirectoryDentry && newParent != oldParent && Permission.Check(fs, source.Inode, FileAccess.Write) is { IsError: true } cannotChange)
            return cannotChange;
        if (source is DirectoryDentry { IsMountPoint: true } || directory is { IsMountPoint: true })
            return -Errno.EBUSY;
        return directory is { IsEmpty: false } ? -Errno.ENOTEMPTY : 0;
    }

    private void Replace(Dentry source, Dentry? target, DirectoryDentry oldParent, DirectoryDentry newParent, string name)
    {
        if (target is DirectoryDentry directory)
            RemoveDirectory(newParent, directory);
        else if (target is not null)
            RemoveFile(newParent, target);
        oldParent.Remove(source);
        newParent.Add(name, source);
        if (source is DirectoryDentry)
        {
            oldParent.Inode.INlink--;
            newParent.Inode.INlink++;
        }
    }

    private static void RemoveDirectory(DirectoryDentry parent, DirectoryDentry directory)
    {
        parent.Remove(directory);
        directory.Inode.INlink = 0;
        parent.Inode.INlink--;
    }

    private void RemoveFile(DirectoryDentry parent, Dentry file)
    {
        parent.Remove(file);
        file.Inode.INlink--;
        EvictIfUnused(file.Inode);
    }
}
