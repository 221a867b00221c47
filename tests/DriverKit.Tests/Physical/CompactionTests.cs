using DriverKit.Tests.Support;

namespace DriverKit.Tests.Physical;

/// <summary>What compaction asks of the buddy allocator: which frames are in use, and free pages from the top.</summary>
public sealed class CompactionTests : KernelTest
{
    private const ulong PageBlock = 1024;

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Free_pages_come_from_the_top_of_partly_used_movable_page_blocks_each_once_and_go_back(ulong seed, bool isGrouped)
    {
        const ulong Start = 700, End = 9 * PageBlock + 300;
        var buddy = new BuddyAllocator(new(Start), new(End), isGrouped);
        buddy.FreeRange(new(Start), new(End));
        var random = new SeededRandom(seed);
        var used = new HashSet<ulong>();
        Fill(buddy, random, used);
        ulong[] before = Counts(buddy);
        ulong free = buddy.FreePages;

        ulong lowest = Start + random.Next(3000);
        bool IsTarget(ulong block) => (!isGrouped || buddy.TypeOf(new(Math.Max(block * PageBlock, Start))) == MigrateType.Movable)
            && Enumerable.Range(0, (int)PageBlock).Any(i => used.Contains(block * PageBlock + (ulong)i) || block * PageBlock + (ulong)i is < Start or >= End);
        HashSet<ulong> targets = [.. Enumerable.Range(0, 10).Select(block => (ulong)block).Where(IsTarget)];
        ulong[] expected = [.. Enumerable.Range(0, (int)(End - lowest)).Select(i => End - 1 - (ulong)i).Where(pfn => !used.Contains(pfn) && targets.Contains(pfn / PageBlock))];
        var taken = new List<Pfn>();
        for (Pfn end = new(End); buddy.TryTakeHighest(new(lowest), end, out Pfn pfn); end = pfn)
        {
            Assert.False(buddy.IsFree(pfn));
            taken.Add(pfn);
        }

        Assert.Equal(expected, taken.Select(pfn => pfn.Value));
        Assert.NotEmpty(expected);
        Assert.Equal(free - (ulong)taken.Count, buddy.FreePages);
        Assert.False(buddy.TryTakeHighest(new(lowest), new(ulong.MaxValue), out _));
        foreach (Pfn pfn in taken)
            buddy.Free(pfn, 0);
        Assert.Equal(free, buddy.FreePages);
        Assert.Equal(before, Counts(buddy));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Skipping_free_blocks_finds_exactly_the_frames_in_use(ulong seed)
    {
        var buddy = new BuddyAllocator(new(0), new(6 * PageBlock), isGrouped: true);
        buddy.FreeRange(new(0), new(6 * PageBlock));
        var used = new HashSet<ulong>();
        Fill(buddy, new SeededRandom(seed), used);
        var seen = new List<ulong>();
        var end = new Pfn(6 * PageBlock - 3);
        for (Pfn at = buddy.NextUsed(new(7), end); at < end; at = buddy.NextUsed(at + 1ul, end))
            seen.Add(at.Value);
        Assert.Equal(used.Where(pfn => pfn >= 7 && pfn < end.Value).Order(), seen);
        Assert.Equal(end, buddy.NextUsed(end, end));
    }

    [Fact]
    public void An_isolated_page_is_held_once_and_is_no_allocation()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        Zone zone = kernel.Memory.PopulatedZones.Last();
        kernel.RunKernelThread(() =>
        {
            Assert.NotNull(AllocPage(GfpFlags.HighUserMovable));
            string before = kernel.Buddyinfo();
            ulong allocated = kernel.Memory.VmStat[VmEvent.PgallocNormal];
            Page page = kernel.Memory.PageAllocator.IsolateHighestFreePage(zone, zone.StartPfn, zone.EndPfn)!;
            Assert.Equal((1, PageFlags.None), (page.Count, page.Flags));
            Assert.Equal(allocated, kernel.Memory.VmStat[VmEvent.PgallocNormal]);
            Assert.NotEqual(before, kernel.Buddyinfo());
            FreePage(page);
            Assert.Equal(before, kernel.Buddyinfo());
            Assert.Null(kernel.Memory.PageAllocator.IsolateHighestFreePage(zone, zone.EndPfn, zone.EndPfn));
            Assert.Null(kernel.Memory.PageAllocator.IsolateHighestFreePage(zone, zone.EndPfn, zone.StartPfn));
        });
    }

    /// <summary>Takes blocks of all sizes and kinds until half is gone, and gives some back.</summary>
    private static void Fill(BuddyAllocator buddy, SeededRandom random, HashSet<ulong> used)
    {
        var blocks = new List<(Pfn Pfn, int Order)>();
        for (ulong half = buddy.FreePages / 2; buddy.FreePages > half;)
        {
            int order = (int)random.Next(6);
            if (buddy.TryAllocate(order, (MigrateType)random.Next(3), out Pfn pfn))
                blocks.Add((pfn, order));
        }

        foreach ((Pfn pfn, int order) in blocks)
        {
            if (random.Next(3) == 0)
            {
                buddy.Free(pfn, order);
                continue;
            }

            for (ulong i = 0; i < 1ul << order; i++)
                used.Add(pfn.Value + i);
        }
    }

    private static ulong[] Counts(BuddyAllocator buddy) => [.. Enumerable.Range(0, 11).Select(order => buddy.FreeBlocks(order))];
}
