using System.Numerics;

namespace DriverKit.Memory.Physical;

/// <summary>A set of page blocks, as a hierarchical bitmap. Lowest one first, in a handful of instructions.</summary>
/// <remarks>A bit of an upper level says that the word below it is not zero, so finding the first set bit reads one word a level.</remarks>
internal sealed class BlockSet
{
    private readonly ulong[][] _levels;

    public BlockSet(ulong blocks)
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

    public bool Contains(ulong block) => (_levels[0][block >> 6] >> (int)(block & 63) & 1) != 0;

    public void Add(ulong block)
    {
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
        foreach (ulong[] level in _levels)
        {
            ref ulong word = ref level[block >> 6];
            word &= ~(1ul << (int)(block & 63));
            if (word != 0)
                return;
            block >>= 6;
        }
    }

    /// <summary>The lowest member; ask only when there is one.</summary>
    public ulong First()
    {
        ulong block = 0;
        for (int level = _levels.Length - 1; level >= 0; level--)
            block = (block << 6) + (ulong)BitOperations.TrailingZeroCount(_levels[level][block]);
        return block;
    }
}
