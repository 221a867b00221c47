using DriverKit.Contracts;

namespace DriverKit.Memory.Virtual;

/// <summary>An inner node of the <see cref="VmaTree"/>. It repeats what its children span, so that a search touches one child a level.</summary>
internal sealed class VmaBranch : VmaNode
{
    public readonly VmaNode[] Children = new VmaNode[Capacity];

    private readonly ulong[] _gaps = new ulong[Capacity];

    public VmaBranch(VmaNode left, VmaNode right)
    {
        Add(0, left);
        Add(1, right);
        Summarise();
    }

    private VmaBranch()
    {
    }

    public override VmaNode? Insert(VmAreaStruct vma)
    {
        int index = Math.Max(LastStartingBelow(vma.VmStart.Value), 0);
        VmaNode? sibling = Children[index].Insert(vma);
        Refresh(index);
        VmaBranch? right = null;
        if (sibling is not null)
        {
            if (Count == Capacity)
            {
                right = Split();
                if (index >= Count)
                    right.Add(index - Count + 1, sibling);
                else
                    Add(index + 1, sibling);
                right.Summarise();
            }
            else
            {
                Add(index + 1, sibling);
            }
        }

        Summarise();
        return right;
    }

    public override void Remove(ulong start)
    {
        int index = FirstEndingAbove(start);
        VmaNode child = Children[index];
        child.Remove(start);
        Refresh(index);
        if (child.IsSmall)
            JoinWithNeighbour(index);
        Summarise();
    }

    public override void Resize(ulong oldStart, ulong start, ulong end)
    {
        int index = FirstEndingAbove(oldStart);
        Children[index].Resize(oldStart, start, end);
        Refresh(index);
        Summarise();
    }

    public override bool FindGap(ref GapSearch search)
    {
        if (MaxGap < search.Size)
            return false;
        for (int i = Count - 1; i >= 0; i--)
        {
            if (_gaps[i] >= search.Size && Children[i].FindGap(ref search))
                return true;
            if (i > 0 && search.TryGap(Ends[i - 1], Starts[i]))
                return true;
        }

        return false;
    }

    public override IEnumerable<VmAreaStruct> InOrder() => Children.Take(Count).SelectMany(child => child.InOrder());

    public override void Absorb(VmaNode right)
    {
        var branch = (VmaBranch)right;
        for (int i = 0; i < branch.Count; i++)
            Add(Count, branch.Children[i]);
        Summarise();
    }

    private void JoinWithNeighbour(int index)
    {
        if (Children[index].Count == 0)
        {
            RemoveChild(index);
            return;
        }

        int left = index > 0 ? index - 1 : index;
        if (left + 1 >= Count || Children[left].Count + Children[left + 1].Count > Capacity * 3 / 4)
            return;
        Children[left].Absorb(Children[left + 1]);
        RemoveChild(left + 1);
        Refresh(left);
    }

    private void Add(int index, VmaNode child)
    {
        OpenSlot(Children, index, Count);
        OpenSlot(Starts, index, Count);
        OpenSlot(Ends, index, Count);
        OpenSlot(_gaps, index, Count);
        Children[index] = child;
        Count++;
        Refresh(index);
    }

    private void RemoveChild(int index)
    {
        CloseSlot(Children, index, Count);
        CloseSlot(Starts, index, Count);
        CloseSlot(Ends, index, Count);
        CloseSlot(_gaps, index, Count);
        Children[--Count] = null!;
    }

    private VmaBranch Split()
    {
        var right = new VmaBranch();
        int half = Count / 2;
        for (int i = half; i < Count; i++)
            right.Add(i - half, Children[i]);
        Array.Clear(Children, half, Count - half);
        Count = half;
        return right;
    }

    private void Refresh(int index)
    {
        Starts[index] = Children[index].First;
        Ends[index] = Children[index].Last;
        _gaps[index] = Children[index].MaxGap;
    }

    private void Summarise()
    {
        ulong widest = WidestGapBetweenEntries();
        foreach (ulong gap in _gaps.AsSpan(0, Count))
            widest = Math.Max(widest, gap);
        MaxGap = widest;
    }
}
