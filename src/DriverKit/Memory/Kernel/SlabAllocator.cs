using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary><c>kmalloc</c> and the slab caches: small objects of low memory, contiguous in RAM.</summary>
/// <remarks>Source: mm/slab.c and include/linux/kmalloc_sizes.h of Linux 2.6.20.</remarks>
public sealed class SlabAllocator
{
    /// <summary>The largest kmalloc, 128 KiB.</summary>
    public const ulong MaxKmalloc = 131072;

    private const ulong WordSize = 8;
    private static readonly ulong[] KmallocSizes =
        [32, 64, 96, 128, 192, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, MaxKmalloc];

    private readonly Machine _machine;
    private readonly PhysicalMemory _memory;
    private readonly DirectMap _directMap;
    private readonly IKernelLog _log;
    private readonly List<KmemCache> _caches = [];
    private readonly KmemCache[] _sizes;
    private readonly KmemCache[] _dmaSizes;

    internal SlabAllocator(Machine machine, PhysicalMemory memory, DirectMap directMap, IKernelLog log)
    {
        _machine = machine;
        _memory = memory;
        _directMap = directMap;
        _log = log;
        _sizes = [.. KmallocSizes.Select(size => Register(new KmemCache(this, $"size-{size}", size, WordSize, false, null)))];
        _dmaSizes = [.. KmallocSizes.Select(size => Register(new KmemCache(this, $"size-{size}(DMA)", size, WordSize, true, null)))];
    }

    /// <summary>All caches, the kmalloc sizes first.</summary>
    public IReadOnlyList<KmemCache> Caches => _caches;

    /// <summary>Pages that slabs hold.</summary>
    public ulong Pages { get; private set; }

    /// <summary><c>kmem_cache_create</c>: a cache, or null when the name is taken.</summary>
    /// <exception cref="KernelOopsException">No name, a size of 0 or above 128 KiB, or an alignment that is not a power of two up to a page: C's BUG().</exception>
    public KmemCache? CreateCache(string name, ulong size, ulong align, Action<KernelLogicalAddress>? constructor)
    {
        AtomicContext.MightSleep(_machine, "kmem_cache_create");
        align = Math.Max(align, WordSize);
        if (string.IsNullOrEmpty(name) || size == 0 || size > MaxKmalloc || (align & (align - 1)) != 0 || align > PageGeometry.PageSize)
            throw new KernelOopsException($"kernel BUG in kmem_cache_create: bad name, size or alignment: '{name}', {size} bytes, aligned to {align}");
        if (_caches.Exists(cache => cache.Name == name))
        {
            _log.Write(LogLevel.Error, $"kmem_cache_create: duplicate cache {name}");
            return null;
        }

        return Register(new KmemCache(this, name, size, align, false, constructor));
    }

    /// <summary><c>kmem_cache_destroy</c>. A cache with live objects is logged and kept.</summary>
    /// <exception cref="KernelOopsException">The cache is destroyed already.</exception>
    public void DestroyCache(KmemCache cache)
    {
        ThrowIfDestroyed(cache, "kmem_cache_destroy");
        if (cache.ActiveObjects != 0)
        {
            _log.Write(LogLevel.Error, $"slab error in kmem_cache_destroy(): cache `{cache.Name}': Can't free all objects");
            return;
        }

        Shrink(cache);
        cache.IsDestroyed = true;
        _caches.Remove(cache);
    }

    /// <summary><c>kmem_cache_shrink</c>: gives slabs without objects back to the page allocator.</summary>
    public void Shrink(KmemCache cache)
    {
        foreach (Slab slab in cache.Partial.Where(slab => slab.IsEmpty).ToArray())
            ReleaseSlab(slab);
    }

