namespace DriverKit.Memory.Physical;

/// <summary><c>struct free_area</c>: the free blocks of one order, by kind: how many there are, and which page blocks have some.</summary>
/// <remarks>Linux links free pages into lists instead; bitmaps touch no <see cref="Page"/>, so a machine of 64 GiB boots without building any.</remarks>
internal sealed class FreeArea(ulong pageBlocks)
{
    private readonly BlockSet[] _pageBlocks = [new(pageBlocks), new(pageBlocks), new(pageBlocks), new(pageBlocks)];
    private readonly ulong[] _count = new ulong[MigrateTypes.Count];

    /// <summary><c>nr_free</c>.</summary>
    public ulong Count => _count[0] + _count[1] + _count[2] + _count[3];

    /// <summary>Free blocks in page blocks of that kind.</summary>
    public ref ulong CountOf(MigrateType type) => ref _count[(int)type];

    /// <summary>The page blocks of that kind that have a free block of this order.</summary>
    public BlockSet PageBlocks(MigrateType type) => _pageBlocks[(int)type];
}
