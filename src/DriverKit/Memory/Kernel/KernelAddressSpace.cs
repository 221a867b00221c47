using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary>What happens when kernel code follows a pointer: low memory by its constant offset, everything else by the kernel's page tables.</summary>
public sealed class KernelAddressSpace
{
    private readonly Machine _machine;
    private readonly MemoryLayout _layout;
    private readonly KernelPageTables _tables;

    internal KernelAddressSpace(Machine machine, MemoryLayout layout, KernelPageTables tables)
    {
        _machine = machine;
        _layout = layout;
        _tables = tables;
    }

    /// <summary>Knows which objects of low memory are free; the kernel installs it.</summary>
    internal SlabAllocator? Slab { get; set; }

    /// <summary>Whether the process that runs has something at an address; the kernel installs it.</summary>
    internal Func<UserVirtualAddress, bool>? IsUserMemory { get; set; }

    /// <summary>The processors' store buffers; null: every store is seen by all at once.</summary>
    internal StoreBuffers? StoreBuffers { get; set; }

    /// <summary><c>*(T *)address</c>, read. It may cross a page.</summary>
    /// <exception cref="KernelOopsException">Nothing is mapped there.</exception>
    public T Load<T>(KernelVirtualAddress address) where T : unmanaged
    {
        Span<byte> bytes = Bytes(address, AccessType.Load, (ulong)Unsafe.SizeOf<T>());
        if (bytes.Length >= Unsafe.SizeOf<T>())
            return MemoryMarshal.Read<T>(bytes);
        T value = default;
        CopyFrom(MemoryMarshal.AsBytes(new Span<T>(ref value)), address);
        return value;
    }

    /// <summary><c>*(T *)address = value</c>. It may cross a page.</summary>
    /// <exception cref="KernelOopsException">Nothing is mapped there.</exception>
    public void Store<T>(KernelVirtualAddress address, T value) where T : unmanaged
    {
        Span<byte> bytes = Bytes(address, AccessType.Store, (ulong)Unsafe.SizeOf<T>());
        if (bytes.Length >= Unsafe.SizeOf<T>())
            MemoryMarshal.Write(bytes, in value);
        else
            CopyTo(address, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
    }

    /// <summary>Copies kernel memory out, page by page.</summary>
    /// <exception cref="KernelOopsException">Some of it is not mapped.</exception>
    public void CopyFrom(Span<byte> destination, KernelVirtualAddress source)
    {
        while (!destination.IsEmpty)
        {
            Span<byte> piece = Bytes(source, AccessType.Load, (ulong)destination.Length);
            piece.CopyTo(destination);
            destination = destination[piece.Length..];
            source += (ulong)piece.Length;
        }
    }

    /// <summary>Copies into kernel memory, page by page.</summary>
    /// <exception cref="KernelOopsException">Some of it is not mapped.</exception>
    public void CopyTo(KernelVirtualAddress destination, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            Span<byte> piece = Bytes(destination, AccessType.Store, (ulong)source.Length);
            source[..piece.Length].CopyTo(piece);
            source = source[piece.Length..];
            destination += (ulong)piece.Length;
        }
    }

    /// <summary><c>memcpy</c>, <c>memmove</c>: the ranges may overlap.</summary>
    /// <exception cref="KernelOopsException">Some of it is not mapped.</exception>
    public void Copy(KernelVirtualAddress destination, KernelVirtualAddress source, ulong count)
    {
        bool backwards = destination > source && destination - source < count;
        ulong done = 0;
        while (done < count)
        {
            ulong rest = count - done;
            if (backwards)
                rest = Math.Min(rest, Math.Min(TailInPage(source + rest), TailInPage(destination + rest)));
            ulong offset = backwards ? count - done - rest : done;
            Span<byte> from = Bytes(source + offset, AccessType.Load, rest);
            Span<byte> to = Bytes(destination + offset, AccessType.Store, (ulong)from.Length);
            from[..to.Length].CopyTo(to);
            done += (ulong)to.Length;
        }
    }

    /// <summary><c>memset</c>.</summary>
    /// <exception cref="KernelOopsException">Some of it is not mapped.</exception>
    public void Fill(KernelVirtualAddress destination, byte value, ulong count)
    {
        while (count != 0)
        {
            Span<byte> piece = Bytes(destination, AccessType.Store, count);
            piece.Fill(value);
            destination += (ulong)piece.Length;
            count -= (ulong)piece.Length;
        }
    }

    /// <summary>The bytes behind an address, no copy: as many as lie together, at least one, at most <paramref name="length"/>.</summary>
    /// <exception cref="KernelOopsException">Nothing is mapped there.</exception>
    internal Span<byte> Bytes(KernelVirtualAddress address, AccessType access, ulong length)
    {
        if (_layout.IsLowMemory(address.Value))
            Slab?.ThrowIfFree((KernelLogicalAddress)address, new(address.Value - _layout.PageOffset));
        Span<byte> bytes = Resolve(address, access, length);
        if (access == AccessType.Store)
            StoreBuffers?.BeforeStore(address, bytes);
        return bytes;
    }

    /// <summary>The same, or nothing where nothing is mapped any more.</summary>
    internal Span<byte> BytesOrNone(KernelVirtualAddress address, ulong length) =>
        _layout.IsLowMemory(address.Value) || _tables.Find(address.Value).IsPresent ? Resolve(address, AccessType.Load, length) : default;

    private Span<byte> Resolve(KernelVirtualAddress address, AccessType access, ulong length)
    {
        ulong value = address.Value;
        if (_layout.IsLowMemory(value))
        {
            var physical = new PhysicalAddress(value - _layout.PageOffset);
            ulong rest = Math.Min(Ram.SectionSize - (physical.Value & (Ram.SectionSize - 1)), _layout.EndOfLowMemory - physical);
            return _machine.Bus.RegionAt(physical) is null ? _machine.Ram.Span(physical, (int)Math.Min(rest, length)) : throw RegisterAccess(value);
        }

        Span<byte> bytes = _tables.Tlb.Bytes(value, access, length);
        if (!bytes.IsEmpty)
            return bytes;
        Translate(value);
        return _tables.Tlb.Bytes(value, access, length);
    }

    private static ulong TailInPage(KernelVirtualAddress end) => end.PageOffset == 0 ? PageGeometry.PageSize : end.PageOffset;

    private void Translate(ulong address)
    {
        PageTableEntry entry = address >= _layout.TaskSize ? _tables.Find(address) : default;
        if (!entry.IsPresent)
            throw BadPointer(address);
        if (!_machine.Bus.TryGetMemory(entry.Pfn, out byte[] memory, out int offset))
            throw RegisterAccess(address);
        _tables.Tlb.Insert(address, memory, offset, stores: true);
    }

    private KernelOopsException BadPointer(ulong address) => address < PageGeometry.PageSize
        ? new($"Unable to handle kernel NULL pointer dereference at virtual address {_layout.Pointer(address)}")
        : address < _layout.TaskSize
        ? new($"Unable to handle kernel paging request at virtual address {_layout.Pointer(address)}\n"
            + $"A kernel pointer was followed whose number is {_layout.Describe(address)}",
            IsUserMemory?.Invoke(new(address)) == true ? KernelRule.UserPointerDereferenced : KernelRule.AddressKindsMixed)
        : new($"Unable to handle kernel paging request at virtual address {_layout.Pointer(address)}");

    private KernelOopsException RegisterAccess(ulong address) =>
        new($"Device memory at {_layout.Pointer(address)} followed as a plain pointer; use readb()…writel() on what ioremap() returned", KernelRule.IoMemoryDereferenced);
}