    /// <summary><c>kmem_cache_alloc</c>: an object, or null.</summary>
    /// <exception cref="KernelOopsException">The flags allow sleeping and the context does not; or the cache is destroyed.</exception>
    public KernelLogicalAddress Allocate(KmemCache cache, GfpFlags flags)
    {
        if ((flags & GfpFlags.Wait) != 0)
            AtomicContext.MightSleepToAllocate(_machine, "kmem_cache_alloc");
        ThrowIfDestroyed(cache, "kmem_cache_alloc");
        while (cache.Partial.Count == 0)
        {
            if (!Grow(cache, flags))
                return default;
        }

        Slab slab = cache.Partial[^1];
        KernelLogicalAddress address = slab.Take();
        if (slab.Free == 0)
        {
            cache.Partial.RemoveAt(cache.Partial.Count - 1);
            cache.Full++;
        }

        cache.ActiveObjects++;
        if ((flags & GfpFlags.Zero) != 0)
            _machine.Ram.Span(_directMap.ToPhysical(address, "kmem_cache_alloc"), (int)cache.Stride).Clear();
        return address;
    }

    /// <summary><c>kmem_cache_free</c>.</summary>
    /// <exception cref="KernelOopsException">Not an object of this cache, or free already.</exception>
    public void Free(KmemCache cache, KernelLogicalAddress address)
    {
        Slab slab = FindSlab(address, "kmem_cache_free");
        ThrowIfDestroyed(cache, "kmem_cache_free");
        if (slab.Cache != cache)
            throw new KernelOopsException($"slab error in kmem_cache_free(): {Pointer(address)} belongs to cache `{slab.Cache.Name}', not to `{cache.Name}'", KernelRule.AllocatorMismatch);
        Free(slab, address, "kmem_cache_free");
    }

    /// <summary><c>kmalloc</c>: contiguous low memory, or null. Above 128 KiB it fails; size 0 is the smallest object, as in 2.6.20.</summary>
    /// <exception cref="KernelOopsException">The flags allow sleeping and the context does not.</exception>
    public KernelLogicalAddress Kmalloc(ulong size, GfpFlags flags)
    {
        if ((flags & GfpFlags.Wait) != 0)
            AtomicContext.MightSleepToAllocate(_machine, "kmalloc");
        return size > MaxKmalloc ? default : Allocate(CacheFor(size, (flags & GfpFlags.Dma) != 0), flags);
    }

    /// <summary><c>kfree</c>. Null does nothing.</summary>
    /// <exception cref="KernelOopsException">The address is not what kmalloc returned, or it is free already.</exception>
    public void Kfree(KernelLogicalAddress address)
    {
        if (!address.IsNull)
            Free(FindSlab(address, "kfree"), address, "kfree");
    }

    /// <summary><c>ksize</c>: bytes usable behind an address that kmalloc returned; 0 for null.</summary>
    /// <exception cref="KernelOopsException">The address is not what kmalloc returned.</exception>
    public ulong Ksize(KernelLogicalAddress address) => address.IsNull ? 0 : FindSlab(address, "ksize").Cache.ObjectSize;

    /// <summary>Stops a pointer that is followed to an object that has been freed, or was never allocated.</summary>
    /// <exception cref="KernelOopsException">It leads to such an object.</exception>
    internal void ThrowIfFree(KernelLogicalAddress address, PhysicalAddress physical)
    {
        if (_memory.MemoryMap.Known(physical.ToPfn()) is { Mapping: Slab slab } && slab.IsFree(address) && !slab.Cache.IsConstructing)
        {
            throw new KernelOopsException(
                $"BUG: use after free: {Pointer(address)} lies in a free object of cache `{slab.Cache.Name}'; nothing may touch it after kfree() or kmem_cache_free(), nor from beyond the end of the object before it",
                KernelRule.UseAfterRelease);
        }
    }

    private KmemCache CacheFor(ulong size, bool dma)
    {
        int index = 0;
        while (KmallocSizes[index] < size)
            index++;
        return (dma ? _dmaSizes : _sizes)[index];
    }

    private KmemCache Register(KmemCache cache)
    {
        _caches.Add(cache);
        return cache;
    }

