using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DriverKit.Primitives;

namespace DriverKit.Hardware;

/// <summary>The machine's memory chips. Sparse: a section of 256 KiB comes to life, zeroed and pinned, when it is first touched.</summary>
public sealed class Ram
{
    /// <summary>A section is two to this power bytes.</summary>
    public const int SectionShift = 18;

    /// <summary>Bytes in a section.</summary>
    public const int SectionSize = 1 << SectionShift;

    private const int PooledSections = 256;
    private static readonly ConcurrentQueue<byte[]> Pool = new();

    private readonly byte[]?[] _sections;

    internal Ram(ulong size)
    {
        Size = size;
        ulong low = Math.Min(size, PhysicalMemoryMap.PciHoleStart);
        End = new(size > low ? PhysicalMemoryMap.PciHoleEnd + size - low : low);
        _sections = new byte[]?[(End.Value + SectionSize - 1) >> SectionShift];
    }

    /// <summary>Bytes of RAM.</summary>
    public ulong Size { get; }

    /// <summary>The first physical address above all RAM.</summary>
    public PhysicalAddress End { get; }

    /// <summary>Bytes of host memory that hold sections now.</summary>
    public ulong ResidentBytes { get; private set; }

    /// <summary>True when RAM answers at this address.</summary>
    public bool Contains(PhysicalAddress address) =>
        address < End && (address.Value < PhysicalMemoryMap.PciHoleStart || address.Value >= PhysicalMemoryMap.PciHoleEnd);

    /// <summary>The bytes from <paramref name="address"/> on, at most to the end of its section. No copy: writing writes RAM.</summary>
    internal Span<byte> Span(PhysicalAddress address, int length) =>
        Section(address).AsSpan((int)address.Value & (SectionSize - 1), length);

    /// <summary>The 4,096 bytes of a frame.</summary>
    internal Span<byte> Frame(Pfn pfn) => Span(pfn.ToPhysical(), (int)PageGeometry.PageSize);

    /// <summary>A reference to a value in RAM; the value must not cross a section.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref T Ref<T>(PhysicalAddress address) where T : unmanaged =>
        ref MemoryMarshal.AsRef<T>(Section(address).AsSpan((int)address.Value & (SectionSize - 1), Unsafe.SizeOf<T>()));

    /// <summary>The section that holds the address, brought to life if need be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal byte[] Section(PhysicalAddress address)
    {
        byte[]?[] sections = _sections;
        ulong index = address.Value >> SectionShift;
        return (index < (ulong)sections.Length ? sections[index] : null) ?? Materialise(address);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte[] Materialise(PhysicalAddress address)
    {
        if (!Contains(address))
            throw new KernelOopsException($"No RAM at physical address {address}: the machine's RAM ends at {End}");
        if (Pool.TryDequeue(out byte[]? section))
            Array.Clear(section);
        else
            section = GC.AllocateArray<byte>(SectionSize, pinned: true);
        ResidentBytes += SectionSize;
        return _sections[address.Value >> SectionShift] = section;
    }

    /// <summary>Gives the sections back for the next machine.</summary>
    internal void PowerOff()
    {
        foreach (ref byte[]? section in _sections.AsSpan())
        {
            if (section is not null && Pool.Count < PooledSections)
                Pool.Enqueue(section);
            section = null;
        }

        ResidentBytes = 0;
    }
}
