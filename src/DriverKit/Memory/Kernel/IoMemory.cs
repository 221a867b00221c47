using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary><c>ioremap</c> and the accessors of device memory: every access goes out on the bus, in its own width and in program order.</summary>
/// <remarks>Source: arch/i386/mm/ioremap.c of Linux 2.6.20.</remarks>
public sealed class IoMemory
{
    private readonly Machine _machine;
    private readonly PhysicalMemory _memory;
    private readonly KernelPageTables _tables;
    private readonly VmallocSpace _space;
    private readonly IKernelLog _log;

    internal IoMemory(Machine machine, PhysicalMemory memory, KernelPageTables tables, VmallocSpace space, IKernelLog log)
    {
        _machine = machine;
        _memory = memory;
        _tables = tables;
        _space = space;
        _log = log;
    }

    /// <summary>A device that is touched does not see what waits in them; null: there are none.</summary>
    internal StoreBuffers? StoreBuffers { get; set; }

    private MemoryLayout Layout => _memory.Layout;

    /// <summary><c>ioremap</c>, <c>ioremap_nocache</c>: an address for device memory, or null for size 0, a range that wraps or that the processor cannot address, RAM that is in use, or no room.</summary>
    /// <param name="start">First physical address; need not be on a page boundary.</param>
    /// <param name="size">Bytes.</param>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    public IoAddress Map(PhysicalAddress start, ulong size)
    {
        AtomicContext.MightSleep(_machine, "ioremap");
        ulong last = unchecked(start.Value + size - 1);
        if (size == 0 || last < start.Value || new PhysicalAddress(last).ToPfn() >= Layout.EndOfPhysicalSpace)
            return default;
        if (start.Value >= PhysicalMemoryMap.IsaHoleStart && last < PhysicalMemoryMap.IsaHoleEnd)
            return new(Layout.PageOffset + start.Value);
        if (!IsFreeOfRam(start, new(last)))
            return default;
        ulong first = start.PageAlignDown.Value;
        ulong bytes = PageGeometry.AlignUp(last + 1 - first);
        ulong tables = bytes / ((ulong)PageGeometry.PageSize * PageGeometry.PageSize / (ulong)Layout.PointerSize);
        if (tables > _memory.PageAllocator.FreePageCount)
            return default;
        VmallocArea? area = _space.Map(
            bytes, VmallocKind.Ioremap, [], i => new Pfn((first >> PageGeometry.PageShift) + i), PageProtection.KernelNoCache);
        return area is null ? default : new(area.Start + start.PageOffset);
    }

    /// <summary><c>iounmap</c>. An address that ioremap did not return is logged and left alone.</summary>
    public void Unmap(IoAddress address)
    {
        if (Layout.IsLowMemory(address.Value) && address.Value - Layout.PageOffset is >= PhysicalMemoryMap.IsaHoleStart and < PhysicalMemoryMap.IsaHoleEnd)
            return;
        if (_space.Find(address.PageAlignDown.Value) is { Kind: VmallocKind.Ioremap } area)
            _space.Remove(area);
        else
            _log.Write(LogLevel.Error, $"iounmap: bad address {Layout.Pointer(address.Value)}");
    }

    /// <summary>A load of 1, 2, 4 or 8 bytes from a device.</summary>
    /// <exception cref="KernelOopsException">Nothing is mapped there.</exception>
    public ulong Read(IoAddress address, int width)
    {
        ulong value = 0;
        for (int done = 0; done < width;)
        {
            int part = Whole(address + done, width - done);
            PhysicalAddress physical = Translate(address + done);
            using (StoreBuffers?.HideFromDevice())
                value |= _machine.Bus.Read(physical, part) << (done * 8);
            done += part;
        }

        return value;
    }

    /// <summary>A store of 1, 2, 4 or 8 bytes to a device.</summary>
    /// <exception cref="KernelOopsException">Nothing is mapped there.</exception>
    public void Write(IoAddress address, int width, ulong value)
    {
        for (int done = 0; done < width;)
        {
            int part = Whole(address + done, width - done);
            PhysicalAddress physical = Translate(address + done);
            using (StoreBuffers?.HideFromDevice())
                _machine.Bus.Write(physical, part, value >> (done * 8));
            done += part;
        }
    }

    /// <summary>The part of an access that stays in its page; one that crosses goes out byte by byte, as the processor splits it.</summary>
    private static int Whole(IoAddress address, int width) => address.PageOffset + (uint)width <= PageGeometry.PageSize ? width : 1;

    private PhysicalAddress Translate(IoAddress address)
    {
        if (Layout.IsLowMemory(address.Value))
            return new(address.Value - Layout.PageOffset);
        PageTableEntry entry = address.Value >= Layout.TaskSize ? _tables.Find(address.Value) : default;
        if (entry.IsPresent)
            return entry.Pfn.ToPhysical() + address.PageOffset;
        throw new KernelOopsException(
            $"Unable to handle kernel {(address.Value < PageGeometry.PageSize ? "NULL pointer dereference" : "paging request")} at virtual address {Layout.Pointer(address.Value)}\n"
            + "The address is not one that ioremap() returned, or it has been iounmapped");
    }

    /// <summary>RAM may be remapped only if every page is PG_reserved, or it could be in use with another caching.</summary>
    private bool IsFreeOfRam(PhysicalAddress start, PhysicalAddress last)
    {
        Pfn end = new(Math.Min(last.ToPfn().Value + 1, _memory.MemoryMap.Frames.Value));
        for (Pfn pfn = start.ToPfn(); pfn < end; pfn += 1ul)
        {
            if (_memory.MemoryMap.IsValid(pfn) && (_memory.MemoryMap[pfn].Flags & PageFlags.Reserved) == 0)
                return false;
        }

        return true;
    }
}
