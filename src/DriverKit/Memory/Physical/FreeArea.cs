using System.Numerics;

namespace DriverKit.Memory.Physical;

/// <summary><c>struct free_area</c>: the free blocks of one order, as a hierarchical bitmap. Lowest block first, in a handful of instructions.</summary>
/// <remarks>A bit of an upper level says that the word below it is not zero, so finding the first set bit reads one word a level.
/// Linux links free pages into lists instead; a bitmap touches no <see cref="Page"/>, so a machine of 64 GiB boots without building any.</remarks>
internal sealed class FreeArea
{
    private readonly ulong[][] _levels;

    public FreeArea(ulong blocks)
    {
        var levels = new List<ulong[]>();
        ulong words = Math.Max(blocks, 1);
        do
        {
            words = (words + 63) / 64;
            levels.Add(new ulong[words]);
        }
        while (words > 1);
        _levels = [.. levels];
    }

    /// <summary><c>nr_free</c>.</summary>
    public ulong Count { get; private set; }

    public bool Contains(ulong block) => (_levels[0][block >> 6] >> (int)(block & 63) & 1) != 0;

    public void Add(ulong block)
    {
        Count++;
        foreach (ulong[] level in _levels)
        {
            ref ulong word = ref level[block >> 6];
            ulong before = word;
            word |= 1ul << (int)(block & 63);
            if (before != 0)
                return;
            block >>= 6;
        }
    }

    public void Remove(ulong block)
    {
        Count--;
        foreach (ulong[] level in _levels)
        {
            ref ulong word = ref level[block >> 6];
            word &= ~(1ul << (int)(block & 63));
            if (word != 0)
                return;
            block >>= 6;
        }
    }

    /// <summary>Takes the lowest free block; call only when there is one.</summary>
    public ulong TakeFirst()
    {
        ulong block = 0;
        for (int level = _levels.Length - 1; level >= 0; level--)
            block = (block << 6) + (ulong)BitOperations.TrailingZeroCount(_levels[level][block]);
        Remove(block);
        return block;
    }
}
