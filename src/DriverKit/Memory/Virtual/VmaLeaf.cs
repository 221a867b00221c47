using DriverKit.Contracts;

namespace DriverKit.Memory.Virtual;

/// <summary>A leaf of the <see cref="VmaTree"/>: the areas themselves.</summary>
internal sealed class VmaLeaf : VmaNode
{
    public readonly VmAreaStruct[] Areas = new VmAreaStruct[Capacity];

    public override VmaNode? Insert(VmAreaStruct vma)
    {
        VmaLeaf? right = null;
        VmaLeaf target = this;
        if (Count == Capacity)
        {
            right = Split();
            if (vma.VmStart.Value > right.First)
                target = right;
        }

        target.Add(target.LastStartingBelow(vma.VmStart.Value) + 1, vma);
        return right;
    }

    public override void Remove(ulong start)
    {
        int index = FirstEndingAbove(start);
        CloseSlot(Areas, index, Count);
        CloseSlot(Starts, index, Count);
        CloseSlot(Ends, index, Count);
        Areas[--Count] = null!;
        Summarise();
    }

    public override void Resize(ulong oldStart, ulong start, ulong end)
    {
        int index = FirstEndingAbove(oldStart);
        Starts[index] = start;
        Ends[index] = end;
        Summarise();
    }

    public override bool FindGap(ref GapSearch search)
    {
        if (MaxGap < search.Size)
            return false;
        for (int i = Count - 1; i > 0; i--)
        {
            if (search.TryGap(Ends[i - 1], Starts[i]))
                return true;
        }

        return false;
    }

    public override IEnumerable<VmAreaStruct> InOrder() => Areas.Take(Count);

    public override void Absorb(VmaNode right)
    {
        var leaf = (VmaLeaf)right;
        Array.Copy(leaf.Areas, 0, Areas, Count, leaf.Count);
        Array.Copy(leaf.Starts, 0, Starts, Count, leaf.Count);
        Array.Copy(leaf.Ends, 0, Ends, Count, leaf.Count);
        Count += leaf.Count;
        Summarise();
    }

    private void Add(int index, VmAreaStruct vma)
    {
        OpenSlot(Areas, index, Count);
        OpenSlot(Starts, index, Count);
        OpenSlot(Ends, index, Count);
        Areas[index] = vma;
        Starts[index] = vma.VmStart.Value;
        Ends[index] = vma.VmEnd.Value;
        Count++;
        Summarise();
    }

    private VmaLeaf Split()
    {
        var right = new VmaLeaf();
        int half = Count / 2;
        right.Count = Count - half;
        Array.Copy(Areas, half, right.Areas, 0, right.Count);
        Array.Copy(Starts, half, right.Starts, 0, right.Count);
        Array.Copy(Ends, half, right.Ends, 0, right.Count);
        Array.Clear(Areas, half, right.Count);
        Count = half;
        Summarise();
        right.Summarise();
        return right;
    }

    private void Summarise() => MaxGap = WidestGapBetweenEntries();
}
