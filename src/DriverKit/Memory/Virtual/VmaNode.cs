using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DriverKit.Contracts;

namespace DriverKit.Memory.Virtual;

/// <summary>A node of the <see cref="VmaTree"/>: up to 64 entries in order, with the range each spans and the largest gap before or in it.</summary>
/// <remarks>A search for an address compares the last ends of the eight groups of eight slots, then the ends of one group, so it touches
/// little memory; a search for a gap compares all 64 slots and gets an answer of 64 bits, one a slot. So that unused slots need no
/// special case, they hold what lies behind everything: the highest number as start and end, and no gap.</remarks>
internal abstract class VmaNode
{
    protected const int Capacity = 64;

    /// <summary>Nodes with fewer entries are joined with a neighbour.</summary>
    protected const int Minimum = Capacity / 4;

    /// <summary>Slots a vector holds.</summary>
    private const int Group = 8;

    private const ulong Unused = ulong.MaxValue;

    /// <summary>The last of the ends of each group.</summary>
    private Pivots _pivots;

    /// <summary>Where each entry starts.</summary>
    protected Slots Starts;

    /// <summary>Where each entry ends.</summary>
    protected Slots Ends;

    /// <summary>The largest free range that ends at the start of an entry or lies inside it; no less than that.</summary>
    protected Slots Gaps;

    private References _entries;

    protected VmaNode()
    {
        ((Span<ulong>)Starts).Fill(Unused);
        ((Span<ulong>)Ends).Fill(Unused);
        SetPivots(0, Capacity - 1);
    }

    /// <summary>The areas or nodes themselves.</summary>
    protected Span<object?> Entries => _entries;

    public int Count { get; private set; }

    public ulong First => Count == 0 ? 0 : Starts[0];

    public ulong Last => Count == 0 ? 0 : Ends[Count - 1];

    /// <summary>At least the largest gap between two neighbours anywhere below. Filling a gap leaves it as it is; the next search that
    /// finds it too large corrects it, so a change need not be carried up the tree.</summary>
    public ulong MaxGap { get; private set; }

    public bool IsSmall => Count < Minimum;

    /// <summary>The index of the first entry that ends above the address; <see cref="Count"/> if none does.</summary>
    public int FirstEndingAbove(ulong address) => FirstEndingAt(address | 1); // Ends are even.

    /// <summary>The index of the last entry that starts below the address; -1 if none does.</summary>
    public int LastStartingBelow(ulong address)
    {
        int index = FirstEndingAt(address);
        return index < Count && Starts[index] < address ? index : index - 1;
    }

    /// <summary>Adds an area below; returns the new right half if the node had to split.</summary>
    public abstract VmaNode? Insert(VmAreaStruct vma);

    public abstract void Remove(ulong start);

    public abstract void Resize(ulong oldStart, ulong start, ulong end);

    /// <summary>Finds the highest gap of the size wanted.</summary>
    public abstract bool FindGap(ref GapSearch search);

    /// <summary>Takes over all entries of the right neighbour.</summary>
    public abstract void Absorb(VmaNode right);

    /// <summary>The largest gap inside an entry.</summary>
    protected abstract ulong GapInside(int index);

    /// <summary>One bit an entry: those with a gap large enough before or in them, unless all of it lies above the range searched.</summary>
    protected ulong EntriesWithGap(in GapSearch search)
    {
        ulong slots = AtLeast(ref Gaps, search.Size);
        if (slots == 0)
            TightenMaxGap();
        return search.High >= Last ? slots : slots & ulong.MaxValue >> (Capacity - 1 - FirstEndingAt(search.High));
    }

    /// <summary>Puts an entry in.</summary>
    protected void Insert(int index, object entry, ulong start, ulong end)
    {
        ShiftUp(index);
        _entries[index] = entry;
        SetPivots(index, Count++);
        Span(index, start, end);
    }

    /// <summary>Takes an entry out.</summary>
    protected void RemoveAt(int index)
    {
        ShiftDown(index);
        Count--;
        Forget(Count, 1);
        SetPivots(index, Count);
        if (index < Count)
            MeasureGap(index);
    }

    /// <summary>Splits a full node: all but the first entries go to an empty one.</summary>
    /// <param name="right">The empty node.</param>
    /// <param name="place">Where the next entry will go. At either end more will follow there, so the full side stays nearly full.</param>
    protected void SplitTo(VmaNode right, int place)
    {
        int kept = place == 0 ? 1 : place == Count ? Count - 1 : Count / 2;
        int moved = Count - kept;
        Entries.Slice(kept, moved).CopyTo(right.Entries);
        ((Span<ulong>)Starts).Slice(kept, moved).CopyTo(right.Starts);
        ((Span<ulong>)Ends).Slice(kept, moved).CopyTo(right.Ends);
        ((Span<ulong>)Gaps).Slice(kept, moved).CopyTo(right.Gaps);
        right.SetPivots(0, Capacity - 1);
        right.Count = moved;
        Count = kept;
        Forget(kept, moved);
        SetPivots(kept, Capacity - 1);
        right.MaxGap = MaxGap;
        right.MeasureGap(0);
    }

    /// <summary>Notes what an entry spans, and the gaps on both sides of it.</summary>
    protected void Span(int index, ulong start, ulong end)
    {
        if (Starts[index] != start || Ends[index] != end)
        {
            Starts[index] = start;
            Ends[index] = end;
            _pivots[index / Group] = Ends[index | (Group - 1)];
            if (index + 1 < Count)
                MeasureGap(index + 1);
        }

        MeasureGap(index);
    }

