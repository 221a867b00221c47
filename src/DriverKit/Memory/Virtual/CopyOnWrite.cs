using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>do_wp_page</c>: a store to a page that is mapped read-only in a writable area.</summary>
/// <remarks>Source: mm/memory.c of Linux 2.6.20, with the later fix that a shared map of raw frames is made writable instead of copied, unless the frame is the zero page.</remarks>
internal sealed class CopyOnWrite(Machine machine, PhysicalMemory memory, PageTables tables, PageCache cache, KernelEra era, IKernelLog log)
{
    /// <summary>Makes the page writable if nobody else can see it, or gives the process a copy.</summary>
    public FaultResult Resolve(MmStruct mm, VmAreaStruct vma, UserVirtualAddress page, PhysicalAddress where, PageTableEntry entry)
    {
        if (EraRules.CopyOnWriteNeedsAPage(era) && !memory.MemoryMap.IsValid(entry.Pfn))
        {
            log.Write(LogLevel.Error, $"do_wp_page: bogus page at address {page.Value:x8}");
            return FaultResult.OutOfMemory;
        }

        Page? old = tables.NormalPage(entry);
        bool alone = old is { IsAnonymous: true, Count: 1 };
        if (alone || (vma.Has(VmFlags.Shared) && entry.Pfn != tables.ZeroPage.Pfn))
        {
            if (old is { IsAnonymous: false, Mapping: not null })
                cache.SetDirty(old);
            tables.Replace(mm, page.Value, where, AreaProtection.Stored(vma, entry).With(PageProtection.Accessed));
            return FaultResult.Minor;
        }

        if (Copy(entry.Pfn, old) is not { } copy)
            return FaultResult.OutOfMemory;
        tables.AddAnonymous(mm, vma, page, copy);
        PageTableEntry writable = AreaProtection.Stored(vma, AreaProtection.EntryOf(vma, copy));
        tables.Replace(mm, page.Value, where, writable);
        if (old is not null)
            tables.Forget(mm, old, entry);
        return FaultResult.Minor;
    }

    /// <summary>A copy of a frame. Its page is held meanwhile: looking for memory must not take it away.</summary>
    private Page? Copy(Pfn from, Page? held)
    {
        if (held is not null)
            memory.PageAllocator.Get(held);
        try
        {
            Page? copy = memory.PageAllocator.Allocate(GfpFlags.HighUserMovable);
            if (copy is not null)
                CopyFrame(from, copy.Pfn);
            return copy;
        }
        finally
        {
            if (held is not null)
                memory.PageAllocator.Put(held);
        }
    }

    /// <summary>Copies what the process sees now; registers are read word by word, as the copy loop would.</summary>
    private void CopyFrame(Pfn from, Pfn to)
    {
        Span<byte> copy = machine.Ram.Frame(to);
        if (machine.Bus.TryGetMemory(from, out byte[] source, out int offset))
        {
            source.AsSpan(offset, (int)PageGeometry.PageSize).CopyTo(copy);
            return;
        }

        for (int i = 0; i < copy.Length; i += sizeof(uint))
            BitConverter.TryWriteBytes(copy[i..], (uint)machine.Bus.Read(from.ToPhysical() + i, sizeof(uint)));
    }
}
