using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <content>What is done to all entries of a range: taking them out, copying them at fork, moving them, protecting them.</content>
internal sealed partial class PageTables
{
    /// <summary><c>unmap_page_range</c>: takes every entry of a range out, drops the references and counts they stood for, and flushes.</summary>
    public void Zap(MmStruct mm, ulong start, ulong end)
    {
        FirstBug bug = default;
        for (ulong address = start; NextEntry(mm, ref address, end, out PhysicalAddress where); address += PageGeometry.PageSize)
        {
            PageTableEntry entry = _walker.Read(where);
            _walker.Write(where, default);
            if (!entry.IsResident)
            {
                mm.SwapEntries--;
                _swapCache.Forget(SwapEntry.Of(entry));
                continue;
            }

            mm.Tlb.FlushPage(address);
            if (NormalPage(entry) is not { } page)
                continue;
            try
            {
                Forget(mm, page, entry);
            }
            catch (KernelOopsException exception)
            {
                bug.Note(exception);
            }
        }

        bug.Throw();
    }

    /// <summary><c>copy_page_range</c>: gives the child the parent's entries. Private writable pages become read-only in both, to be copied at the first store.</summary>
    /// <returns>False when memory for tables runs out.</returns>
    public bool Copy(MmStruct parent, MmStruct child, VmAreaStruct vma)
    {
        bool copyOnWrite = vma.IsCopyOnWrite;
        ulong address = vma.VmStart.Value;
        for (; NextEntry(parent, ref address, vma.VmEnd.Value, out PhysicalAddress from); address += PageGeometry.PageSize)
        {
            if (!TryFindOrMake(child, address, out PhysicalAddress to))
                return false;
            // Read only now: looking for memory may have pushed the page out.
            PageTableEntry entry = _walker.Read(from);
            if (entry.IsNone)
                continue;
            if (!entry.IsResident)
            {
                _swapCache.Duplicate(SwapEntry.Of(entry));
                child.SwapEntries++;
                _walker.Write(to, entry);
                continue;
            }

            if (copyOnWrite && entry.IsWritable)
            {
                entry = entry.Without(PageProtection.Writable);
                Replace(parent, address, from, entry);
            }

            if (!copyOnWrite)
                entry = entry.Without(PageProtection.Dirty);
            _walker.Write(to, entry.Without(PageProtection.Accessed));
            if (NormalPage(entry) is not { } page)
                continue;
            _memory.PageAllocator.Get(page);
            AddMapping(child, page);
        }

        return true;
    }

    /// <summary><c>move_page_tables</c>: takes the entries of a range to another one.</summary>
    /// <returns>False when memory for tables runs out; part has been moved then.</returns>
    public bool Move(MmStruct mm, ulong from, ulong to, ulong length)
    {
        ulong address = from;
        for (; NextEntry(mm, ref address, from + length, out PhysicalAddress where); address += PageGeometry.PageSize)
        {
            if (!TryFindOrMake(mm, to + (address - from), out PhysicalAddress target))
                return false;
            PageTableEntry entry = _walker.Read(where);
            _walker.Write(where, default);
            mm.Tlb.FlushPage(address);
            _walker.Write(target, entry);
        }

        return true;
    }

    /// <summary><c>change_protection</c>: gives the resident entries of a range the protection of their area.</summary>
    /// <remarks>A page of shared file memory that is dirty already stays writable; a clean one must be noticed at its first store.</remarks>
    public void Protect(MmStruct mm, ulong start, ulong end, VmAreaStruct vma)
    {
        const ulong Kept = PageProtection.Accessed | PageProtection.Dirty | PageProtection.Special | PageProtection.CacheDisable | PageProtection.WriteThrough;
        bool sharedWritable = (vma.VmFlags & (VmFlags.Shared | VmFlags.Write)) == (VmFlags.Shared | VmFlags.Write);
        for (ulong address = start; NextResident(mm, ref address, end, out PhysicalAddress where); address += PageGeometry.PageSize)
        {
            PageTableEntry entry = _walker.Read(where);
            PageTableEntry changed = PageTableEntry.Make(entry.Pfn, new(vma.VmPageProt.Bits | (entry.Bits & Kept)));
            if (sharedWritable && entry.IsDirty && changed.IsPresent)
                changed = changed.With(PageProtection.Writable);
            Replace(mm, address, where, entry.Pfn == ZeroPage.Pfn ? changed.Without(PageProtection.Writable) : changed);
        }
    }
}
