using System.Text;
using DriverKit.Contracts;
using DriverKit.Memory.Kernel;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>/sys: a directory for each thing the kernel knows, a file for each of its values.</summary>
/// <remarks>Source: fs/sysfs of Linux 2.6.20.</remarks>
internal sealed class Sysfs
{
    private const UnixFileMode DirectoryMode = (UnixFileMode)0x1ED;
    private const int MaxName = 255;

    private readonly SuperBlock _superBlock = new(FileSystemType.Texts, new(0, 6));
    private readonly KernelAddressSpace _memory;
    private readonly SysfsFiles _files;

    public Sysfs(FileSystems fileSystems, SysfsFiles files, KernelAddressSpace memory)
    {
        _files = files;
        _memory = memory;
        var root = new DirectoryDentry(_superBlock, _superBlock.NewInode(InodeType.Directory, DirectoryMode));
        fileSystems.Mount("sys", root);
        Classes = NewDirectory(root, "class")!;
        Modules = NewDirectory(root, "module")!;
    }

    /// <summary>/sys/class.</summary>
    public DirectoryDentry Classes { get; }

    /// <summary>/sys/module.</summary>
    public DirectoryDentry Modules { get; }

    /// <summary><c>sysfs_create_dir</c>.</summary>
    /// <returns>The directory; null when the name is taken or no name of a file.</returns>
    public DirectoryDentry? NewDirectory(DirectoryDentry parent, string name)
    {
        if (!IsName(name) || parent.Has(name))
            return null;
        var directory = new DirectoryDentry(_superBlock, _superBlock.NewInode(InodeType.Directory, DirectoryMode));
        parent.Add(name, directory);
        parent.Inode.INlink++;
        return directory;
    }

    /// <summary><c>sysfs_remove_dir</c>: with everything in it.</summary>
    public void RemoveDirectory(DirectoryDentry directory)
    {
        foreach (Dentry child in directory.Children.ToArray())
        {
            if (child is DirectoryDentry inner)
                RemoveDirectory(inner);
            else
                RemoveFile(directory, child.Name);
        }

        directory.Inode.INlink = 0;
        directory.Parent!.Inode.INlink--;
        directory.Parent.Remove(directory);
    }

    /// <summary><c>sysfs_create_file</c>.</summary>
    /// <returns>0; -EEXIST; -EINVAL when it is no name of a file.</returns>
    public KernelResult CreateFile(DirectoryDentry directory, SysfsAttribute attribute)
    {
        if (!IsName(attribute.Name))
            return -Errno.EINVAL;
        if (directory.Has(attribute.Name))
            return -Errno.EEXIST;
        Inode inode = _superBlock.NewInode(InodeType.Regular, attribute.Mode & NameOperations.AllModes, _files.Operations);
        inode.ISize = PageGeometry.PageSize;
        inode.FileSystemData = attribute;
        directory.Add(attribute.Name, new Dentry(inode));
        return 0;
    }

    /// <summary>A text that the kernel itself makes, for reading only.</summary>
    public void CreateText(DirectoryDentry directory, string name, Func<string> text)
    {
        const UnixFileMode EverybodyReads = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        CreateFile(directory, new SysfsAttribute(name, EverybodyReads, page => WriteText(page, text()), (_, _) => -Errno.EIO));
    }

    /// <summary><c>sysfs_remove_file</c>: an unknown name does nothing. Who has it open gets ENODEV from here on, but for what has been shown.</summary>
    public static void RemoveFile(DirectoryDentry directory, string name)
    {
        if (!directory.Has(name) || directory.Lookup(name) is not { Inode.FileSystemData: SysfsAttribute attribute } file)
            return;
        attribute.IsRemoved = true;
        directory.Remove(file);
        file.Inode.INlink = 0;
    }

    /// <summary>Puts a text into a page.</summary>
    /// <returns>Its bytes, at most a page of them.</returns>
    public KernelResult WriteText(KernelLogicalAddress page, string text)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text);
        bytes = bytes[..Math.Min(bytes.Length, (int)PageGeometry.PageSize)];
        _memory.CopyTo(page, bytes);
        return bytes.Length;
    }

    /// <summary>The text in a page, up to its zero.</summary>
    public string ReadText(KernelLogicalAddress page, ulong length)
    {
        byte[] bytes = new byte[length];
        _memory.CopyFrom(bytes, page);
        int end = Array.IndexOf(bytes, (byte)0);
        return Encoding.UTF8.GetString(bytes, 0, end < 0 ? bytes.Length : end);
    }

    private static bool IsName(string name) => name is not (null or "" or "." or "..") && !name.Contains('/') && Encoding.UTF8.GetByteCount(name) <= MaxName;
}
