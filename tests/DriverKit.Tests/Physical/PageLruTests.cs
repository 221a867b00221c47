using DriverKit.Tests.Support;

namespace DriverKit.Tests.Physical;

public sealed class PageLruTests : KernelTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_operations_keep_lists_counts_bits_and_counters_as_a_model_has_them(ulong seed)
    {
        Kernel kernel = BootWithHighMemory();
        PhysicalMemory memory = kernel.Memory;
        Zone[] zones = [.. memory.PopulatedZones];
        List<Page>[] active = [.. zones.Select(_ => new List<Page>())], inactive = [.. zones.Select(_ => new List<Page>())];
        var isolated = new HashSet<Page>();
        string before = kernel.Buddyinfo();
        (ulong activated, ulong deactivated, ulong rotated) = (0, 0, 0);
        var random = new SeededRandom(seed);
        Page[] pages = [.. kernel.Run(() => Enumerable.Range(0, 60).Select(i => AllocPages(i % 3 == 0 ? GfpFlags.Kernel | GfpFlags.Dma : i % 3 == 1 ? GfpFlags.Kernel : GfpFlags.HighUser, 0)!).ToArray())];
        for (int step = 0; step < 4_000; step++)
        {
            Page page = pages[random.Next((ulong)pages.Length)];
            int zone = Array.IndexOf(zones, page.Zone);
            bool isActive = active[zone].Contains(page), isInactive = inactive[zone].Contains(page), listed = isActive || isInactive;
            bool referenced = (page.Flags & PageFlags.Referenced) != 0;
            switch (random.Next(8))
            {
                case 0 when !listed && !isolated.Contains(page):
                    memory.Lru.LruCacheAdd(page);
                    inactive[zone].Insert(0, page);
                    break;
                case 1 when !listed && !isolated.Contains(page):
                    memory.Lru.LruCacheAddActive(page);
                    active[zone].Insert(0, page);
                    break;
                case 2:
                    memory.Lru.MarkPageAccessed(page);
                    if (isInactive && referenced)
                    {
                        inactive[zone].Remove(page);
                        active[zone].Insert(0, page);
                        activated++;
                    }

                    Assert.Equal(!(isInactive && referenced), (page.Flags & PageFlags.Referenced) != 0);
                    break;
                case 3:
                    memory.Lru.ActivatePage(page);
                    if (inactive[zone].Remove(page))
                    {
                        active[zone].Insert(0, page);
                        activated++;
                    }

                    break;
                case 4:
                    memory.Lru.DeactivatePage(page);
                    if (active[zone].Remove(page))
                    {
                        inactive[zone].Insert(0, page);
                        deactivated++;
                    }

                    break;
                case 5:
                    memory.Lru.RotateToTail(page);
                    if (inactive[zone].Remove(page))
                    {
                        inactive[zone].Add(page);
                        rotated++;
                    }

                    break;
                case 6 when random.Next(2) == 0:
                    memory.Lru.Remove(page);
                    _ = active[zone].Remove(page) || inactive[zone].Remove(page);
                    break;
                case 7 when isolated.Remove(page):
                    (((page.Flags & PageFlags.Active) != 0) ? active : inactive)[zone].Insert(0, page);
                    memory.Lru.Putback(page);
                    break;
                case 7:
                    Assert.Equal(listed, memory.Lru.Isolate(page));
                    if (listed)
                        isolated.Add(page);
                    _ = active[zone].Remove(page) || inactive[zone].Remove(page);
                    break;
            }

            for (int i = 0; i < zones.Length; i++)
            {
                Assert.Equal(active[i], PagesOf(zones[i].ActiveList));
                Assert.Equal(inactive[i], PagesOf(zones[i].InactiveList));
                Assert.Equal(((ulong)active[i].Count, (ulong)inactive[i].Count), (zones[i].NrActive, zones[i].NrInactive));
            }

            foreach (Page each in pages)
            {
                int z = Array.IndexOf(zones, each.Zone);
                Assert.Equal(active[z].Contains(each) || inactive[z].Contains(each), (each.Flags & PageFlags.Lru) != 0);
                Assert.True(isolated.Contains(each) || active[z].Contains(each) == ((each.Flags & PageFlags.Active) != 0));
            }
        }

        Assert.Equal((activated, deactivated, rotated), (memory.VmStat[VmEvent.Pgactivate], memory.VmStat[VmEvent.Pgdeactivate], memory.VmStat[VmEvent.Pgrotated]));
        foreach (Page page in isolated)
            memory.Lru.Putback(page);
        kernel.RunKernelThread(() => Array.ForEach(pages, PutPage));
        Assert.Equal((0ul, 0ul), (memory.VmStat.ActivePages, memory.VmStat.InactivePages));
        Assert.All(pages, page => Assert.Equal(PageFlags.None, page.Flags));
        Assert.Equal(before, kernel.Buddyinfo());
    }

    [Fact]
    public void A_page_leaves_its_list_with_its_last_reference_and_no_earlier()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Page page = AllocPage(GfpFlags.HighUser)!;
            kernel.Memory.Lru.LruCacheAddActive(page);
            GetPage(page);
            PutPage(page);
            Assert.Equal(1ul, page.Zone!.NrActive);
            PutPage(page);
            Assert.Equal(0ul, page.Zone.NrActive);
            Assert.Equal(PageFlags.None, page.Flags);
        });
    }

    [Fact]
    public void Free_pages_on_a_listed_page_is_a_bad_page_state_and_the_page_stays_listed()
    {
        Kernel kernel = Boot();
        Page page = kernel.Run(() => AllocPage(GfpFlags.HighUser))!;
        kernel.Memory.Lru.LruCacheAdd(page);
        Expect.OopsIn(kernel, "it is on a reclaim list", () => FreePage(page));
        Assert.Equal((1, 1ul), (page.Count, page.Zone!.NrInactive));
        Expect.OopsIn(kernel, "on a reclaim list already", () => kernel.Memory.Lru.LruCacheAdd(page));
        Assert.Equal((1ul, 0ul), (page.Zone.NrInactive, page.Zone.NrActive));
        kernel.RunKernelThread(() => PutPage(page));
    }

    [Theory]
    [InlineData(PageFlags.Locked)]
    [InlineData(PageFlags.Dirty)]
    public void A_page_that_is_locked_or_dirty_again_is_not_rotated(PageFlags flag)
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Page first = AllocPage(GfpFlags.HighUser)!, second = AllocPage(GfpFlags.HighUser)!;
            kernel.Memory.Lru.LruCacheAdd(first);
            kernel.Memory.Lru.LruCacheAdd(second);
            second.Flags |= flag;
            kernel.Memory.Lru.RotateToTail(second);
            Assert.Equal([second, first], PagesOf(first.Zone!.InactiveList));
            second.Flags &= ~flag;
            kernel.Memory.Lru.RotateToTail(second);
            Assert.Equal([first, second], PagesOf(first.Zone!.InactiveList));
            PutPage(first);
            PutPage(second);
        });
    }

    [Fact]
    public void Freeing_a_page_gives_reclaim_another_chance_at_its_zone()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Page page = AllocPage(GfpFlags.Kernel)!;
            page.Zone!.PagesScanned = 1000;
            page.Zone.AllUnreclaimable = true;
            PutPage(page);
            Assert.Equal((0ul, false), (page.Zone.PagesScanned, page.Zone.AllUnreclaimable));
        });
    }

    private static List<Page> PagesOf(LruList list)
    {
        var forward = new List<Page>();
        for (Page? page = list.Head; page is not null; page = page.LruNext)
            forward.Add(page);
        var backward = new List<Page>();
        for (Page? page = list.Tail; page is not null; page = page.LruPrevious)
            backward.Insert(0, page);
        Assert.Equal(forward, backward);
        return forward;
    }
}
