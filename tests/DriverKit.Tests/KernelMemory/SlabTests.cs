using DriverKit.Tests.Support;

namespace DriverKit.Tests.KernelMemory;

public sealed class SlabTests : KernelTest
{
    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Random_kmallocs_never_overlap_keep_their_bytes_and_all_come_back(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        ulong free = kernel.FreePages();
        kernel.RunKernelThread(() =>
        {
            var random = new SeededRandom(3);
            var live = new SortedDictionary<ulong, (ulong Size, byte Mark)>();
            for (int step = 0; step < 15_000; step++)
            {
                if (random.Next(2) == 0)
                {
                    ulong size = random.Next(random.Next(20) == 0 ? 131_073ul : 600);
                    KernelLogicalAddress address = Kmalloc(size, random.Next(8) == 0 ? GfpFlags.Kernel | GfpFlags.Dma : GfpFlags.Kernel | GfpFlags.NoWarn);
                    if (address.IsNull)
                        continue;
                    Assert.True(Ksize(address) >= size);
                    Assert.Equal(0ul, address.Value % 8);
                    byte mark = (byte)random.Next();
                    Memset(address, mark, size);
                    live.Add(address.Value, (size, mark));
                }
                else if (live.Count > 0)
                {
                    ulong address = live.Keys.ElementAt((int)random.Next((ulong)Math.Min(live.Count, 30)));
                    (ulong size, byte mark) = live[address];
                    for (ulong i = 0; i < size; i += 1 + random.Next(64))
                        Assert.Equal(mark, Load<byte>(new KernelLogicalAddress(address) + i));
                    live.Remove(address);
                    Kfree(new KernelLogicalAddress(address));
                }

                if (step % 500 == 0)
                    AssertDisjoint(live);
            }

            foreach (ulong address in live.Keys)
                Kfree(new KernelLogicalAddress(address));
            foreach (KmemCache cache in kernel.Slab.Caches)
            {
                Assert.Equal(0, cache.ActiveObjects);
                KmemCacheShrink(cache);
            }
        });
        Assert.Equal(0ul, kernel.Slab.Pages);
        Assert.Equal(free, kernel.FreePages());
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(1, 32)]
    [InlineData(33, 64)]
    [InlineData(96, 96)]
    [InlineData(131_072, 131_072)]
    public void Kmalloc_rounds_up_to_its_caches(ulong size, ulong usable)
    {
        Kernel kernel = Boot();
        Keeps(kernel, null, "what its kernel code allocates");
        Assert.Equal(usable, kernel.Run(() => Ksize(Kmalloc(size, GfpFlags.Kernel))));
    }

