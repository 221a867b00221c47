using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>The life of address spaces: made for a new program, copied by fork, torn down at exit; and the heap.</summary>
/// <remarks>Source: <c>dup_mmap</c> and <c>exit_mmap</c> (mm/mmap.c) of Linux 2.6.20; what fork and brk refuse is that of 6.18.</remarks>
internal sealed class AddressSpaces(
    MemoryLayout layout, VmSysctls sysctls, Overcommit overcommit, PageTables tables, AreaEditor editor, AreaUnmapper unmapper, Population population)
{
    /// <summary><c>SIZE_128M</c>: the least that lies between the stack's top and the first map.</summary>
    private const ulong MinGap = 128ul << 20;

    private const ulong InitialStack = 33 * PageGeometry.PageSize;

    /// <summary>What heap and stack allow (<c>VM_DATA_DEFAULT_FLAGS</c>, without execution).</summary>
    private const VmFlags Data = VmFlags.Account | VmFlags.Read | VmFlags.Write | VmFlags.MayRead | VmFlags.MayWrite | VmFlags.MayExec;

    /// <summary>An address space with a stack and an empty heap; null without memory.</summary>
    /// <param name="randomOffset">Bytes by which the stack and the maps start lower, for address-space randomisation.</param>
    /// <param name="limits">What the process may have.</param>
    public MmStruct? Create(ulong randomOffset, ResourceLimits limits)
    {
        if (tables.AllocatePgd() is not { } pgd)
            return null;
        ulong shift = randomOffset & PageGeometry.PageMask;
        UserVirtualAddress stackTop = new((layout.TaskSize & PageGeometry.PageMask) - shift);
        ulong heap = layout.Is64Bit ? 0x0060_0000ul : 0x0804_B000ul;
        var mm = new MmStruct(layout, overcommit, limits, pgd, stackTop.Value - Gap(limits))
        {
            IsLegacyLayout = limits.Of(RlimitResource.Stack) == Rlimit.Infinity,
            StartStack = stackTop - 4 * (ulong)layout.PointerSize,
            StartBrk = new(heap),
            Brk = new(heap),
        };
        mm.Link(Anonymous(mm, stackTop - InitialStack, stackTop, Data | VmFlags.GrowsDown));
        return mm;
    }

    /// <summary><c>mmap_base</c>: the stack may grow as far as it is allowed before it meets the first map.</summary>
    private ulong Gap(ResourceLimits limits)
    {
        ulong limit = limits.Of(RlimitResource.Stack), largest = layout.TaskSize / 6 * 5;
        return PageGeometry.AlignUp(limit < largest ? Math.Clamp(limit + VmSysctls.StackGuardGap, MinGap, largest) : largest);
    }

    /// <summary><c>dup_mm</c>: a copy whose private pages are shared until either side stores to them; null without memory.</summary>
    public MmStruct? Fork(MmStruct parent)
    {
        if (tables.AllocatePgd() is not { } pgd)
            return null;
        var child = new MmStruct(layout, overcommit, parent.Limits.Copy(), pgd, parent.MmapBase)
        {
            StartStack = parent.StartStack,
            StartBrk = parent.StartBrk,
            Brk = parent.Brk,
            IsLegacyLayout = parent.IsLegacyLayout,
            StartCode = parent.StartCode,
            EndCode = parent.EndCode,
            StartData = parent.StartData,
            EndData = parent.EndData,
            ArgStart = parent.ArgStart,
            ArgEnd = parent.ArgEnd,
            EnvEnd = parent.EnvEnd,
            SavedAuxv = parent.SavedAuxv,
            HasGate = parent.HasGate,
        };
        child.SetExeFile(parent.ExeFile);
        try
        {
            if (CopyAreas(parent, child))
                return child;
        }
        catch (Exception exception) when (exception is not FiberAbortedException)
        {
            Exit(child);
            throw;
        }

        Exit(child);
        return null;
    }

    /// <summary><c>exit_mmap</c>: unmaps everything, closes every area, frees the page tables.</summary>
    /// <remarks>What a driver's close throws comes out at the end, when everything else is done.</remarks>
    public void Exit(MmStruct mm)
    {
        FirstBug bug = default;
        VmAreaStruct[] areas = [.. mm.Vmas.InOrder()];
        bug.Try(() => tables.Zap(mm, 0, mm.TaskSize));
        bug.Try(() => tables.FreeTables(mm, 0, mm.TaskSize, 0, ulong.MaxValue));
        bug.Try(() => tables.FreePgd(mm));
        mm.Tlb.FlushAll();

        // The tables are gone: no area is mapped any more when the first driver hears of it, or it could fill in those of another.
        foreach (VmAreaStruct vma in areas)
            mm.Unlink(vma);
        foreach (VmAreaStruct vma in areas)
            bug.Try(() => AreaEditor.Remove(vma));
        mm.SetExeFile(null);
        bug.Throw();
    }

    /// <summary><c>brk</c>: moves the end of the heap.</summary>
    /// <returns>Where the heap ends now: the address asked for, or the old end when it cannot be moved there.</returns>
    public UserVirtualAddress MoveBrk(MmStruct mm, UserVirtualAddress brk)
    {
        if (brk < mm.StartBrk || brk.Value > mm.TaskSize || (brk - mm.StartBrk) + (mm.EndData - mm.StartData) > mm.Limits.Of(RlimitResource.Data))
            return mm.Brk;
        UserVirtualAddress oldEnd = mm.Brk.PageAlignUp, newEnd = brk.PageAlignUp;
        if (newEnd < oldEnd && mm.Vmas.FindIntersection(newEnd, oldEnd) is null)
            return mm.Brk;
        if (newEnd < oldEnd && unmapper.Unmap(mm, newEnd, oldEnd - newEnd).IsError)
            return mm.Brk;
        if (newEnd > oldEnd && !GrowHeap(mm, oldEnd, newEnd))
            return mm.Brk;
        return mm.Brk = brk;
    }

    /// <summary><c>do_brk_flags</c>: one page must stay free between the heap and the area above it, and a stack's guard gap.</summary>
    private bool GrowHeap(MmStruct mm, UserVirtualAddress start, UserVirtualAddress end)
    {
        ulong pages = (end - start) >> PageGeometry.PageShift;
        if (end.Value > mm.TaskSize || !AreaPlacement.IsFree(mm, start, end - start + Math.Min(PageGeometry.PageSize, mm.TaskSize - end.Value))
            || !mm.MayLock(mm.DefFlags, pages) || !mm.MayExpand(Data, pages) || mm.MapCount > sysctls.MaxMapCount || !mm.MayCharge(Data, pages))
            return false;
        VmAreaStruct heap = Anonymous(mm, start, end, Data | mm.DefFlags);
        mm.Link(heap);
        heap = editor.Merge(mm, heap);
        if (heap.Has(VmFlags.Locked))
            population.Populate(mm, start, end, ignoreErrors: true);
        return true;
    }

    /// <summary><c>dup_mmap</c>: the child's <c>open</c> runs when its page tables are copied.</summary>
    /// <returns>False when memory runs out, or when there may not be that much more.</returns>
    private bool CopyAreas(MmStruct parent, MmStruct child)
    {
        foreach (VmAreaStruct vma in parent.Mmap)
        {
            if (vma.Has(VmFlags.DontCopy))
                continue;
            if (!child.MayCharge(vma.VmFlags, vma.Length >> PageGeometry.PageShift))
                return false;
            VmAreaStruct copy = vma.Copy(child, vma.VmStart, vma.VmEnd);
            copy.VmFlags &= ~(VmFlags.Locked | VmFlags.LockOnFault);
            copy.VmFile?.Get();
            AnonVmas.Fork(copy, vma);
            child.Link(copy);
            bool copied;
            try
            {
                copied = !MustCopyEntries(vma) || tables.Copy(parent, child, vma);
                copy.VmOps?.Open?.Invoke(copy);
            }
            catch
            {
                // Who was never opened is not closed.
                copy.VmOps = null;
                throw;
            }

            if (!copied)
                return false;
        }

        return true;
    }

    private static VmAreaStruct Anonymous(MmStruct mm, UserVirtualAddress start, UserVirtualAddress end, VmFlags flags) => new(mm, start, end)
    {
        VmFlags = flags,
        VmPageProt = AreaProtection.PageProtOf(flags),
        VmPgoff = start.Value >> PageGeometry.PageShift,
    };

    /// <summary>Pages that the next fault will find again, of a file or the zero page, are left out of the child's tables.</summary>
    private static bool MustCopyEntries(VmAreaStruct vma) => vma.AnonVma is not null || vma.Has(VmFlags.PfnMap | VmFlags.InsertPage | VmFlags.Io);
}
