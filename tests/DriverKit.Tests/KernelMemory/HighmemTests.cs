using DriverKit.Tests.Support;

namespace DriverKit.Tests.KernelMemory;

public sealed class HighmemTests : KernelTest
{
    [Theory]
    [InlineData(Architecture.I386, 1024)]
    [InlineData(Architecture.I386Pae, 512)]
    public void Kmap_counts_its_users_and_runs_out_at_LAST_PKMAP(Architecture architecture, int capacity)
    {
        Kernel kernel = BootWithHighMemory(architecture);
        Keeps(kernel, null, "the pages it allocates");
        Page[] pages = kernel.Run(() => Enumerable.Range(0, capacity + 1).Select(_ => AllocPage(GfpFlags.HighUser)!).ToArray());
        kernel.RunKernelThread(() =>
        {
            foreach (Page page in pages[..capacity])
            {
                KernelVirtualAddress address = Kmap(page);
                Assert.True(kernel.Memory.Layout.IsPkmap(address.Value));
                Assert.Equal(address, Kmap(page));
                Assert.Equal(address, PageAddress(page));
                Store(address, page.Pfn.Value);
                Kunmap(page);
            }

            Assert.Equal(capacity, kernel.Highmem.InUse);
            Assert.Equal(capacity, pages[..capacity].Select(p => PageAddress(p).Value).Distinct().Count());
        });
        Expect.OopsIn(kernel, $"kmap: all {capacity} entries are used", () => Kmap(pages[capacity]));
        kernel.RunKernelThread(() =>
        {
            Kunmap(pages[7]);
            Assert.Equal(capacity - 1, kernel.Highmem.InUse);
            KernelVirtualAddress reused = Kmap(pages[capacity]);
            Store(reused, 99ul);
            Assert.True(PageAddress(pages[7]).IsNull, "the flush took the address away");
            foreach (Page page in pages[..capacity])
            {
                if (page != pages[7])
                    Assert.Equal(page.Pfn.Value, Load<ulong>(PageAddress(page)));
            }
        });
    }

