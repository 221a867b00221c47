using DriverKit.Tests.Support;

namespace DriverKit.Tests.Physical;

public sealed class BuddyTests : KernelTest
{
    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(0, 3000, true)]
    [InlineData(0, 3000, false)]
    [InlineData(1024, 4096, true)]
    [InlineData(777, 5000, true)]
    [InlineData(777, 5000, false)]
    [InlineData(2048, 20_000, true)]
    public void Random_allocations_match_a_model_and_merge_back_to_the_initial_state(ulong start, ulong end, bool isGrouped)
    {
        var buddy = new BuddyAllocator(new Pfn(start), new Pfn(end), isGrouped);
        buddy.FreeRange(new Pfn(start), new Pfn(end));
        buddy.SetUpReserve(1);
        ulong[] initial = Counts(buddy);
        Assert.Equal(end - start, buddy.FreePages);

        var random = new SeededRandom(start * 31 + end);
        var owned = new bool[end];
        var blocks = new List<(ulong Pfn, int Order)>();
        for (int step = 0; step < 40_000; step++)
        {
            if (random.Next(5) < (step / 5000 % 2 == 0 ? 3ul : 2ul))
            {
                int order = (int)random.Next(random.Next(3) == 0 ? 11ul : 3);
                bool fits = Enumerable.Range(order, 11 - order).Any(o => buddy.FreeBlocks(o) > 0);
                Assert.Equal(fits, buddy.TryAllocate(order, (MigrateType)random.Next(3), out Pfn pfn));
                if (!fits)
                    continue;
                Assert.Equal(0ul, pfn.Value % (1ul << order));
                Assert.InRange(pfn.Value, start, end - (1ul << order));
                for (ulong i = pfn.Value; i < pfn.Value + (1ul << order); i++)
                {
                    Assert.False(owned[i]);
                    owned[i] = true;
                }

                blocks.Add((pfn.Value, order));
            }
            else if (blocks.Count > 0)
            {
                int index = (int)random.Next((ulong)blocks.Count);
                (ulong pfn, int order) = blocks[index];
                blocks[index] = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                Assert.False(buddy.IsFree(new Pfn(pfn)));
                buddy.Free(new Pfn(pfn), order);
                Assert.True(buddy.IsFree(new Pfn(pfn)));
                Array.Clear(owned, (int)pfn, 1 << order);
            }

            Assert.Equal(Counts(buddy).Select((count, order) => count << order).Aggregate((a, b) => a + b), buddy.FreePages);
            if (step % 1000 == 0)
            {
                Assert.Equal(end - start - (ulong)owned.Count(o => o), buddy.FreePages);
                AssertMaximallyMerged(buddy, owned, start, end);
            }
        }

        foreach ((ulong pfn, int order) in blocks)
            buddy.Free(new Pfn(pfn), order);
        Assert.Equal(initial, Counts(buddy));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Random_page_allocations_keep_to_their_zones_and_return_buddyinfo_to_its_start(Architecture architecture)
    {
        Kernel kernel = BootWithHighMemory(architecture);
        string before = kernel.Buddyinfo();
        kernel.RunKernelThread(() =>
        {
            var random = new SeededRandom(7);
            var blocks = new List<(Page Page, int Order)>();
            var owned = new HashSet<ulong>();
            GfpFlags[] kinds = [GfpFlags.Kernel, GfpFlags.Atomic, GfpFlags.HighUser, GfpFlags.Kernel | GfpFlags.Dma, GfpFlags.Kernel | GfpFlags.Dma32, GfpFlags.User, GfpFlags.NoIo];
            for (int step = 0; step < 20_000; step++)
            {
                if (random.Next(5) < 3)
                {
                    int order = (int)random.Next(random.Next(50) == 0 ? 11ul : 3);
                    GfpFlags flags = kinds[random.Next((ulong)kinds.Length)] | GfpFlags.NoWarn | (random.Next(2) == 0 ? GfpFlags.Comp : 0);
                    if (AllocPages(flags, order) is not { } page)
                        continue;
                    Assert.Equal(1, PageCount(page));
                    Assert.Equal(order > 0 && (flags & GfpFlags.Comp) != 0, PageCompound(page));
                    Assert.True((flags & GfpFlags.Dma) == 0 || PageToPfn(page).Value + (1ul << order) <= 4096);
                    Assert.True((flags & GfpFlags.HighMem) != 0 || !PageHighMem(page));
                    Assert.Equal(PageHighMem(page), PageAddress(page).IsNull);
                    for (ulong i = 0; i < 1ul << order; i++)
                        Assert.True(owned.Add(PageToPfn(page).Value + i));
                    blocks.Add((page, order));
                }
                else if (blocks.Count > 0)
                {
                    int index = (int)random.Next((ulong)blocks.Count);
                    (Page page, int order) = blocks[index];
                    blocks[index] = blocks[^1];
                    blocks.RemoveAt(blocks.Count - 1);
                    FreePages(page, order);
                    Assert.Equal(0, PageCount(page));
                    for (ulong i = 0; i < 1ul << order; i++)
                        owned.Remove(PageToPfn(page).Value + i);
                }
            }

            foreach ((Page page, int order) in blocks)
                FreePages(page, order);
        });
        Assert.Equal(before, kernel.Buddyinfo());
    }

    private static ulong[] Counts(BuddyAllocator buddy) => [.. Enumerable.Range(0, 11).Select(order => buddy.FreeBlocks(order))];

    /// <summary>Blocks of every order and kind, counted from the free pages alone: two free buddies always form one block, and it is of its page block's kind.</summary>
    private static void AssertMaximallyMerged(BuddyAllocator buddy, bool[] owned, ulong start, ulong end)
    {
        var expected = new ulong[4, 11];
        bool IsFree(ulong from, ulong to) => from >= start && to <= end && !owned.AsSpan((int)from, (int)(to - from)).Contains(true);
        for (ulong pfn = start; pfn < end;)
        {
            int order = 10;
            while (order >= 0 && (pfn % (1ul << order) != 0 || !IsFree(pfn, pfn + (1ul << order))))
                order--;
            if (order >= 0)
                expected[(int)buddy.TypeOf(new(pfn)), order]++;
            pfn += order >= 0 ? 1ul << order : 1;
        }

        for (int order = 0; order < 11; order++)
        {
            for (int type = 0; type < 4; type++)
                Assert.Equal(expected[type, order], buddy.FreeBlocks(order, (MigrateType)type));
        }
    }
}
