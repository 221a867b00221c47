using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>The areas of one address space, in order of address: a B+ tree of flat arrays. Every node knows the range it spans and the
/// largest gap inside, so finding an area and finding room for one both go straight down. Neighbours know each other.</summary>
/// <remarks>Linux 2.6 used a red-black tree and a list (<c>mm_rb</c>, <c>mmap</c>), today's uses a B-tree, the maple tree. Areas never overlap.</remarks>
internal sealed class VmaTree
{
    private VmaNode _root = new VmaLeaf();

    /// <summary>The leaf changed last: the next change is often in it too.</summary>
    private VmaLeaf? _lastLeaf;

    /// <summary>What the last search for a gap has shown: no free range of <see cref="_gapSize"/> bytes or more that ends at <see cref="_gapLimit"/> or
    /// below ends above <see cref="_gapEnd"/>. (Linux 2.6 had <c>free_area_cache</c> and <c>cached_hole_size</c> for it.)</summary>
    private ulong _gapSize, _gapLimit, _gapEnd;

    /// <summary>How many areas.</summary>
    public int Count { get; private set; }

    /// <summary><c>find_vma</c>: the first area that ends above the address; it need not contain it.</summary>
    public VmAreaStruct? Find(UserVirtualAddress address)
    {
        if (Descend(address.Value) is not { } leaf)
            return null;
        int index = leaf.FirstEndingAbove(address.Value);
        return index == leaf.Count ? null : leaf.Area(index);
    }

    /// <summary>The last area that starts below the address, or null (<c>find_vma_prev</c>).</summary>
    public VmAreaStruct? FindBefore(UserVirtualAddress address)
    {
        VmaNode node = _root;
        if (Count == 0 || node.First >= address.Value)
            return null;
        while (node is VmaBranch branch)
            node = branch.Child(branch.LastStartingBelow(address.Value));
        var leaf = (VmaLeaf)node;
        return leaf.Area(leaf.LastStartingBelow(address.Value));
    }

    /// <summary>The first area that overlaps the range, or null (<c>find_vma_intersection</c>).</summary>
    public VmAreaStruct? FindIntersection(UserVirtualAddress start, UserVirtualAddress end) =>
        Find(start) is { } vma && vma.VmStart < end ? vma : null;

    /// <summary>Adds an area that overlaps no other.</summary>
    public void Insert(VmAreaStruct vma)
    {
        Count++;
        if (LeafOf(vma.VmStart.Value) is { } leaf && leaf.TryInsertInside(vma))
            return;
        if (_root.Insert(vma) is { } sibling)
            _root = new VmaBranch(_root, sibling);
    }

    /// <summary>Takes an area out, by its start.</summary>
    public void Remove(VmAreaStruct vma)
    {
        Count--;
        _gapEnd = Math.Max(_gapEnd, vma.VmNext?.VmStart.Value ?? ulong.MaxValue);
        if (!LeafOf(vma.VmStart.Value)!.TryRemoveInside(vma.VmStart.Value))
        {
            _root.Remove(vma.VmStart.Value);
            while (_root is VmaBranch { Count: 1 } branch)
                _root = branch.Child(0);
            _lastLeaf = null;
        }

        vma.LeaveList();
    }

    /// <summary>Moves an area's ends; it must still overlap no other and keep its place in the order.</summary>
    public void Resize(VmAreaStruct vma, UserVirtualAddress start, UserVirtualAddress end)
    {
        if (start > vma.VmStart || end < vma.VmEnd)
            _gapEnd = ulong.MaxValue;
        _root.Resize(vma.VmStart.Value, start.Value, end.Value);
        vma.VmStart = start;
        vma.VmEnd = end;
    }

    /// <summary>The highest free range of that size between the limits.</summary>
    /// <param name="size">Bytes, whole pages.</param>
    /// <param name="low">Lowest address it may start at.</param>
    /// <param name="high">Highest address it may end at.</param>
    /// <param name="start">Where it starts.</param>
    /// <param name="above">The first area above it; null if there is none.</param>
    public bool TryFindGap(ulong size, ulong low, ulong high, out UserVirtualAddress start, out VmAreaStruct? above)
    {
        bool isKnown = size >= _gapSize && high == _gapLimit;
        var search = new GapSearch(size, low, isKnown ? Math.Min(high, _gapEnd) : high);
        bool found = search.TryGap(_root.Last, ulong.MaxValue, above: null) || _root.FindGap(ref search) || search.TryGap(0, _root.First, _root);
        if (found)
            (_gapSize, _gapLimit, _gapEnd) = (size, high, search.Start + size);
        start = new(search.Start);
        above = search.Above is VmaNode node ? FirstOf(node) : Unsafe.As<VmAreaStruct>(search.Above);
        return found;
    }

    /// <summary>All areas in order of address. Do not change the tree meanwhile.</summary>
    public IEnumerable<VmAreaStruct> InOrder()
    {
        for (VmAreaStruct? vma = Find(default); vma is not null; vma = vma.VmNext)
            yield return vma;
    }

    private static VmAreaStruct FirstOf(VmaNode node)
    {
        while (node is VmaBranch branch)
            node = branch.Child(0);
        return ((VmaLeaf)node).Area(0);
    }

    /// <summary>The leaf to change at an address: the one changed last, or found from the root.</summary>
    private VmaLeaf? LeafOf(ulong address) =>
        _lastLeaf is { } last && last.First <= address && address < last.Last ? last : _lastLeaf = Descend(address);

    /// <summary>The leaf with the first area that ends above the address; null if there is none.</summary>
    private VmaLeaf? Descend(ulong address)
    {
        VmaNode node = _root;
        while (node is VmaBranch branch)
        {
            int child = branch.FirstEndingAbove(address);
            if (child == branch.Count)
                return null;
            node = branch.Child(child);
        }

        return (VmaLeaf)node;
    }
}
