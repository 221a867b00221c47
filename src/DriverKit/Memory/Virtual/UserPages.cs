using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>get_user_pages</c>: the pages behind user addresses, brought in and held, so that a device can use them: while they are held they neither
/// leave memory nor move.</summary>
/// <remarks>Source: mm/memory.c of Linux 2.6.20.</remarks>
internal sealed class UserPages(Machine machine, PhysicalMemory memory, PageTables tables, FaultHandler faults, MmapSem mmapSem)
{
    /// <summary>Holds the pages of a range.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="start">An address in the first page.</param>
    /// <param name="write">The device will write to them: shared pages are copied now.</param>
    /// <param name="force">Also pages that the process may not use that way itself, if mprotect could allow it.</param>
    /// <param name="pages">Takes the pages; as many as it is long.</param>
    /// <param name="grows">A stack may grow down to the address.</param>
    /// <returns>How many are held; when the first cannot be had -EFAULT, or -ENOMEM without memory.</returns>
    public KernelResult Get(MmStruct? mm, UserVirtualAddress start, bool write, bool force, Span<Page?> pages, bool grows = true)
    {
        AtomicContext.MightSleep(machine, "get_user_pages");
        if (mm is null)
            return -Errno.EFAULT;
        mm.Hold();
        try
        {
            using MmapSem.Held held = mmapSem.Read(mm);
            return GetAll(mm, start, write, force, grows, pages);
        }
        finally
        {
            mm.LetGo();
        }
    }

    /// <summary><c>get_user_pages_fast</c>, as it is today: entries that are there already do without a look at the area, so memory that is only PROT_WRITE can be read; and no
    /// stack grows.</summary>
    /// <returns>As <see cref="Get"/>.</returns>
    /// <remarks>Source: mm/gup.c.</remarks>
    public KernelResult GetFast(MmStruct mm, UserVirtualAddress start, Span<Page?> pages)
    {
        AtomicContext.MightSleep(machine, "get_user_pages");
        int done = 0;
        while (done < pages.Length && PageAt(start.PageAlignDown + ((ulong)done << PageGeometry.PageShift)) is { } page)
        {
            memory.PageAllocator.Get(page);
            pages[done++] = page;
        }

        if (done == pages.Length)
            return done;
        KernelResult rest = Get(mm, start.PageAlignDown + ((ulong)done << PageGeometry.PageShift), write: false, force: false, pages[done..], grows: false);
        return rest.IsSuccess ? done + rest.Value : done != 0 ? done : rest;

        Page? PageAt(UserVirtualAddress at) =>
            tables.TryFind(mm, at.Value, out PhysicalAddress where) && tables.Read(where) is { IsPresent: true } entry && entry.Pfn != tables.ZeroPage.Pfn
                ? tables.NormalPage(entry)
                : null;
    }

    private KernelResult GetAll(MmStruct mm, UserVirtualAddress start, bool write, bool force, bool grows, Span<Page?> pages)
    {
        for (int i = 0; i < pages.Length; i++)
        {
            UserVirtualAddress at = start.PageAlignDown + ((ulong)i << PageGeometry.PageShift);
            FaultResult result = GetOne(mm, at, write, force, grows, out Page? page);
            if (page is null)
                return i > 0 ? i : result == FaultResult.OutOfMemory ? -Errno.ENOMEM : -Errno.EFAULT;
            memory.PageAllocator.Get(page);
            pages[i] = page;
        }

        return pages.Length;
    }

    private FaultResult GetOne(MmStruct mm, UserVirtualAddress at, bool write, bool force, bool grows, out Page? page)
    {
        page = null;
        VmFlags needed = write
            ? force ? VmFlags.MayWrite : VmFlags.Write
            : force ? VmFlags.MayRead : VmFlags.Read;
        if ((grows ? faults.FindOrGrow(mm, at) : Covering(mm, at)) is not { } vma || vma.Has(VmFlags.Io | VmFlags.PfnMap) || !vma.Has(needed))
            return FaultResult.NoMapping;
        for (bool faulted = false; ; faulted = true)
        {
            if (tables.TryFind(mm, at.Value, out PhysicalAddress where) && tables.Read(where) is { IsResident: true } entry)
            {
                Page? found = entry.Pfn == tables.ZeroPage.Pfn ? tables.ZeroPage : tables.NormalPage(entry);
                if (!write || entry.IsWritable || (faulted && !vma.Has(VmFlags.Write) && IsStoredTo(vma, found)))
                {
                    page = found;
                    return FaultResult.Minor;
                }
            }

            FaultResult result = faults.HandleForced(mm, vma, at, write);
            if (result > FaultResult.Major)
                return result;
        }
    }

    private static VmAreaStruct? Covering(MmStruct mm, UserVirtualAddress at) => mm.FindVma(at) is { } vma && vma.VmStart <= at ? vma : null;

    /// <summary><c>VM_FAULT_WRITE</c>: a forced store to a read-only area has had its effect, though the entry stays read-only: the page is the process's
    /// own. One that has just come back from swap may still be shared.</summary>
    private static bool IsStoredTo(VmAreaStruct vma, Page? page) => vma.Has(VmFlags.Shared) || page is { IsAnonymous: true, Count: 1 };
}