    private bool Grow(KmemCache cache, GfpFlags flags)
    {
        GfpFlags pageFlags = (flags & ~(GfpFlags.Zero | GfpFlags.HighMem | GfpFlags.Movable)) | (cache.Dma ? GfpFlags.Dma : 0);
        if (_memory.PageAllocator.Allocate(pageFlags, cache.SlabOrder) is not { } first)
            return false;
        var slab = new Slab(cache, first, (KernelLogicalAddress)first.Virtual);
        for (ulong i = 0; i < 1ul << cache.SlabOrder; i++)
        {
            Page page = _memory.MemoryMap[first.Pfn + i];
            page.Flags |= PageFlags.Slab;
            page.Mapping = slab;
        }

        Pages += 1ul << cache.SlabOrder;
        _memory.VmStat.Add(ZoneStat.SlabUnreclaimable, first, 1L << cache.SlabOrder);
        bool constructed = false;
        try
        {
            Construct(slab);
            constructed = true;
        }
        finally
        {
            if (!constructed)
                ReleaseSlab(slab);
        }

        cache.Partial.Add(slab);
        return true;
    }

    /// <summary><c>cache_init_objs</c>: before anybody can see the slab, so that a constructor that uses the cache itself finds no object half made.</summary>
    private void Construct(Slab slab)
    {
        KmemCache cache = slab.Cache;
        if (cache.Constructor is not { } constructor)
            return;
        if (cache.IsConstructing)
            throw new KernelOopsException($"kernel BUG in kmem_cache_alloc: the constructor of cache `{cache.Name}' needs an object of the cache to make one");
        cache.IsConstructing = true;
        try
        {
            for (int i = 0; i < cache.ObjectsPerSlab; i++)
                constructor(slab.Start + (ulong)i * cache.Stride);
        }
        finally
        {
            cache.IsConstructing = false;
        }

        ThrowIfDestroyed(cache, "kmem_cache_alloc");
    }

    private Slab FindSlab(KernelLogicalAddress address, string function)
    {
        Page page = _directMap.ToPage(address, function);
        return (page.Flags & PageFlags.Slab) != 0 && page.Mapping is Slab slab
            ? slab
            : throw new KernelOopsException(
                $"kernel BUG in {function}: {Pointer(address)} does not belong to the slab allocator\n{page}",
                page.Head.Count <= 0 ? KernelRule.DoubleRelease : KernelRule.AllocatorMismatch);
    }

    private void Free(Slab slab, KernelLogicalAddress address, string function)
    {
        switch (slab.StateOf(address))
        {
            case Slab.ObjectState.NotAnObject:
                throw new KernelOopsException($"slab error in {function}(): cache `{slab.Cache.Name}': {Pointer(address)} is not the start of an object");
            case Slab.ObjectState.Free:
                throw new KernelOopsException($"slab error in {function}(): cache `{slab.Cache.Name}': double free detected, object {Pointer(address)}", KernelRule.DoubleRelease);
        }

        KmemCache cache = slab.Cache;
        cache.ActiveObjects--;
        if (slab.Free == 0)
        {
            cache.Full--;
            cache.Partial.Add(slab);
        }

        slab.Give(address);
        if (slab.IsEmpty && cache.Partial.Count > 1)
            ReleaseSlab(slab);
    }

    private void ReleaseSlab(Slab slab)
    {
        KmemCache cache = slab.Cache;
        cache.Partial.Remove(slab);
        for (ulong i = 0; i < 1ul << cache.SlabOrder; i++)
        {
            Page page = _memory.MemoryMap[slab.FirstPage.Pfn + i];
            page.Flags &= ~PageFlags.Slab;
            page.Mapping = null;
        }

        Pages -= 1ul << cache.SlabOrder;
        _memory.VmStat.Add(ZoneStat.SlabUnreclaimable, slab.FirstPage, -(1L << cache.SlabOrder));
        _memory.PageAllocator.Free(slab.FirstPage, cache.SlabOrder);
    }

    private void ThrowIfDestroyed(KmemCache cache, string function)
    {
        if (cache.Owner != this)
            throw new KernelOopsException($"kernel BUG in {function}: cache `{cache.Name}' belongs to another kernel");
        if (cache.IsDestroyed)
        {
            throw new KernelOopsException(
                $"kernel BUG in {function}: cache `{cache.Name}' has been destroyed",
                function == "kmem_cache_destroy" ? KernelRule.DoubleRelease : KernelRule.UseAfterRelease);
        }
    }

    private string Pointer(KernelLogicalAddress address) => _memory.Layout.Pointer(address.Value);
}
