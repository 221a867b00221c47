using DriverKit.Tests.Support;

namespace DriverKit.Tests.KernelMemory;

public sealed class VmallocTests : KernelTest
{
    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Random_areas_lie_apart_in_the_vmalloc_range_and_come_back(Architecture architecture)
    {
        Kernel kernel = BootWithHighMemory(architecture);
        MemoryLayout layout = kernel.Memory.Layout;
        kernel.RunKernelThread(() => Vfree(Vmalloc(64 << 20)));
        ulong free = kernel.FreePages();
        kernel.RunKernelThread(() =>
        {
            var random = new SeededRandom(5);
            var live = new SortedDictionary<ulong, ulong>();
            for (int step = 0; step < 2000; step++)
            {
                if (random.Next(2) == 0 || live.Count == 0)
                {
                    ulong size = 1 + random.Next(300_000), pages = PageAlign(size);
                    KernelVirtualAddress address = Vmalloc(size);
                    Assert.True(address.IsPageAligned && layout.IsVmalloc(address.Value) && layout.IsVmalloc(address.Value + pages - 1));
                    Store(address, address.Value);
                    Store(address + (pages - 8), ~address.Value);
                    live.Add(address.Value, pages);
                }
                else
                {
                    ulong address = live.Keys.ElementAt((int)random.Next((ulong)live.Count));
                    Assert.Equal(address, Load<ulong>(new KernelVirtualAddress(address)));
                    Assert.Equal(~address, Load<ulong>(new KernelVirtualAddress(address + live[address] - 8)));
                    live.Remove(address);
                    Vfree(new KernelVirtualAddress(address));
                    Assert.Null(VmallocToPage(new KernelVirtualAddress(address)));
                }
            }

            ulong end = 0;
            foreach ((ulong address, ulong size) in live)
            {
                Assert.True(address >= end + 4096 || end == 0, "a guard page lies between two areas");
                end = address + size;
            }

            foreach (ulong address in live.Keys)
                Vfree(new KernelVirtualAddress(address));
        });
        Assert.Equal(0ul, kernel.Vmalloc.Used);
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void The_page_behind_an_area_is_a_guard()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 2, "what its kernel code allocates");
        KernelVirtualAddress address = kernel.Run(() => Vmalloc(8192));
        Expect.OopsIn(kernel, "Unable to handle kernel paging request", () => Load<byte>(address + 8192ul));
        Expect.OopsIn(kernel, "Unable to handle kernel paging request", () => Store(address + 8191ul, (short)0));
        Expect.OopsIn(kernel, "Unable to handle kernel paging request", () => Memset(address, 0, 8193));
    }

    [Fact]
    public void Pages_of_vmalloc_come_from_high_memory_and_are_found_one_by_one()
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 3, "what its kernel code allocates");
        kernel.RunKernelThread(() =>
        {
            KernelVirtualAddress address = Vmalloc(3 * PageSize);
            for (ulong i = 0; i < 3; i++)
            {
                Page page = VmallocToPage(address + i * PageSize)!;
                Assert.True(PageHighMem(page));
                Assert.Equal(page.Pfn, VmallocToPfn(address + i * PageSize + 5ul));
                Store(address + i * PageSize, 0x1234u + (uint)i);
                KernelVirtualAddress alias = KmapAtomic(page, KmType.User0);
                Assert.Equal(0x1234u + (uint)i, Load<uint>(alias));
                KunmapAtomic(alias, KmType.User0);
            }
        });
    }

    [Fact]
    public void Nonsense_sizes_and_more_than_the_range_of_i386_give_null_and_lose_nothing()
    {
        Kernel kernel = BootWithHighMemory();
        // The page tables of the kernel's own range are never freed, so the second round is the one to compare.
        FillAndFree();
        ulong free = kernel.FreePages();
        FillAndFree();
        Assert.Equal(free, kernel.FreePages());

        void FillAndFree() => kernel.RunKernelThread(() =>
        {
            foreach (ulong size in new[] { 0ul, ulong.MaxValue, 1ul << 40, 200ul << 20 })
                Assert.True(Vmalloc(size).IsNull);
            var areas = new List<KernelVirtualAddress>();
            while (Vmalloc(5 << 20) is { IsNull: false } area)
                areas.Add(area);
            Assert.InRange(areas.Count, 15, 25);
            areas.ForEach(Vfree);
        });
    }

    [Fact]
    public void More_than_the_range_of_i386_is_refused_in_words_before_a_page_is_taken()
    {
        Kernel kernel = BootWithHighMemory();
        ulong free = kernel.FreePages();
        Assert.True(kernel.Run(() => Vmalloc(200 << 20)).IsNull);
        Assert.Equal((free, 0ul), (kernel.FreePages(), kernel.Vmalloc.Used));
        Assert.Single(kernel.LogLines(), line => line.StartsWith("allocation failed: out of vmalloc space", StringComparison.Ordinal));
        kernel.RunKernelThread(() => Vfree(Vmalloc(64 << 20)));
        Assert.Equal(0ul, kernel.Vmalloc.Used);
    }

    [Fact]
    public void Wrong_vfrees_are_logged_and_left_alone()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "what its kernel code allocates");
        kernel.RunKernelThread(() =>
        {
            KernelVirtualAddress area = Vmalloc(8192);
            Vfree(default);
            Vfree(area + 1ul);
            Vfree(area + 4096ul);
            Vfree(Kmalloc(4096, GfpFlags.Kernel));
            Store(area, 1);
            Vfree(area);
            Vfree(area);
        });
        string[] log = kernel.LogLines();
        Assert.Equal(1, log.Count(line => line.StartsWith("Trying to vfree() bad address (", StringComparison.Ordinal)));
        Assert.Equal(3, log.Count(line => line.StartsWith("Trying to vfree() nonexistent vm area (", StringComparison.Ordinal)));
        Assert.False(kernel.IsTainted);
    }

    [Fact]
    public void Vmalloc_to_pfn_of_nothing_is_a_bug_and_to_page_is_null()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "what its kernel code allocates");
        kernel.RunKernelThread(() =>
        {
            Assert.Null(VmallocToPage(default));
            Assert.Null(VmallocToPage(Kmalloc(8, GfpFlags.Kernel)));
            Assert.Null(VmallocToPage(new KernelVirtualAddress(kernel.Memory.Layout.VmallocStart)));
        });
        Expect.OopsIn(kernel, "not an address that vmalloc() returned", () => VmallocToPfn(default));
    }
}