    [Fact]
    public void Random_kmaps_and_kunmaps_always_show_the_pages_own_bytes()
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 3000, "the pages it allocates");
        kernel.RunKernelThread(() =>
        {
            var random = new SeededRandom(11);
            Page[] pages = [.. Enumerable.Range(0, 3000).Select(_ => AllocPage(GfpFlags.HighUser | GfpFlags.Zero)!)];
            var content = new ulong[pages.Length];
            var users = new int[pages.Length];
            int inUse = 0;
            for (int step = 0; step < 60_000; step++)
            {
                int i = (int)random.Next((ulong)pages.Length);
                if (users[i] == 0 && inUse >= 1000)
                    continue;
                if (users[i] > 0 && random.Next(3) > 0)
                {
                    Kunmap(pages[i]);
                    inUse -= --users[i] == 0 ? 1 : 0;
                    continue;
                }

                KernelVirtualAddress address = Kmap(pages[i]);
                inUse += users[i]++ == 0 ? 1 : 0;
                Assert.Equal(content[i], Load<ulong>(address + 8ul));
                Store(address + 8ul, content[i] = random.Next());
                Assert.Equal(inUse, step % 1000 == 0 ? kernel.Highmem.InUse : inUse);
            }
        });
    }

    [Fact]
    public void Kunmap_of_what_is_not_mapped_is_a_BUG()
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 1, "the page it allocates");
        Page page = kernel.Run(() => AllocPage(GfpFlags.HighUser))!;
        Expect.OopsIn(kernel, "kernel BUG in kunmap", () => Kunmap(page), "DK3001");
        kernel.RunKernelThread(() =>
        {
            Kmap(page);
            Kunmap(page);
        });
        Expect.OopsIn(kernel, "kernel BUG in kunmap", () => Kunmap(page), "DK3007");
        kernel.RunKernelThread(() => Kunmap(AllocPage(GfpFlags.Kernel)!));
        kernel.RunKernelThread(() => FreePage(page));
        Expect.OopsIn(kernel, "kmap of a free page", () => Kmap(page), "DK3006");
        Expect.OopsIn(kernel, "kmap_atomic of a free page", () => KmapAtomic(page, KmType.User0), "DK3006");
    }

    [Fact]
    public void Each_kmap_atomic_slot_holds_one_page_and_raises_the_preempt_count()
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 13, "the pages it allocates");
        kernel.RunKernelThread(() =>
        {
            KmType[] slots = Enum.GetValues<KmType>();
            Assert.Equal(13, slots.Length);
            Page[] pages = [.. slots.Select(_ => AllocPage(GfpFlags.HighUser)!)];
            KernelVirtualAddress[] addresses = [.. slots.Select((slot, i) => KmapAtomic(pages[i], slot))];
            Assert.Equal(13, PreemptCount());
            Assert.True(InAtomic());
            Assert.Equal(13, addresses.Distinct().Count());
            Assert.All(addresses, address => Assert.True(kernel.Memory.Layout.IsFixmap(address.Value)));
            for (int i = 0; i < slots.Length; i++)
                Store(addresses[i], i);
            for (int i = slots.Length - 1; i >= 0; i--)
            {
                Assert.Equal(i, Load<int>(addresses[i]));
                KunmapAtomic(addresses[i], slots[i]);
            }

            Assert.Equal(0, PreemptCount());
            KernelVirtualAddress again = KmapAtomic(pages[5], KmType.User0);
            Assert.Equal(5, Load<int>(again));
            KunmapAtomic(again, KmType.User0);
        });
    }

    [Fact]
    public void Misused_kmap_atomic_slots_are_BUGs_and_the_oops_frees_them()
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 2, "the pages it allocates");
        Page page = kernel.Run(() => AllocPage(GfpFlags.HighUser))!, other = kernel.Run(() => AllocPage(GfpFlags.HighUser))!;
        Expect.OopsIn(kernel, "slot User0 of CPU#0 already maps", () =>
        {
            KmapAtomic(page, KmType.User0);
            KmapAtomic(other, KmType.User0);
        }, "DK3002");
        Expect.OopsIn(kernel, "is not what slot User1 of CPU#0 maps", () => KunmapAtomic(KmapAtomic(page, KmType.User0), KmType.User1), "DK3001");
        Expect.OopsIn(kernel, "holds no slot", () => KunmapAtomic(default, KmType.User0), "DK3007");
        Expect.OopsIn(kernel, "there is no slot 13", () => KmapAtomic(page, (KmType)13));
        Expect.OopsIn(kernel, "there is no slot -1", () => KmapAtomic(page, (KmType)(-1)));
        Expect.OopsIn(kernel, "Unable to handle kernel paging request", () =>
        {
            KernelVirtualAddress stale = KmapAtomic(page, KmType.User0);
            KunmapAtomic(stale, KmType.User0);
            Load<int>(stale);
        });
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, PreemptCount());
            KunmapAtomic(KmapAtomic(other, KmType.User0), KmType.User0);
        });
        Assert.Contains("note: kthread[", string.Join('\n', kernel.LogLines()), StringComparison.Ordinal);
    }

    [Fact]
    public void An_oops_frees_a_slot_that_the_counts_no_longer_know()
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 2, "the pages it allocates");
        Page high = kernel.Run(() => AllocPage(GfpFlags.HighUser))!, low = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        Expect.OopsIn(kernel, "unhandled NotSupportedException", () =>
        {
            KmapAtomic(high, KmType.User0);
            KunmapAtomic(PageAddress(low), KmType.User0);
            Assert.Equal(0, PreemptCount());
            throw new NotSupportedException("by chance");
        });
        kernel.RunKernelThread(() => KunmapAtomic(KmapAtomic(high, KmType.User0), KmType.User0));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void A_page_of_low_memory_needs_no_slot_but_is_atomic_all_the_same(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        Keeps(kernel, 1, "the page it allocates");
        kernel.RunKernelThread(() =>
        {
            Page page = AllocPage(GfpFlags.Kernel)!;
            Assert.Equal(PageAddress(page), Kmap(page));
            Kunmap(page);
            KernelVirtualAddress one = KmapAtomic(page, KmType.User0), two = KmapAtomic(page, KmType.User0);
            Assert.Equal((PageAddress(page), PageAddress(page), 2), (one, two, PreemptCount()));
            KunmapAtomic(two, KmType.User0);
            KunmapAtomic(one, KmType.User0);
            Assert.False(InAtomic());
        });
    }

    [Fact]
    public void Sleeping_while_a_slot_is_held_is_DK1002_and_without_a_slot_DK1001()
    {
        (Action Sleeper, string WithSlot, string WithoutPreemption)[] sleepers =
        [
            .. new Action[]
            {
                () => Vmalloc(8), () => Kmap(AllocPage(GfpFlags.Atomic)!), MightSleep, () => Ioremap(new PhysicalAddress(0xE0000000), 4096),
                () => KmemCacheCreate("c", 8), () => RequestMemRegion(new PhysicalAddress(0xE0000000), 4096, "r"),
            }.Select(sleeper => (sleeper, "DK1002", "DK1001")),
            .. new Action[] { () => Kmalloc(8, GfpFlags.Kernel), () => AllocPage(GfpFlags.Kernel) }.Select(sleeper => (sleeper, "DK1003", "DK1003")),
            .. new Action[] { () => CopyToUser(default, new byte[1]), () => GetUser<int>(out _, default), () => ClearUser(default, 1) }.Select(sleeper => (sleeper, "DK1004", "DK1004")),
        ];
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 15, "the pages it allocates");
        foreach ((Action sleeper, string withSlot, string withoutPreemption) in sleepers)
        {
            Expect.OopsIn(kernel, "BUG: sleeping function called from invalid context", () =>
            {
                KmapAtomic(AllocPage(GfpFlags.HighUser)!, KmType.User0);
                sleeper();
            }, withSlot);
            Expect.OopsIn(kernel, "BUG: sleeping function called from invalid context", () =>
            {
                PreemptDisable();
                sleeper();
            }, withoutPreemption);
        }

        kernel.RunKernelThread(() =>
        {
            KernelVirtualAddress slot = KmapAtomic(AllocPage(GfpFlags.HighUser)!, KmType.User0);
            Kfree(Kmalloc(8, GfpFlags.Atomic));
            Assert.NotNull(AllocPage(GfpFlags.Atomic));
            Assert.Equal(1ul, CopyFromUserInatomic(slot, default, 1));
            KunmapAtomic(slot, KmType.User0);
            PreemptDisable();
            PreemptEnable();
        });
        Expect.OopsIn(kernel, "kernel BUG in preempt_enable", PreemptEnable, "DK1006");
    }
}
