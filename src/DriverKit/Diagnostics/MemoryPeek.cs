using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Diagnostics;

/// <summary>Reads the memory of a process beside the processor: it sees what a load would, and nothing of the machine changes.</summary>
/// <remarks>Nothing is faulted in, no accessed bit is set, no counter moves, no block of swap is freed; a driver's nopage is not asked.
/// The kernel's own way, <c>get_user_pages</c> (<c>elf_core_dump</c>, <c>access_process_vm</c>), faults pages in.</remarks>
internal sealed class MemoryPeek(Ram ram, VirtualMemory memory)
{
    /// <summary>What a page of an area holds; empty for a page of zeros, and for frames without a page (device memory, the zero page), which are not looked at.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="area">One of its areas.</param>
    /// <param name="page">The address of the page, in the area.</param>
    /// <param name="buffer">Room for a page that is not in memory.</param>
    public ReadOnlySpan<byte> Page(MmStruct mm, VmAreaStruct area, UserVirtualAddress page, Span<byte> buffer)
    {
        PageTableEntry entry = memory.Tables.TryFind(mm, page.Value, out PhysicalAddress where) ? memory.Tables.Read(where) : default;
        if (entry.IsNone)
            return OfFile(area, area.IndexOf(page), buffer);
        if (entry.IsResident)
            return memory.Tables.NormalPage(entry) is { } resident ? ram.Frame(resident.Pfn) : default;
        SwapEntry block = SwapEntry.Of(entry);
        if (memory.SwapCache.Find(block) is { } cached)
            return ram.Frame(cached.Pfn);
        memory.Swap.Read(block, buffer);
        return buffer;
    }

    /// <summary>Copies a range, whatever its areas allow, up to the first byte that no area has.</summary>
    /// <returns>Bytes copied.</returns>
    public int Read(MmStruct mm, UserVirtualAddress start, Span<byte> destination)
    {
        Span<byte> buffer = new byte[PageGeometry.PageSize];
        int done = 0;
        while (done < destination.Length)
        {
            UserVirtualAddress at = start + (ulong)done;
            if (mm.Vmas.Find(at) is not { } area || !area.Contains(at))
                break;
            Span<byte> part = destination.Slice(done, (int)Math.Min((ulong)(destination.Length - done), PageGeometry.PageSize - at.PageOffset));
            ReadOnlySpan<byte> page = Page(mm, area, at.PageAlignDown, buffer);
            if (page.IsEmpty)
                part.Clear();
            else
                page.Slice((int)at.PageOffset, part.Length).CopyTo(part);
            done += part.Length;
        }

        return done;
    }

    /// <summary>What a fault would find: the page in the cache, or what the storage holds; beyond the end of the file there is nothing.</summary>
    private ReadOnlySpan<byte> OfFile(VmAreaStruct area, ulong index, Span<byte> buffer)
    {
        if (area.VmFile?.Inode.IMapping is not { } mapping || index >= PageGeometry.AlignUp((ulong)mapping.Host.ISize) >> PageGeometry.PageShift)
            return default;
        if (memory.PageCache.Find(mapping, index) is { } cached)
            return ram.Frame(cached.Pfn);
        return mapping.AOps.Peek(mapping, index, buffer) ? buffer : default;
    }
}
