using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DriverKit.Primitives;

namespace DriverKit.Hardware;

/// <summary>The translation look-aside buffer of one address space: direct-mapped, 1,024 entries for loads and 1,024 for stores.</summary>
/// <remarks>
/// One compare decides a hit. The tag is the virtual page; the address is masked with the page mask and the low bits that an aligned
/// access of that size leaves clear, so a miss, an unaligned access and one that crosses the page all take the slow path together.
/// <code>
///   virtual address   63                    22 21        12 11        0
///                    +------------------------+------------+-----------+
///                    |          tag           |   entry    |  offset   |
///                    +------------------------+------------+-----------+
/// </code>
/// Stores have entries of their own, made only after the walker has set the dirty bit. As on hardware, nobody but the kernel
/// notices that a page table has changed: it must flush.
/// </remarks>
public sealed class Tlb
{
    private const int EntryBits = 10;
    private const int EntryCount = 1 << EntryBits;

    /// <summary>A tag that no masked address can equal.</summary>
    private const ulong EmptyTag = ulong.MaxValue;

    private readonly Entry[] _loads = new Entry[EntryCount];
    private readonly Entry[] _stores = new Entry[EntryCount];

    /// <summary>An empty buffer.</summary>
    public Tlb() => FlushAll();

    private struct Entry
    {
        public ulong Tag;
        public ulong Addend;
        public byte[] Memory;
    }

    /// <summary>The host memory behind a load of a <typeparamref name="T"/>, or a null reference on a miss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Load<T>(ulong address) where T : unmanaged => ref Lookup<T>(_loads, address);

    /// <summary>The host memory behind a store of a <typeparamref name="T"/>, or a null reference on a miss.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T Store<T>(ulong address) where T : unmanaged => ref Lookup<T>(_stores, address);

    /// <summary>The bytes from an address to the end of its page or the length asked for, or an empty span on a miss.</summary>
    public Span<byte> Bytes(ulong address, AccessType access, ulong length)
    {
        ref Entry entry = ref Slot(access == AccessType.Store ? _stores : _loads, address);
        if (entry.Tag != (address & PageGeometry.PageMask))
            return default;
        ulong rest = PageGeometry.PageSize - (address & (PageGeometry.PageSize - 1));
        return entry.Memory.AsSpan((int)unchecked(address + entry.Addend), (int)Math.Min(rest, length));
    }

    /// <summary>Remembers a translation for loads, and for stores too if the page is writable and already dirty.</summary>
    /// <param name="address">Any address in the page.</param>
    /// <param name="memory">The array that holds the frame.</param>
    /// <param name="offset">Where in the array the frame starts.</param>
    /// <param name="stores">Whether stores may go straight there.</param>
    public void Insert(ulong address, byte[] memory, int offset, bool stores)
    {
        ulong page = address & PageGeometry.PageMask;
        var entry = new Entry { Tag = page, Addend = unchecked((ulong)offset - page), Memory = memory };
        Slot(_loads, address) = entry;
        if (stores)
            Slot(_stores, address) = entry;
    }

    /// <summary>Forgets one page (<c>invlpg</c>).</summary>
    public void FlushPage(ulong address)
    {
        ulong page = address & PageGeometry.PageMask;
        Forget(ref Slot(_loads, address), page);
        Forget(ref Slot(_stores, address), page);
    }

    /// <summary>Forgets a range of pages.</summary>
    public void FlushRange(ulong start, ulong end)
    {
        if ((end - start) >> PageGeometry.PageShift >= EntryCount)
        {
            FlushAll();
            return;
        }

        for (ulong page = start & PageGeometry.PageMask; page < end; page += PageGeometry.PageSize)
            FlushPage(page);
    }

    /// <summary>Forgets everything (a load of CR3).</summary>
    public void FlushAll()
    {
        Clear(_loads);
        Clear(_stores);
    }

    private static void Clear(Entry[] entries)
    {
        foreach (ref Entry entry in entries.AsSpan())
        {
            entry.Tag = EmptyTag;
            entry.Memory = [];
        }
    }

    private static void Forget(ref Entry entry, ulong page)
    {
        if (entry.Tag == page)
            entry.Tag = EmptyTag;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref T Lookup<T>(Entry[] entries, ulong address) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        if ((size & (size - 1)) != 0 || size >= PageGeometry.PageSize)
            return ref Unsafe.NullRef<T>();
        ref Entry entry = ref Slot(entries, address);
        if ((address & (PageGeometry.PageMask | (uint)(size - 1))) != entry.Tag)
            return ref Unsafe.NullRef<T>();
        ref byte memory = ref MemoryMarshal.GetArrayDataReference(entry.Memory);
        return ref Unsafe.As<byte, T>(ref Unsafe.AddByteOffset(ref memory, (nuint)unchecked(address + entry.Addend)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref Entry Slot(Entry[] entries, ulong address) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(entries), (nint)((address >> PageGeometry.PageShift) & (EntryCount - 1)));
}
