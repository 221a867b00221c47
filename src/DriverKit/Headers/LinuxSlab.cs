using DriverKit.Contracts;
using DriverKit.Memory.Kernel;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/slab.h</c>: small objects of low memory. Allocating may sleep if the flags have <see cref="GfpFlags.Wait"/>; freeing never does.</summary>
/// <remarks>Source: include/linux/slab.h and mm/slab.c of Linux 2.6.20.</remarks>
public static class LinuxSlab
{
    /// <summary><c>kmalloc(size, flags)</c>: contiguous memory, not zeroed; address 0 without memory or above 128 KiB.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    [return: AllocatesWith(Allocator.Kmalloc)]
    public static KernelLogicalAddress Kmalloc([MustBeBounded, Unit(AddressUnit.Bytes)] ulong size, GfpFlags flags)
    {
        Kernel kernel = Kernel.Current("kmalloc");
        KernelLogicalAddress address = kernel.AllocationFails("kmalloc", flags) ? default : kernel.Slab.Kmalloc(size, flags);
        kernel.ModuleMemory?.Took(Allocator.Kmalloc, "kmalloc", address.Value, size);
        return address;
    }

    /// <summary><c>kzalloc(size, flags)</c>: the same, zeroed.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    [return: AllocatesWith(Allocator.Kmalloc)]
    public static KernelLogicalAddress Kzalloc([MustBeBounded, Unit(AddressUnit.Bytes)] ulong size, GfpFlags flags) => Kmalloc(size, flags | GfpFlags.Zero);

    /// <summary><c>kcalloc(n, size, flags)</c>: an array, zeroed; address 0 also when n × size overflows.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    [return: AllocatesWith(Allocator.Kmalloc)]
    public static KernelLogicalAddress Kcalloc([MustBeBounded] ulong n, [MustBeBounded, Unit(AddressUnit.Bytes)] ulong size, GfpFlags flags) =>
        size != 0 && n > ulong.MaxValue / size ? default : Kzalloc(n * size, flags);

    /// <summary><c>kfree(objp)</c>. Address 0 does nothing. Every context.</summary>
    /// <exception cref="KernelOopsException">The address did not come from kmalloc, or is free already.</exception>
    public static void Kfree(
        [FreesWith(Allocator.Kmalloc, AllowsNull = true)]
        [RequiresOrigin(AddressOrigin.LowMemory, VmallocAlternativeType = typeof(LinuxVmalloc), VmallocAlternative = nameof(LinuxVmalloc.Vfree))]
        KernelLogicalAddress address)
    {
        Kernel kernel = Kernel.Current("kfree");
        kernel.Slab.Kfree(address);
        kernel.ModuleMemory?.Gave(Allocator.Kmalloc, address.Value);
    }

    /// <summary><c>ksize(objp)</c>: bytes usable behind an address from kmalloc. Every context.</summary>
    /// <exception cref="KernelOopsException">The address did not come from kmalloc.</exception>
    [return: Unit(AddressUnit.Bytes)]
    public static ulong Ksize([RequiresOrigin(AddressOrigin.LowMemory)] KernelLogicalAddress address) => Kernel.Current("ksize").Slab.Ksize(address);

    /// <summary><c>kmem_cache_create(name, size, align, flags, ctor)</c>: a cache of objects of one size; null when the name is taken. Process context; may sleep.</summary>
    /// <param name="name">The name in /proc/slabinfo.</param>
    /// <param name="size">Bytes of an object, 1 to 128 KiB.</param>
    /// <param name="align">A power of two up to a page; 0: a word.</param>
    /// <param name="constructor">Called once for each object of a new slab.</param>
    /// <exception cref="KernelOopsException">No name, or a size or alignment out of range: BUG in C.</exception>
    [MustCheck]
    [MightSleep]
    [return: AllocatesWith(Allocator.SlabCache)]
    public static KmemCache? KmemCacheCreate(
        string name,
        [Unit(AddressUnit.Bytes)] ulong size,
        ulong align = 0,
        [AtomicContext] Action<KernelLogicalAddress>? constructor = null)
    {
        Kernel kernel = Kernel.Current("kmem_cache_create");
        KmemCache? cache = kernel.Slab.CreateCache(name, size, align, constructor);
        kernel.ModuleMemory?.Took(cache);
        return cache;
    }

    /// <summary><c>kmem_cache_destroy(cache)</c>. A cache with live objects is logged and stays. Process context; may sleep.</summary>
    /// <exception cref="KernelOopsException">It is destroyed already.</exception>
    [MightSleep]
    public static void KmemCacheDestroy([FreesWith(Allocator.SlabCache)] KmemCache cache) => Kernel.Current("kmem_cache_destroy").Slab.DestroyCache(cache);

    /// <summary><c>kmem_cache_shrink(cache)</c>: gives slabs without objects back. Process context; may sleep.</summary>
    [MightSleep]
    public static void KmemCacheShrink(KmemCache cache) => Kernel.Current("kmem_cache_shrink").Slab.Shrink(cache);

    /// <summary><c>kmem_cache_alloc(cache, flags)</c>: an object; address 0 without memory.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    [return: AllocatesWith(Allocator.SlabObject, KeyParameter = nameof(cache))]
    public static KernelLogicalAddress KmemCacheAlloc(KmemCache cache, GfpFlags flags)
    {
        Kernel kernel = Kernel.Current("kmem_cache_alloc");
        KernelLogicalAddress address = kernel.AllocationFails("kmem_cache_alloc", flags) ? default : kernel.Slab.Allocate(cache, flags);
        kernel.ModuleMemory?.Took(Allocator.Kmalloc, "kmem_cache_alloc", address.Value, cache.ObjectSize);
        return address;
    }

    /// <summary><c>kmem_cache_zalloc(cache, flags)</c>: the same, zeroed.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: the flags allow sleeping and the context does not.</exception>
    [MustCheck]
    [MightSleep(FlagsParameter = nameof(flags))]
    [return: ReturnsOrigin(AddressOrigin.LowMemory)]
    [return: AllocatesWith(Allocator.SlabObject, KeyParameter = nameof(cache))]
    public static KernelLogicalAddress KmemCacheZalloc(KmemCache cache, GfpFlags flags) => KmemCacheAlloc(cache, flags | GfpFlags.Zero);

    /// <summary><c>kmem_cache_free(cache, objp)</c>. Every context.</summary>
    /// <exception cref="KernelOopsException">Not an object of this cache, or free already.</exception>
    public static void KmemCacheFree(
        KmemCache cache,
        [FreesWith(Allocator.SlabObject, KeyParameter = nameof(cache)), RequiresOrigin(AddressOrigin.LowMemory)] KernelLogicalAddress address)
    {
        Kernel kernel = Kernel.Current("kmem_cache_free");
        kernel.Slab.Free(cache, address);
        kernel.ModuleMemory?.Gave(Allocator.Kmalloc, address.Value);
    }
}
