using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>The parts of areas that lie in a range, in order of address. Each is looked up when its turn comes, so what is done to one may split it or join it with others.</summary>
internal ref struct AreaParts(MmStruct mm, UserVirtualAddress start, UserVirtualAddress end)
{
    private UserVirtualAddress _at = start;

    /// <summary>The area of the part.</summary>
    public VmAreaStruct Area { get; private set; } = null!;

    /// <summary>Where the part starts.</summary>
    public UserVirtualAddress Start { get; private set; }

    /// <summary>Where it ends.</summary>
    public UserVirtualAddress End { get; private set; }

    /// <summary>Bytes of the part.</summary>
    public readonly ulong Length => End - Start;

    /// <summary>True once something of the range, up to the end of the part, is not mapped.</summary>
    public bool HasHole { get; private set; }

    /// <summary>Goes to the next part; false behind the last.</summary>
    public bool MoveNext()
    {
        if (_at >= end)
            return false;
        if (mm.Vmas.FindIntersection(_at, end) is not { } vma)
        {
            HasHole = true;
            return false;
        }

        HasHole |= vma.VmStart > _at;
        Area = vma;
        Start = vma.VmStart > _at ? vma.VmStart : _at;
        End = _at = vma.VmEnd < end ? vma.VmEnd : end;
        return true;
    }
}
