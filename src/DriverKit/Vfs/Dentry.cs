using DriverKit.Contracts;

namespace DriverKit.Vfs;

/// <summary><c>struct dentry</c>: a name in a directory and the inode behind it.</summary>
internal class Dentry(Inode inode)
{
    public Inode Inode { get; } = inode;

    /// <summary><c>d_parent</c>: the directory that holds the name; null for the root.</summary>
    public DirectoryDentry? Parent { get; private set; }

    /// <summary><c>d_path</c>: the name from the root down, whatever way it was found; what /proc/PID/maps prints.</summary>
    public string Path => Parent is null ? "/" : Parent.Parent is null ? "/" + _name : $"{Parent.Path}/{_name}";

    private string _name = "";

    /// <summary>Takes its place in a directory.</summary>
    protected static void Join(Dentry child, DirectoryDentry parent, string name)
    {
        child.Parent = parent;
        child._name = name;
    }
}

/// <summary>A directory: fixed entries, and optionally a function that finds others by name, as /proc finds processes.</summary>
internal sealed class DirectoryDentry(Inode inode, Func<string, Dentry?>? findOthers = null) : Dentry(inode)
{
    private readonly Dictionary<string, Dentry> _children = [];

    public void Add(string name, Dentry child)
    {
        Join(child, this, name);
        _children[name] = child;
    }

    public void Remove(string name) => _children.Remove(name);

    /// <summary>The entry of that name. The directory itself for <c>.</c>, the one above for <c>..</c>; above the root is the root.</summary>
    public Dentry? Lookup(string name)
    {
        if (name is "." or "..")
            return name == "." ? this : Parent ?? this;
        if (_children.TryGetValue(name, out Dentry? child))
            return child;
        if (findOthers?.Invoke(name) is not { } other)
            return null;
        Join(other, this, name);
        return other;
    }
}

/// <summary>A file whose contents are made when it is opened, as those of /proc are.</summary>
internal sealed class TextDentry(Inode inode, Func<string> text) : Dentry(inode)
{
    public string Read() => text();
}
