using DriverKit.Tests.Support;

namespace DriverKit.Tests.Physical;

/// <summary>Pages that can move, pages that can be freed and pages that can do neither keep to page blocks of their own.</summary>
public sealed class MobilityTests : KernelTest
{
    private const ulong PageBlock = 1024;
    private static readonly MigrateType[] Kinds = [MigrateType.Unmovable, MigrateType.Reclaimable, MigrateType.Movable];

    [Fact]
    public void While_there_is_memory_no_page_block_holds_pages_of_two_kinds()
    {
        BuddyAllocator buddy = Fresh(16, isGrouped: true);
        var kinds = new Dictionary<ulong, HashSet<MigrateType>>();
        for (int i = 0; i < 9000; i++)
        {
            MigrateType kind = Kinds[i % 3];
            Pfn pfn = Take(buddy, 0, kind);
            (kinds.TryGetValue(pfn.Value / PageBlock, out HashSet<MigrateType>? seen) ? seen : kinds[pfn.Value / PageBlock] = []).Add(kind);
            Assert.Equal(kind, buddy.TypeOf(pfn));
        }

        Assert.Equal(9, kinds.Count);
        Assert.All(kinds.Values, seen => Assert.Single(seen));
    }

    [Theory]
    [InlineData(true, 8)]
    [InlineData(false, 0)]
    public void When_the_movable_half_of_memory_goes_large_blocks_come_back_only_where_kinds_were_kept_apart(bool isGrouped, ulong largeBlocks)
    {
        BuddyAllocator buddy = Fresh(16, isGrouped);
        Pfn[] movable = [.. Enumerable.Range(0, 8 * 1024).Select(_ =>
        {
            Take(buddy, 0, MigrateType.Unmovable);
            return Take(buddy, 0, MigrateType.Movable);
        })];
        Assert.Equal(0ul, buddy.FreePages);
        foreach (Pfn pfn in movable)
            buddy.Free(pfn, 0);
        Assert.Equal(largeBlocks, buddy.FreeBlocks(10));
    }

    [Theory]
    [InlineData(MigrateType.Unmovable, 511, MigrateType.Unmovable)]
    [InlineData(MigrateType.Unmovable, 513, MigrateType.Movable)]
    [InlineData(MigrateType.Reclaimable, 511, MigrateType.Reclaimable)]
    [InlineData(MigrateType.Reclaimable, 513, MigrateType.Movable)]
    public void A_page_block_changes_its_kind_when_at_least_half_of_it_is_free(MigrateType kind, int taken, MigrateType then)
    {
        BuddyAllocator buddy = Fresh(1, isGrouped: true);
        for (int i = 0; i < taken; i++)
            Take(buddy, 0, MigrateType.Movable);
        Assert.Equal(then, buddy.TypeOf(Take(buddy, 0, kind)));
    }

    [Fact]
    public void A_small_block_is_borrowed_without_the_page_block_except_for_reclaimable_pages()
    {
        MigrateType After(MigrateType kind)
        {
            // Every other block of 16 pages is free: half the page block, and nothing of order 5.
            BuddyAllocator buddy = Fresh(1, isGrouped: true);
            Pfn[] blocks = [.. Enumerable.Range(0, 64).Select(_ => Take(buddy, 4, MigrateType.Movable))];
            foreach (Pfn pfn in blocks.Where(pfn => pfn.Value / 16 % 2 == 0))
                buddy.Free(pfn, 4);
            return buddy.TypeOf(Take(buddy, 0, kind));
        }

        Assert.Equal((MigrateType.Movable, MigrateType.Reclaimable), (After(MigrateType.Unmovable), After(MigrateType.Reclaimable)));
    }

    [Fact]
    public void The_reserve_is_the_end_of_the_zone_and_is_used_last()
    {
        BuddyAllocator buddy = Fresh(4, isGrouped: true);
        buddy.SetUpReserve(1500);
        Assert.Equal((2ul, 2ul), (buddy.FreeBlocks(10, MigrateType.Movable), buddy.FreeBlocks(10, MigrateType.Reserve)));
        for (ulong pfn = 0; pfn < 4 * PageBlock; pfn++)
            Assert.Equal(pfn, Take(buddy, 0, MigrateType.Unmovable).Value);
        Assert.Equal(MigrateType.Reserve, buddy.TypeOf(new(3 * PageBlock)));
    }

    [Theory]
    [InlineData(GfpFlags.Kernel, MigrateType.Unmovable)]
    [InlineData(GfpFlags.Atomic, MigrateType.Unmovable)]
    [InlineData(GfpFlags.HighUser, MigrateType.Unmovable)]
    [InlineData(GfpFlags.Temporary, MigrateType.Reclaimable)]
    [InlineData(GfpFlags.HighUserMovable, MigrateType.Movable)]
    public void A_request_says_its_kind_and_a_fresh_machine_serves_it_in_order_of_address(GfpFlags flags, MigrateType kind)
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 3072, "the pages it allocates");
        kernel.RunKernelThread(() =>
        {
            Page first = AllocPage(flags)!;
            Assert.Equal(kind, first.Zone!.Buddy.TypeOf(first.Pfn));
            for (ulong i = 1; i < 3 * PageBlock; i++)
                Assert.Equal(first.Pfn + i, AllocPage(flags)!.Pfn);
        });
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(20, true)]
    public void A_machine_below_20_MiB_does_not_group(int mebibytes, bool isGrouped)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = mebibytes.MiB() });
        Zone dma = kernel.Memory.PopulatedZones.First();
        Assert.Equal(isGrouped, dma.FreeBlocks(10, MigrateType.Movable) != 0);
        Assert.Equal(isGrouped, dma.FreeBlocks(10, MigrateType.Reserve) != 0);
        Assert.Equal(!isGrouped, dma.FreeBlocks(10, MigrateType.Unmovable) != 0);
    }

    private static BuddyAllocator Fresh(ulong pageBlocks, bool isGrouped)
    {
        var buddy = new BuddyAllocator(new(0), new(pageBlocks * PageBlock), isGrouped);
        buddy.FreeRange(new(0), new(pageBlocks * PageBlock));
        return buddy;
    }

    private static Pfn Take(BuddyAllocator buddy, int order, MigrateType kind)
    {
        Assert.True(buddy.TryAllocate(order, kind, out Pfn pfn));
        return pfn;
    }
}
