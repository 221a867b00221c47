using System.Numerics;
using System.Runtime.CompilerServices;
using DriverKit.Contracts;

namespace DriverKit.Memory.Virtual;

/// <summary>A leaf of the <see cref="VmaTree"/>: the areas themselves.</summary>
internal sealed class VmaLeaf : VmaNode
{
    public VmAreaStruct Area(int index) => Unsafe.As<VmAreaStruct>(Entries[index]!);

    public override VmaNode? Insert(VmAreaStruct vma)
    {
        VmaLeaf? right = null;
        VmaLeaf target = this;
        if (Count == Capacity)
        {
            right = new VmaLeaf();
            SplitTo(right, PlaceFor(vma));
            if (vma.VmStart.Value > right.First)
                target = right;
        }

        target.Add(vma);
        return right;
    }

    public override void Remove(ulong start) => RemoveAt(FirstEndingAbove(start));

    /// <summary>Adds an area between two of this leaf, which changes nothing further up; false if there is more to it.</summary>
    public bool TryInsertInside(VmAreaStruct vma)
    {
        ulong start = vma.VmStart.Value;
        if (Count == Capacity || start <= First || start >= Last)
            return false;
        Add(vma);
        return true;
    }

    /// <summary>Takes out an area between two of this leaf when that changes nothing further up; false if there is more to it.</summary>
    public bool TryRemoveInside(ulong start)
    {
        int index = FirstEndingAbove(start);
        if (index == 0 || index >= Count - 1 || Count <= Minimum || Starts[index + 1] - Ends[index - 1] > MaxGap)
            return false;
        RemoveAt(index);
        return true;
    }

    public override void Resize(ulong oldStart, ulong start, ulong end) => Span(FirstEndingAbove(oldStart), start, end);

    public override bool FindGap(ref GapSearch search)
    {
        ulong slots = EntriesWithGap(search);
        for (; slots != 0; slots ^= 1ul << BitOperations.Log2(slots))
        {
            int i = BitOperations.Log2(slots);
            if (i > 0 && search.TryGap(Ends[i - 1], Starts[i], Entries[i]))
                return true;
        }

        return false;
    }

    public override void Absorb(VmaNode right)
    {
        var leaf = (VmaLeaf)right;
        for (int i = 0; i < leaf.Count; i++)
            Add(Count, leaf.Area(i));
    }

    protected override ulong GapInside(int index) => 0;

    private int PlaceFor(VmAreaStruct vma) => LastStartingBelow(vma.VmStart.Value) + 1;

    private void Add(VmAreaStruct vma)
    {
        int index = PlaceFor(vma);
        VmAreaStruct? previous = index > 0 ? Area(index - 1) : null, next = index < Count ? Area(index) : null;
        vma.JoinList(previous ?? next?.VmPrev, next ?? previous?.VmNext);
        Add(index, vma);
    }

    private void Add(int index, VmAreaStruct vma) => Insert(index, vma, vma.VmStart.Value, vma.VmEnd.Value);
}
