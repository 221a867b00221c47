using DriverKit.Contracts;

namespace DriverKit.Vfs;

/// <summary><c>struct dentry</c>: a name in a directory and the inode behind it.</summary>
internal class Dentry(Inode inode) : IDentry
{
    private bool _isUnhashed;

    public Inode Inode { get; } = inode;

    /// <summary><c>d_parent</c>: the directory that holds the name, or held it; null for the root.</summary>
    public DirectoryDentry? Parent { get; private set; }

    /// <summary><c>d_name</c>.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Where the name stands in the order of its directory.</summary>
    public long Position { get; private set; }

    /// <summary><c>d_unlinked</c>: the name has been removed.</summary>
    public bool IsUnlinked => _isUnhashed;

    /// <summary><c>d_path</c>: the name from the root down, whatever way it was found; what /proc/PID/maps prints.</summary>
    public string Path => _isUnhashed ? FullName + " (deleted)" : FullName;

    private string FullName => Parent is null ? "/" : Parent.Parent is null ? "/" + Name : $"{Parent.FullName}/{Name}";

    /// <summary>True for a directory that is this name or lies above it.</summary>
    public bool IsWithin(Dentry directory)
    {
        for (Dentry? at = this; at is not null; at = at.Parent)
        {
            if (at == directory)
                return true;
        }

        return false;
    }

    /// <summary>Takes its place in a directory.</summary>
    protected static void Join(Dentry child, DirectoryDentry parent, string name, long position)
    {
        child.Parent = parent;
        child.Name = name;
        child.Position = position;
        child._isUnhashed = false;
    }

    /// <summary><c>d_drop</c>: the name is gone; it still knows where it was.</summary>
    protected static void Unhash(Dentry child) => child._isUnhashed = true;
}

/// <summary>Names that are made when they are looked for, as /proc makes those of processes.</summary>
internal interface IDynamicEntries
{
    /// <summary>The entry of that name, made anew; or null.</summary>
    Dentry? Find(string name);

    /// <summary>The names there are now, each with its place in the order.</summary>
    IEnumerable<(long Position, string Name)> List();
}

/// <summary>A directory: its names, and optionally others that are made when they are looked for.</summary>
internal sealed class DirectoryDentry(SuperBlock superBlock, Inode inode, IDynamicEntries? others = null) : Dentry(inode)
{
    /// <summary>The first two places are those of <c>.</c> and <c>..</c>.</summary>
    private const long FirstPosition = 2;

    private readonly Dictionary<string, Dentry> _children = [];
    private long _nextPosition = FirstPosition;

    /// <summary><c>d_sb</c>.</summary>
    public SuperBlock SuperBlock { get; } = superBlock;

    /// <summary>True for the root of a file system.</summary>
    public bool IsMountPoint => Parent is null || Parent.SuperBlock != SuperBlock;

    /// <summary>The names that stay, in no order.</summary>
    public IEnumerable<Dentry> Children => _children.Values;

    public bool IsEmpty => _children.Count == 0 && others is null;

    /// <summary>True for a name that stays, unlike one that is made when it is looked for.</summary>
    public bool Has(string name) => _children.ContainsKey(name);

    public void Add(string name, Dentry child)
    {
        Join(child, this, name, _nextPosition++);
        _children[name] = child;
    }

    public void Remove(Dentry child)
    {
        _children.Remove(child.Name);
        Unhash(child);
    }

    /// <summary>The entry of that name. The directory itself for <c>.</c>, the one above for <c>..</c>; above the root is the root.</summary>
    public Dentry? Lookup(string name)
    {
        if (name is "." or "..")
            return name == "." ? this : Parent ?? this;
        if (_children.TryGetValue(name, out Dentry? child))
            return child;
        if (others?.Find(name) is not { } other)
            return null;
        Join(other, this, name, 0);
        return other;
    }

    /// <summary><c>readdir</c>: the entries from a place on, in the order in which they were made. The place moves behind the last.</summary>
    public List<DirectoryEntry> Read(ref long position)
    {
        var entries = new List<DirectoryEntry>();
        if (position <= 0)
            entries.Add(new(Inode.IIno, ".", InodeType.Directory));
        if (position <= 1)
            entries.Add(new((Parent ?? this).Inode.IIno, "..", InodeType.Directory));
        long from = position = Math.Max(position, FirstPosition);
        foreach (Dentry child in _children.Values.Where(child => child.Position >= from).OrderBy(child => child.Position))
        {
            entries.Add(new(child.Inode.IIno, child.Name, child.Inode.Type));
            position = child.Position + 1;
        }

        foreach ((long place, string name) in others?.List().Where(other => other.Position >= from) ?? [])
        {
            if (Lookup(name) is { Inode: { } inode })
                entries.Add(new(inode.IIno, name, inode.Type));
            position = place + 1;
        }

        return entries;
    }
}