    [Fact]
    public void Kmalloc_above_128_KiB_and_a_kcalloc_that_overflows_give_null()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Assert.True(Kmalloc(131_073, GfpFlags.Kernel).IsNull);
            Assert.True(Kmalloc(ulong.MaxValue, GfpFlags.Kernel).IsNull);
            Assert.True(Kcalloc(1ul << 33, 1ul << 33, GfpFlags.Kernel).IsNull);
            Kfree(default);
            Assert.Equal(0ul, Ksize(default));
        });
    }

    [Fact]
    public void Kzalloc_clears_what_the_last_owner_left()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "what its kernel code allocates");
        kernel.RunKernelThread(() =>
        {
            KernelLogicalAddress first = Kmalloc(256, GfpFlags.Kernel);
            Memset(first, 0xAA, 256);
            Kfree(first);
            KernelLogicalAddress again = Kzalloc(256, GfpFlags.Kernel);
            Assert.Equal(first, again);
            for (ulong i = 0; i < 256; i++)
                Assert.Equal(0, Load<byte>(again + i));
        });
    }

    [Fact]
    public void Wrong_frees_are_bugs_and_change_nothing()
    {
        Kernel kernel = Boot(), other = Boot();
        Keeps(kernel, 4, "what its kernel code allocates");
        KmemCache cache = kernel.Run(() => KmemCacheCreate("mine", 200))!;
        KmemCache yours = kernel.Run(() => KmemCacheCreate("yours", 200))!;
        KmemCache foreign = other.Run(() => KmemCacheCreate("mine", 200))!;
        KernelLogicalAddress small = kernel.Run(() => Kmalloc(100, GfpFlags.Kernel)), gone = kernel.Run(() => Kmalloc(100, GfpFlags.Kernel));
        KernelLogicalAddress item = kernel.Run(() => KmemCacheAlloc(cache, GfpFlags.Kernel));
        KernelLogicalAddress page = kernel.Run(() => GetFreePage(GfpFlags.Kernel));
        KernelVirtualAddress scattered = kernel.Run(() => Vmalloc(4096));
        kernel.RunKernelThread(() => Kfree(gone));
        ulong free = kernel.FreePages();

        Expect.OopsIn(kernel, "double free detected", () => Kfree(gone), "DK3007");
        Expect.OopsIn(kernel, "is not the start of an object", () => Kfree(small + 8ul));
        Expect.OopsIn(kernel, "does not belong to the slab allocator", () => Kfree(page), "DK3008");
        Expect.OopsIn(kernel, "belongs to cache `mine', not to `yours'", () => KmemCacheFree(yours, item), "DK3008");
        Expect.OopsIn(kernel, "belongs to another kernel", () => KmemCacheAlloc(foreign, GfpFlags.Kernel));
        Expect.OopsIn(kernel, "belongs to another kernel", () => KmemCacheFree(foreign, item));
        Expect.OopsIn(kernel, "kfree(", () => Kfree((KernelLogicalAddress)scattered), "DK3008");
        Expect.OopsIn(kernel, "kfree(", () => Kfree(new KernelLogicalAddress(0x0804_8000)), "DK2002");
        Expect.OopsIn(kernel, "it belongs to the slab allocator; free it with kfree()", () => FreePage(kernel.DirectMap.ToPage(small)), "DK3008");
        Assert.Equal(free, kernel.FreePages());
        Assert.Equal(1, cache.ActiveObjects);
    }

    [Fact]
    public void A_cache_lives_until_its_last_object_is_free()
    {
        Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        int constructed = 0;
        KmemCache cache = kernel.Run(() => KmemCacheCreate("scullc", 4000, 64, _ => constructed++))!;
        KernelLogicalAddress item = kernel.Run(() => KmemCacheAlloc(cache, GfpFlags.Kernel));
        Assert.Equal(cache.ObjectsPerSlab, constructed);
        Assert.Equal(0ul, item.Value % 64);
        kernel.RunKernelThread(() => KmemCacheDestroy(cache));
        Assert.Contains("slab error in kmem_cache_destroy(): cache `scullc': Can't free all objects", kernel.LogLines());
        kernel.RunKernelThread(() =>
        {
            Assert.Null(KmemCacheCreate("scullc", 10));
            KmemCacheFree(cache, item);
            KmemCacheDestroy(cache);
            KmemCacheDestroy(KmemCacheCreate("scullc", 10)!);
        });
        Expect.OopsIn(kernel, "has been destroyed", () => KmemCacheAlloc(cache, GfpFlags.Kernel), "DK3006");
        Expect.OopsIn(kernel, "has been destroyed", () => KmemCacheDestroy(cache), "DK3007");
        Assert.Equal(free, kernel.FreePages());
    }

    [Theory]
    [InlineData("", 8, 0)]
    [InlineData("x", 0, 0)]
    [InlineData("x", 131_073, 0)]
    [InlineData("x", 8, 24)]
    [InlineData("x", 8, 8192)]
    public void A_cache_that_makes_no_sense_is_a_BUG(string name, ulong size, ulong align)
    {
        Kernel kernel = Boot();
        Expect.OopsIn(kernel, "kernel BUG in kmem_cache_create", () => KmemCacheCreate(name, size, align));
    }

    [Fact]
    public void A_constructor_that_allocates_from_its_own_cache_is_a_bug_and_loses_nothing()
    {
        Kernel kernel = Boot();
        KmemCache cache = kernel.Run(() => KmemCacheCreate("greedy", 131_072, 0, _ => KmemCacheAlloc(kernel.Slab.Caches[^1], GfpFlags.Atomic)))!;
        ulong free = kernel.Memory.PageAllocator.FreePageCount;
        Expect.OopsIn(kernel, "the constructor of cache `greedy' needs an object of the cache to make one", () => KmemCacheAlloc(cache, GfpFlags.Kernel));
        Assert.Equal((free, 0), (kernel.Memory.PageAllocator.FreePageCount, cache.ActiveObjects));
    }

    [Fact]
    public void Constructors_that_need_each_others_objects_are_a_bug_and_lose_nothing()
    {
        Kernel kernel = Boot();
        KmemCache hen = null!, egg = null!;
        kernel.RunKernelThread(() =>
        {
            hen = KmemCacheCreate("hen", 64, 0, _ => KmemCacheAlloc(egg, GfpFlags.Kernel))!;
            egg = KmemCacheCreate("egg", 200, 0, _ => KmemCacheAlloc(hen, GfpFlags.Kernel))!;
        });
        ulong free = kernel.FreePages();
        Expect.OopsIn(kernel, "the constructor of cache `hen' needs an object of the cache to make one", () => KmemCacheAlloc(hen, GfpFlags.Kernel));
        Expect.OopsIn(kernel, "the constructor of cache `egg' needs an object of the cache to make one", () => KmemCacheAlloc(egg, GfpFlags.Kernel));
        Assert.Equal((free, 0, 0), (kernel.FreePages(), hen.ActiveObjects, egg.ActiveObjects));
    }

    [Fact]
    public async Task A_constructor_sees_its_cache_without_the_slab_it_is_called_for()
    {
        Kernel kernel = Boot();
        Task work = Task.Run(() =>
        {
            KmemCache cache = null!;
            kernel.RunKernelThread(() =>
            {
                cache = KmemCacheCreate("shrinking", 200, 0, _ => KmemCacheShrink(cache))!;
                KernelLogicalAddress first = KmemCacheAlloc(cache, GfpFlags.Kernel), second = KmemCacheAlloc(cache, GfpFlags.Kernel);
                Assert.Equal((200ul <= second - first, 2), (true, cache.ActiveObjects));
                KmemCacheFree(cache, first);
                KmemCacheFree(cache, second);
                KmemCacheDestroy(cache);
            });
            ulong free = kernel.FreePages();
            kernel.RunKernelThread(() => cache = KmemCacheCreate("suicidal", 200, 0, _ =>
            {
                if (kernel.Slab.Caches.Contains(cache))
                    KmemCacheDestroy(cache);
            })!);
            Expect.OopsIn(kernel, "has been destroyed", () => KmemCacheAlloc(cache, GfpFlags.Kernel), "DK3006");
            Assert.Equal(free, kernel.FreePages());
        });
        Assert.Same(work, await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(10))));
        await work;
    }

    private static void AssertDisjoint(SortedDictionary<ulong, (ulong Size, byte Mark)> live)
    {
        ulong end = 0;
        foreach ((ulong address, (ulong size, _)) in live)
        {
            Assert.True(address >= end);
            end = address + size;
        }
    }
}
