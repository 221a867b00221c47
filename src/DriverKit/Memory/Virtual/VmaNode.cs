using DriverKit.Contracts;

namespace DriverKit.Memory.Virtual;

/// <summary>A node of the <see cref="VmaTree"/>: up to 64 entries in order, with the range they span and the largest gap between them.</summary>
internal abstract class VmaNode
{
    protected const int Capacity = 64;

    /// <summary>Entries with fewer are joined with a neighbour.</summary>
    protected const int Minimum = Capacity / 4;

    /// <summary>Where each entry starts.</summary>
    public readonly ulong[] Starts = new ulong[Capacity];

    /// <summary>Where each entry ends.</summary>
    public readonly ulong[] Ends = new ulong[Capacity];

    public int Count { get; protected set; }

    public ulong First => Count == 0 ? 0 : Starts[0];

    public ulong Last => Count == 0 ? 0 : Ends[Count - 1];

    /// <summary>The largest gap between two neighbours anywhere below.</summary>
    public ulong MaxGap { get; protected set; }

    public bool IsSmall => Count < Minimum;

    /// <summary>The index of the first entry that ends above the address; <see cref="Count"/> if none does.</summary>
    public int FirstEndingAbove(ulong address)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (Ends[middle] > address)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    /// <summary>The index of the last entry that starts below the address; -1 if none does.</summary>
    public int LastStartingBelow(ulong address)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (Starts[middle] < address)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }

    /// <summary>Adds an area below; returns the new right half if the node had to split.</summary>
    public abstract VmaNode? Insert(VmAreaStruct vma);

    public abstract void Remove(ulong start);

    public abstract void Resize(ulong oldStart, ulong start, ulong end);

    public abstract bool FindGap(ref GapSearch search);

    public abstract IEnumerable<VmAreaStruct> InOrder();

    /// <summary>Takes over all entries of the right neighbour.</summary>
    public abstract void Absorb(VmaNode right);

    protected static void OpenSlot<T>(T[] array, int index, int count) => Array.Copy(array, index, array, index + 1, count - index);

    protected static void CloseSlot<T>(T[] array, int index, int count) => Array.Copy(array, index + 1, array, index, count - index - 1);

    protected ulong WidestGapBetweenEntries()
    {
        ulong widest = 0;
        ReadOnlySpan<ulong> starts = Starts.AsSpan(0, Count), ends = Ends.AsSpan(0, Count);
        for (int i = 1; i < starts.Length; i++)
            widest = Math.Max(widest, starts[i] - ends[i - 1]);
        return widest;
    }
}

/// <summary>A search for the highest free range of a size between two limits.</summary>
internal struct GapSearch(ulong size, ulong low, ulong high)
{
    public ulong Size { get; } = size;

    /// <summary>Where the range found starts.</summary>
    public ulong Start { get; private set; }

    /// <summary>Takes the top of a gap if, cut to the limits, it is large enough.</summary>
    public bool TryGap(ulong from, ulong to)
    {
        ulong start = Math.Max(from, low), end = Math.Min(to, high);
        if (end < start || end - start < Size)
            return false;
        Start = end - Size;
        return true;
    }
}
