using DriverKit.Contracts;

namespace DriverKit.Vfs;

/// <summary><c>struct dentry</c>: a name in a directory and the inode behind it.</summary>
internal class Dentry(Inode inode)
{
    public Inode Inode { get; } = inode;
}

/// <summary>A directory: fixed entries, and optionally a function that finds others by name, as /proc finds processes.</summary>
internal sealed class DirectoryDentry(Inode inode, Func<string, Dentry?>? findOthers = null) : Dentry(inode)
{
    public SortedDictionary<string, Dentry> Children { get; } = new(StringComparer.Ordinal);

    public Dentry? Lookup(string name) => Children.TryGetValue(name, out Dentry? child) ? child : findOthers?.Invoke(name);
}

/// <summary>A file whose contents are made when it is opened, as those of /proc are.</summary>
internal sealed class TextDentry(Inode inode, Func<string> text) : Dentry(inode)
{
    public string Read() => text();
}
