using DriverKit.Primitives;

namespace DriverKit.Io;

/// <summary><c>struct resource</c>: a named range of addresses, in a tree: a child lies inside its parent (<c>linux/ioport.h</c>).</summary>
public sealed class Resource
{
    private readonly List<Resource> _children = [];

    internal Resource(string name, ulong start, ulong end, bool busy)
    {
        Name = name;
        Start = start;
        End = end;
        IsBusy = busy;
    }

    /// <summary><c>name</c>.</summary>
    public string Name { get; }

    /// <summary><c>start</c>: first address.</summary>
    public ulong Start { get; }

    /// <summary><c>end</c>: last address, inclusive.</summary>
    public ulong End { get; }

    /// <summary>Bytes: end - start + 1 (<c>resource_size</c>).</summary>
    public ulong Size => End - Start + 1;

    /// <summary><c>IORESOURCE_BUSY</c>: a driver uses it; nothing else may be requested inside.</summary>
    public bool IsBusy { get; }

    /// <summary>What lies inside, in order of address.</summary>
    public IReadOnlyList<Resource> Children => _children;

    /// <summary><c>__request_resource</c>: puts a range inside this one.</summary>
    /// <returns>Null on success, or the range it collides with.</returns>
    internal Resource? Insert(Resource added)
    {
        if (added.Start < Start || added.End > End || added.End < added.Start)
            return this;
        int index = 0;
        while (index < _children.Count && _children[index].End < added.Start)
            index++;
        if (index < _children.Count && _children[index].Start <= added.End)
            return _children[index];
        _children.Insert(index, added);
        return null;
    }

    internal bool Remove(Resource child) => _children.Remove(child);
}
