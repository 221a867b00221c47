using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;

namespace DriverKit.Memory.Cache;

/// <summary>Shared anonymous memory: a file whose pages start as zeros and are stored in swap (<c>shmem_aops</c>, mm/shmem.c).</summary>
internal sealed class ShmemOperations(PhysicalMemory memory, SwapSpace space) : IAddressSpaceOperations
{
    private readonly Dictionary<AddressSpace, Dictionary<ulong, SwapEntry>> _swapped = [];

    public bool IsSwapBacked => true;

    /// <summary><c>shmem_swapin</c>: the block is free again.</summary>
    public bool ReadPage(AddressSpace mapping, ulong index, Span<byte> frame)
    {
        if (!_swapped.TryGetValue(mapping, out Dictionary<ulong, SwapEntry>? entries) || !entries.Remove(index, out SwapEntry entry))
            return false;
        memory.VmStat.Add(VmEvent.Pswpin);
        memory.VmStat.Add(VmEvent.Pgpgin, BlockDevice.BlockSize / 1024);
        space.Read(entry, frame);
        space.Free(entry);
        return true;
    }

    public bool Peek(AddressSpace mapping, ulong index, Span<byte> frame)
    {
        if (!_swapped.TryGetValue(mapping, out Dictionary<ulong, SwapEntry>? entries) || !entries.TryGetValue(index, out SwapEntry entry))
            return false;
        space.Read(entry, frame);
        return true;
    }

    /// <summary><c>shmem_writepage</c>.</summary>
    public bool WritePage(AddressSpace mapping, ulong index, ReadOnlySpan<byte> frame)
    {
        if (!space.TryAllocate(out SwapEntry entry))
            return false;
        memory.VmStat.Add(VmEvent.Pswpout);
        memory.VmStat.Add(VmEvent.Pgpgout, BlockDevice.BlockSize / 1024);
        space.Write(entry, frame);
        if (!_swapped.TryGetValue(mapping, out Dictionary<ulong, SwapEntry>? entries))
            _swapped.Add(mapping, entries = []);
        entries.Add(index, entry);
        return true;
    }

    /// <summary><c>shmem_partial_swap_usage</c>: pages of a range of the file that are in swap.</summary>
    public ulong SwappedPages(AddressSpace mapping, ulong first, ulong end) =>
        _swapped.TryGetValue(mapping, out Dictionary<ulong, SwapEntry>? entries) ? (ulong)entries.Keys.Count(index => index >= first && index < end) : 0;

    public void Discard(AddressSpace mapping, ulong first)
    {
        if (!_swapped.TryGetValue(mapping, out Dictionary<ulong, SwapEntry>? entries))
            return;
        foreach (ulong index in entries.Keys.Where(index => index >= first).ToArray())
        {
            space.Free(entries[index]);
            entries.Remove(index);
        }

        if (entries.Count == 0)
            _swapped.Remove(mapping);
    }
}
