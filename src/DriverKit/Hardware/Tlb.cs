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
    private const int EntryCount = 1024;

    /// <summary>A tag that no masked address can equal.</summary>
    private const ulong EmptyTag = ulong.MaxValue;

    private Entries _loads;
    private Entries _stores;

    /// <summary>An empty buffer.</summary>
    public Tlb() => FlushAll();

    /// <summary>The entry that decides whether a load hits: the hot path, inlined into every load of a process.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref TlbEntry LoadEntry(ulong address) => ref Slot(ref _loads, address);

    /// <summary>The entry that decides whether a store hits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref TlbEntry StoreEntry(ulong address) => ref Slot(ref _stores, address);

    /// <summary>The bytes from an address on that lie together in host memory, at most the length asked for; an empty span on a miss.</summary>
    /// <remarks>Pages that follow each other in a section have the same <see cref="TlbEntry.Addend"/>: one copy serves them all.</remarks>
    public Span<byte> Bytes(ulong address, AccessType access, ulong length)
    {
        ref Entries entries = ref access == AccessType.Store ? ref _stores : ref _loads;
        ref TlbEntry entry = ref Slot(ref entries, address);
        ulong page = address & PageGeometry.PageMask;
        if (entry.Tag != page)
            return default;
        ulong rest = page + PageGeometry.PageSize - address;
        while (rest < length)
        {
            page += PageGeometry.PageSize;
            ref TlbEntry next = ref Slot(ref entries, page);
            if (next.Tag != page || next.Addend != entry.Addend || next.Memory != entry.Memory)
                break;
            rest += PageGeometry.PageSize;
        }

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
        var entry = new TlbEntry { Tag = page, Addend = unchecked((ulong)offset - page), Memory = memory };
        LoadEntry(address) = entry;
        if (stores)
            StoreEntry(address) = entry;
    }

    /// <summary>Forgets one page (<c>invlpg</c>).</summary>
    public void FlushPage(ulong address)
    {
        ulong page = address & PageGeometry.PageMask;
        Forget(ref LoadEntry(address), page);
        Forget(ref StoreEntry(address), page);
    }

    /// <summary>Forgets everything (a load of CR3).</summary>
    public void FlushAll()
    {
        _loads = default;
        _stores = default;

        // A tag of zero is page zero, which only the first slot can hold; all others are empty as they are.
        _loads[0].Tag = _stores[0].Tag = EmptyTag;
    }

    private static void Forget(ref TlbEntry entry, ulong page)
    {
        if (entry.Tag == page)
            entry.Tag = EmptyTag;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref TlbEntry Slot(ref Entries entries, ulong address) =>
        ref Unsafe.AddByteOffset(
            ref Unsafe.As<Entries, TlbEntry>(ref entries),
            (nuint)((address >> (PageGeometry.PageShift - TlbEntry.SizeShift)) & ((EntryCount - 1) << TlbEntry.SizeShift)));

    [InlineArray(EntryCount)]
    private struct Entries
    {
        private TlbEntry _first;
    }
}

/// <summary>One translation: a page and the host memory that holds its frame.</summary>
internal struct TlbEntry
{
    /// <summary>An entry is two to this power bytes.</summary>
    public const int SizeShift = 5;

    /// <summary>The virtual page.</summary>
    public ulong Tag;

    /// <summary>What to add to a virtual address for the index in <see cref="Memory"/>.</summary>
    public ulong Addend;

    /// <summary>The array that holds the frame.</summary>
    public byte[] Memory;

    /// <summary>Makes the entry a power of two: one shift and one mask turn an address into the entry's place.</summary>
    public ulong Filler;

    /// <summary>True if the value lies in this page, naturally aligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsHit<T>(ulong address) where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        return (size & (size - 1)) == 0 && size < PageGeometry.PageSize && (address & (PageGeometry.PageMask | (uint)(size - 1))) == Tag;
    }

    /// <summary>The value in host memory, after a hit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref T Value<T>(ulong address) where T : unmanaged
    {
        ref byte memory = ref MemoryMarshal.GetArrayDataReference(Memory);
        return ref Unsafe.As<byte, T>(ref Unsafe.AddByteOffset(ref memory, (nuint)unchecked(address + Addend)));
    }
}
