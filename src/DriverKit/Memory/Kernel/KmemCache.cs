using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary><c>struct kmem_cache</c>: a cache of objects of one size, cut from slabs of pages (<c>linux/slab.h</c>).</summary>
public sealed class KmemCache
{
    private const int MaxSlabOrder = 5;

    internal KmemCache(SlabAllocator owner, string name, ulong size, ulong align, bool dma, Action<KernelLogicalAddress>? constructor)
    {
        Owner = owner;
        Name = name;
        ObjectSize = size;
        Stride = (size + align - 1) & ~(align - 1);
        Dma = dma;
        Constructor = constructor;
        SlabOrder = ChooseOrder();
        ObjectsPerSlab = (int)(((ulong)PageGeometry.PageSize << SlabOrder) / Stride);
    }

    /// <summary>The name in /proc/slabinfo.</summary>
    public string Name { get; }

    /// <summary>Bytes of an object as asked for (<c>kmem_cache_size</c>).</summary>
    public ulong ObjectSize { get; }

    /// <summary>Bytes from one object to the next.</summary>
    public ulong Stride { get; }

    /// <summary>Each slab is 2^order pages.</summary>
    public int SlabOrder { get; }

    /// <summary>Objects in a slab.</summary>
    public int ObjectsPerSlab { get; }

    /// <summary>Objects that are allocated now.</summary>
    public int ActiveObjects { get; internal set; }

    /// <summary>Slabs that the cache holds.</summary>
    public int Slabs => Partial.Count + Full;

    internal SlabAllocator Owner { get; }

    internal bool Dma { get; }

    internal Action<KernelLogicalAddress>? Constructor { get; }

    internal bool IsDestroyed { get; set; }

    /// <summary>True while the constructor runs over a new slab.</summary>
    internal bool IsConstructing { get; set; }

    /// <summary>Slabs with at least one free object; the last one is used first.</summary>
    internal List<Slab> Partial { get; } = [];

    internal int Full { get; set; }

    /// <summary>The smallest order that wastes at most an eighth of the slab (<c>calculate_slab_order</c>).</summary>
    private int ChooseOrder()
    {
        for (int order = PageGeometry.Order(Stride); order < MaxSlabOrder; order++)
        {
            ulong bytes = (ulong)PageGeometry.PageSize << order;
            if (bytes % Stride * 8 <= bytes)
                return order;
        }

        return Math.Max(MaxSlabOrder, PageGeometry.Order(Stride));
    }
}
