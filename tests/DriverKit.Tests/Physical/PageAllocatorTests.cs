using DriverKit.Tests.Support;

namespace DriverKit.Tests.Physical;

public sealed class PageAllocatorTests : KernelTest
{
    [Fact]
    public void A_request_falls_back_from_high_to_normal_to_DMA_and_stops_above_the_reserves()
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 256162, "the pages it allocates");
        kernel.RunKernelThread(() =>
        {
            var order = new List<ZoneType>();
            while (AllocPages(GfpFlags.HighUser | GfpFlags.NoWarn, 5) is { } page)
            {
                if (order.Count == 0 || order[^1] != page.Zone!.Type)
                    order.Add(page.Zone!.Type);
            }

            // The low mark is asked of every zone first, then the minimum mark of every zone.
            Assert.Equal([ZoneType.HighMem, ZoneType.Normal, ZoneType.Dma], order.Distinct());
        });
        Zone[] zones = [.. kernel.Memory.PopulatedZones];
        Zone dma = zones[0], normal = zones[1], high = zones[2];
        Assert.True(dma.FreePages > dma.LowmemReserve[(int)ZoneType.HighMem], "the reserve for requests that must have DMA memory is kept");
        Assert.True(normal.FreePages >= normal.PagesMin + normal.LowmemReserve[(int)ZoneType.HighMem]);
        Assert.True(high.FreePages >= high.PagesMin);
        Assert.NotNull(kernel.Run(() => AllocPages(GfpFlags.Kernel, 0)));
        Assert.NotNull(kernel.Run(() => AllocPages(GfpFlags.Kernel | GfpFlags.Dma, 0)));
    }

    [Fact]
    public void An_atomic_request_gets_what_a_sleeping_one_does_not()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 7175, "the pages it allocates");
        ulong left = kernel.Run(() =>
        {
            while (AllocPages(GfpFlags.Kernel | GfpFlags.NoWarn, 0) is not null)
            {
            }

            return kernel.FreePages();
        });
        ulong min = kernel.Memory.PopulatedZones.Aggregate(0ul, (sum, zone) => sum + zone.PagesMin);
        Assert.True(left >= min);
        Assert.Null(kernel.Run(() => AllocPages(GfpFlags.Kernel, 0)));
        kernel.RunKernelThread(() =>
        {
            while (AllocPages(GfpFlags.Atomic | GfpFlags.NoWarn, 0) is not null)
            {
            }
        });
        Assert.InRange(kernel.FreePages(), min / 4, left - 1);
    }

    [Fact]
    public void A_failed_request_is_logged_as_Linux_logs_it_unless_told_not_to()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 4096, "the pages it allocates");
        kernel.RunKernelThread(() =>
        {
            while (AllocPages(GfpFlags.Kernel | GfpFlags.NoWarn, 10) is not null)
            {
            }
        });
        Assert.DoesNotContain(kernel.LogLines(), line => line.Contains("allocation failure", StringComparison.Ordinal));
        kernel.RunKernelThread(() => Assert.Null(AllocPages(GfpFlags.Kernel, 10)));
        Assert.Contains("kthread: page allocation failure. order:10, mode:0xd0", kernel.LogLines());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(11)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void Orders_beyond_0_to_10_give_nothing_and_free_nothing(int order)
    {
        Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        Assert.Null(kernel.Run(() => AllocPages(GfpFlags.Kernel, order)));
        Assert.True(kernel.Run(() => GetFreePages(GfpFlags.Kernel, order)).IsNull);
        Page page = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        Expect.OopsIn(kernel, "cannot start a block of order", () => FreePages(page, order), "DK3008");
        kernel.RunKernelThread(() => FreePage(page));
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void Freeing_twice_is_a_bad_page_state()
    {
        Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        Page page = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        kernel.RunKernelThread(() => FreePage(page));
        Expect.OopsIn(kernel, "Bad page state at __free_pages: the page is already free", () => FreePage(page), "DK3007");
        Expect.OopsIn(kernel, "Bad page state at put_page: the page is free", () => PutPage(page), "DK8005");
        Expect.OopsIn(kernel, "Bad page state at get_page: the page is free", () => GetPage(page), "DK3006");
        Assert.Equal(free, kernel.FreePages());
        Assert.True(kernel.IsTainted);
    }

    [Fact]
    public void A_larger_order_than_the_blocks_is_found_before_a_neighbour_is_lost()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 16, "the pages it allocates");
        Page page = kernel.Run(() =>
        {
            Page found;
            do
                found = AllocPages(GfpFlags.Kernel, 3)!;
            while (PageToPfn(found).Value % 16 != 0);
            return found;
        });
        ulong free = kernel.FreePages();
        Expect.OopsIn(kernel, "Bad page state", () => FreePages(page, 4), "DK3008");
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void A_page_that_starts_no_block_of_the_order_is_refused()
    {
        Kernel kernel = Boot();
        Page page = kernel.Run(() => AllocPages(GfpFlags.Kernel, 3))!;
        Expect.OopsIn(kernel, "cannot start a block of order 3", () => FreePages(PfnToPage(page.Pfn + 1ul), 3), "DK3008");
        kernel.RunKernelThread(() => FreePages(page, 3));
    }

    [Fact]
    public void A_page_of_another_machine_is_refused_and_unharmed()
    {
        Kernel here = Boot(), there = Boot();
        Page page = there.Run(() => AllocPage(GfpFlags.Kernel))!;
        foreach (Action misuse in new Action[]
        {
            () => FreePage(page), () => GetPage(page), () => PutPage(page), () => Kmap(page), () => Kunmap(page), () => KmapAtomic(page, KmType.User0),
        })
            Expect.OopsIn(here, "is a page of another machine", misuse);
        Assert.Equal(1, page.Count);
        there.RunKernelThread(() => FreePage(page));
    }

    [Fact]
    public void A_compound_page_is_counted_on_its_head_and_freed_as_a_whole()
    {
        Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        kernel.RunKernelThread(() =>
        {
            Page head = AllocPages(GfpFlags.Kernel | GfpFlags.Comp, 2)!;
            Page tail = PfnToPage(head.Pfn + 3ul);
            Assert.True(PageCompound(tail));
            Assert.Equal(1, PageCount(tail));
            GetPage(tail);
            Assert.Equal(2, PageCount(head));
            FreePages(head, 2);
            Assert.Equal(free - 4, kernel.FreePages());
            PutPage(tail);
            Assert.Equal(free, kernel.FreePages());
            Assert.False(PageCompound(tail));
        });
        Page block = kernel.Run(() => AllocPages(GfpFlags.Kernel | GfpFlags.Comp, 2))!;
        Expect.OopsIn(kernel, "it belongs to the compound page", () => FreePages(block, 1), "DK3008");
        Expect.OopsIn(kernel, "it belongs to the compound page", () => FreePage(PfnToPage(block.Pfn + 1ul)), "DK3008");
        kernel.RunKernelThread(() => FreePages(block, 2));
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void A_tail_of_a_block_that_is_no_compound_page_is_held_by_nobody()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 2, "the pages it allocates");
        Page head = kernel.Run(() => AllocPages(GfpFlags.Kernel, 1))!;
        Expect.OopsIn(kernel, "the page is free", () => GetPage(PfnToPage(head.Pfn + 1ul)), "DK3006");
    }

    [Fact]
    public void A_reserved_page_must_be_unreserved_before_it_is_freed()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "a reserved page is not freed, as on Linux");
        Page page = kernel.Run(() =>
        {
            Page reserved = AllocPage(GfpFlags.Kernel)!;
            SetPageReserved(reserved);
            return reserved;
        });
        Expect.OopsIn(kernel, "PG_reserved is set; call ClearPageReserved()", () => FreePage(page), "DK3012");
    }

    [Fact]
    public void Zeroed_pages_are_zero_and_free_pages_takes_the_address_that_get_free_pages_gave()
    {
        Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        kernel.RunKernelThread(() =>
        {
            KernelLogicalAddress dirty = GetFreePages(GfpFlags.Kernel, 1);
            Memset(dirty, 0xEE, 8192);
            FreePages(dirty, 1);
            KernelLogicalAddress clean = GetZeroedPage(GfpFlags.Kernel);
            for (ulong i = 0; i < 4096; i += 8)
                Assert.Equal(0ul, Load<ulong>(clean + i));
            FreePage(clean);
            FreePage(default(KernelLogicalAddress));
        });
        Assert.Equal(free, kernel.FreePages());
        Expect.OopsIn(kernel, "__GFP_HIGHMEM given", () => GetFreePage(GfpFlags.HighUser));
        Expect.OopsIn(kernel, "free_pages(", () => FreePage(new KernelLogicalAddress(0x1234)), "DK2002");
    }
}
