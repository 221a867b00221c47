using System.Numerics;
using System.Runtime.CompilerServices;
using DriverKit.Contracts;

namespace DriverKit.Memory.Virtual;

/// <summary>An inner node of the <see cref="VmaTree"/>. It repeats what its children span, so that a search touches one child a level.</summary>
internal sealed class VmaBranch : VmaNode
{
    public VmaBranch(VmaNode left, VmaNode right)
    {
        Add(0, left);
        Add(1, right);
    }

    private VmaBranch()
    {
    }

    public VmaNode Child(int index) => Unsafe.As<VmaNode>(Entries[index]!);

    public override VmaNode? Insert(VmAreaStruct vma)
    {
        int index = Math.Max(LastStartingBelow(vma.VmStart.Value), 0);
        VmaNode? sibling = Child(index).Insert(vma);
        Refresh(index);
        VmaBranch? right = null;
        if (sibling is not null)
        {
            VmaBranch target = this;
            if (Count == Capacity)
            {
                right = new VmaBranch();
                SplitTo(right, index + 1 == Count ? Count : index);
                if (index >= Count)
                {
                    index -= Count;
                    target = right;
                }
            }

            target.Add(index + 1, sibling);
        }

        return right;
    }

    public override void Remove(ulong start)
    {
        int index = FirstEndingAbove(start);
        VmaNode child = Child(index);
        child.Remove(start);
        if (child.Count == 0)
        {
            RemoveAt(index);
        }
        else
        {
            Refresh(index);
            if (child.IsSmall)
                JoinWithNeighbour(index);
        }
    }

    public override void Resize(ulong oldStart, ulong start, ulong end)
    {
        int index = FirstEndingAbove(oldStart);
        Child(index).Resize(oldStart, start, end);
        Refresh(index);
    }

    public override bool FindGap(ref GapSearch search)
    {
        ulong slots = EntriesWithGap(search);
        for (; slots != 0; slots ^= 1ul << BitOperations.Log2(slots))
        {
            int i = BitOperations.Log2(slots);
            if (Child(i).FindGap(ref search) || (i > 0 && search.TryGap(Ends[i - 1], Starts[i], Entries[i])))
                return true;
            MeasureGap(i);
        }

        return false;
    }

    public override void Absorb(VmaNode right)
    {
        var branch = (VmaBranch)right;
        for (int i = 0; i < branch.Count; i++)
            Add(Count, branch.Child(i));
    }

    protected override ulong GapInside(int index) => Child(index).MaxGap;

    private void JoinWithNeighbour(int index)
    {
        int left = index > 0 ? index - 1 : index;
        if (left + 1 >= Count || Child(left).Count + Child(left + 1).Count > Capacity * 3 / 4)
            return;
        Child(left).Absorb(Child(left + 1));
        RemoveAt(left + 1);
        Refresh(left);
    }

    private void Add(int index, VmaNode child) => Insert(index, child, child.First, child.Last);

    private void Refresh(int index)
    {
        VmaNode child = Child(index);
        Span(index, child.First, child.Last);
    }
}
