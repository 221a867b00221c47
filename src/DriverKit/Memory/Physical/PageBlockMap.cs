using System.Numerics;

namespace DriverKit.Memory.Physical;

/// <summary>Which blocks are free inside each page block (4 MiB), and of what kind the page block is (<c>pageblock_flags</c>).</summary>
/// <remarks>The blocks of a page block form a binary tree, numbered as in a heap: node 1 is the whole, the halves of node n are 2n and 2n + 1, the pages are nodes
/// 1024 to 2047. So the buddy of node n is n ^ 1, and all that two buddies need to merge lies in 256 bytes. Node 1 is not kept here but in its
/// <see cref="FreeArea"/>, so that booting a large machine, where every page block is free as a whole, touches none of this.</remarks>
internal sealed class PageBlockMap(ulong blocks, MigrateType type)
{
    /// <summary><c>pageblock_order</c>.</summary>
    public const int Order = BuddyAllocator.MaxOrder - 1;

    /// <summary><c>pageblock_nr_pages</c>.</summary>
    public const ulong Pages = 1ul << Order;

    /// <summary>The nodes of this and higher orders are all in the first word.</summary>
    private const int WordOrder = 5;

    private const int WordsPerBlock = 2 << Order >> 6;
    private const int CountsPerBlock = 16;

    private readonly ulong[] _free = new ulong[blocks * WordsPerBlock];
    private readonly ushort[] _counts = new ushort[blocks * CountsPerBlock];
    private readonly MigrateType[] _types = Filled(blocks, type);

    public ulong Count => (ulong)_types.Length;

    /// <summary><c>get_pageblock_migratetype</c>.</summary>
    public ref MigrateType TypeOf(ulong block) => ref _types[block];

    public bool Contains(ulong block, uint node) => (_free[block * WordsPerBlock + (node >> 6)] >> (int)(node & 63) & 1) != 0;

    /// <summary>Marks a block free; true when it is the first of its order, 0 to 9, in the page block.</summary>
    public bool Add(ulong block, uint node, int order)
    {
        _free[block * WordsPerBlock + (node >> 6)] |= 1ul << (int)(node & 63);
        return _counts[block * CountsPerBlock + (uint)order]++ == 0;
    }

    /// <summary>Marks a block not free; true when it was the last of its order, 0 to 9, in the page block.</summary>
    public bool Remove(ulong block, uint node, int order)
    {
        _free[block * WordsPerBlock + (node >> 6)] &= ~(1ul << (int)(node & 63));
        return --_counts[block * CountsPerBlock + (uint)order] == 0;
    }

    /// <summary>How many free blocks of that order, 0 to 9, it has.</summary>
    public ulong CountOf(ulong block, int order) => _counts[block * CountsPerBlock + (uint)order];

    /// <summary>Its lowest free block of that order, 0 to 9; ask only when there is one. The nodes of an order lie next to each other.</summary>
    public uint First(ulong block, int order)
    {
        if (order >= WordOrder)
            return (uint)BitOperations.TrailingZeroCount(_free[block * WordsPerBlock] & Mask(order));
        int words = 1 << (Order - order) >> 6;
        ReadOnlySpan<ulong> nodes = _free.AsSpan((int)block * WordsPerBlock + words, words);
        int word = nodes.IndexOfAnyExcept(0ul);
        return (uint)((words + word) * 64 + BitOperations.TrailingZeroCount(nodes[word]));
    }

    private static ulong Mask(int order) => ((1ul << (1 << (Order - order))) - 1) << (1 << (Order - order));

    private static MigrateType[] Filled(ulong blocks, MigrateType type)
    {
        var types = new MigrateType[blocks];
        Array.Fill(types, type);
        return types;
    }
}