    /// <summary>Measures the gap of an entry again after a change.</summary>
    protected void MeasureGap(int index)
    {
        ulong before = index == 0 ? 0 : Starts[index] - Ends[index - 1];
        ulong gap = Math.Max(before, GapInside(index));
        Gaps[index] = gap;
        if (gap > MaxGap)
            MaxGap = gap;
    }

    /// <summary>No entry has the gap that there seemed to be: notes how large the largest one really is.</summary>
    private void TightenMaxGap()
    {
        ref ulong first = ref Gaps[0];
        Vector512<ulong> widest = default;
        for (int i = 0; i < Capacity; i += Vector512<ulong>.Count)
            widest = Vector512.Max(widest, Vector512.LoadUnsafe(ref first, (nuint)i));
        Vector256<ulong> four = Vector256.Max(widest.GetLower(), widest.GetUpper());
        Vector128<ulong> two = Vector128.Max(four.GetLower(), four.GetUpper());
        MaxGap = Math.Max(two[0], two[1]);
    }

    /// <summary>The index of the first entry that ends at the address or above; <see cref="Count"/> if none does.</summary>
    private int FirstEndingAt(ulong address)
    {
        Vector512<ulong> limits = Vector512.Create(address);
        int first = Group * BitOperations.TrailingZeroCount(AtLeast(ref _pivots[0], limits) | 1u << (Group - 1));

        // The caller wants the entry next: it is on its way from memory while the ends are.
        GC.KeepAlive(_entries[first]);
        return first + BitOperations.TrailingZeroCount(AtLeast(ref Ends[first], limits) | 1u << Group);
    }

    /// <summary>Notes the last ends of the groups between two slots.</summary>
    private void SetPivots(int from, int to)
    {
        for (int group = from / Group; group <= to / Group; group++)
            _pivots[group] = Ends[group * Group + Group - 1];
    }

    private void ShiftUp(int index)
    {
        Entries[index..Count].CopyTo(Entries[(index + 1)..]);
        ShiftUp(ref Starts, index);
        ShiftUp(ref Ends, index);
        ShiftUp(ref Gaps, index);
    }

    private void ShiftDown(int index)
    {
        Entries[(index + 1)..Count].CopyTo(Entries[index..]);
        ShiftDown(ref Starts, index);
        ShiftDown(ref Ends, index);
        ShiftDown(ref Gaps, index);
    }

    /// <summary>Moves everything from a slot on up by one. (Span.CopyTo calls out of managed code when the ranges overlap.)</summary>
    /// <remarks>The ranges overlap, so each piece must be in a register whole before it is stored: <see cref="Vector{T}"/> always is one.</remarks>
    private static void ShiftUp(ref Slots values, int index)
    {
        ref ulong first = ref values[0];
        int i = Capacity - 1 - Vector<ulong>.Count;
        for (; i >= index; i -= Vector<ulong>.Count)
            Vector.LoadUnsafe(ref first, (nuint)i).StoreUnsafe(ref first, (nuint)i + 1);
        for (i += Vector<ulong>.Count - 1; i >= index; i--)
            values[i + 1] = values[i];
    }

    /// <summary>Moves everything above a slot down by one.</summary>
    private static void ShiftDown(ref Slots values, int index)
    {
        ref ulong first = ref values[0];
        int i = index;
        for (; i < Capacity - Vector<ulong>.Count; i += Vector<ulong>.Count)
            Vector.LoadUnsafe(ref first, (nuint)i + 1).StoreUnsafe(ref first, (nuint)i);
        for (; i < Capacity - 1; i++)
            values[i] = values[i + 1];
    }

    private void Forget(int index, int count)
    {
        Entries.Slice(index, count).Clear();
        ((Span<ulong>)Starts).Slice(index, count).Fill(Unused);
        ((Span<ulong>)Ends).Slice(index, count).Fill(Unused);
        ((Span<ulong>)Gaps).Slice(index, count).Clear();
    }

    /// <summary>One bit a slot: those whose value is at least the limit.</summary>
    private static ulong AtLeast(ref Slots values, ulong limit)
    {
        Vector512<ulong> limits = Vector512.Create(limit);
        ulong slots = 0;
        for (int i = 0; i < Capacity; i += Group)
            slots |= (ulong)AtLeast(ref values[i], limits) << i;
        return slots;
    }

    /// <summary>One bit a slot of a group: those whose value is at least the limit.</summary>
    private static uint AtLeast(ref ulong group, Vector512<ulong> limits) =>
        (uint)Vector512.GreaterThanOrEqual(Vector512.LoadUnsafe(ref group), limits).ExtractMostSignificantBits();

    /// <summary>A number for each entry.</summary>
    [InlineArray(Capacity)]
    protected struct Slots
    {
        private ulong _first;
    }

    [InlineArray(Capacity / Group)]
    private struct Pivots
    {
        private ulong _first;
    }

    [InlineArray(Capacity)]
    private struct References
    {
        private object? _first;
    }
}

/// <summary>A search for the highest free range of a size between two limits.</summary>
internal struct GapSearch(ulong size, ulong low, ulong high)
{
    public ulong Size { get; } = size;

    /// <summary>Where the range must end.</summary>
    public ulong High { get; } = high;

    /// <summary>Where the range found starts.</summary>
    public ulong Start { get; private set; }

    /// <summary>The entry above the gap found: an area, or a node whose first area it is; null above all areas.</summary>
    public object? Above { get; private set; }

    /// <summary>Takes the top of a gap if, cut to the limits, it is large enough.</summary>
    public bool TryGap(ulong from, ulong to, object? above)
    {
        ulong start = Math.Max(from, low), end = Math.Min(to, High);
        if (end < start || end - start < Size)
            return false;
        Start = end - Size;
        Above = above;
        return true;
    }
}
