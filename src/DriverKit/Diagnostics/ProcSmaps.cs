using System.Text;
using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;

namespace DriverKit.Diagnostics;

/// <summary>The text of /proc/PID/smaps: for each area its line of maps, what its pages cost, and its flags.</summary>
/// <remarks>Source: <c>show_smap</c>, fs/proc/task_mmu.c of Linux 6.18; proc_pid_smaps(5). Lines about huge pages, merged pages and lazily freed ones are
/// zero: there are none in the model.</remarks>
internal static class ProcSmaps
{
    private const int PageKiB = 4;

    /// <summary><c>show_smap_vma_flags</c>, in the order of today's bits. VM_INSERTPAGE is printed as what it became, VM_MIXEDMAP; VM_RESERVED has no letters.</summary>
    private static readonly (VmFlags Flag, string Letters)[] Mnemonics =
    [
        (VmFlags.Read, "rd"), (VmFlags.Write, "wr"), (VmFlags.Exec, "ex"), (VmFlags.Shared, "sh"),
        (VmFlags.MayRead, "mr"), (VmFlags.MayWrite, "mw"), (VmFlags.MayExec, "me"), (VmFlags.MayShare, "ms"),
        (VmFlags.GrowsDown, "gd"), (VmFlags.PfnMap, "pf"), (VmFlags.Locked, "lo"), (VmFlags.Io, "io"),
        (VmFlags.SeqRead, "sr"), (VmFlags.RandRead, "rr"), (VmFlags.DontCopy, "dc"), (VmFlags.DontExpand, "de"),
        (VmFlags.LockOnFault, "lf"), (VmFlags.Account, "ac"), (VmFlags.NoReserve, "nr"), (VmFlags.DontDump, "dd"),
        (VmFlags.InsertPage, "mm"), (VmFlags.NoHugePage, "nh"),
    ];

    /// <summary>A paragraph an area.</summary>
    public static string Format(MmStruct mm, MemoryLayout layout, VirtualMemory virtualMemory)
    {
        var text = new StringBuilder();
        foreach (VmAreaStruct vma in mm.Mmap)
        {
            MemSizeStats stats = MemSizeStats.Of(mm, vma, virtualMemory.Tables, virtualMemory.SwapCache);
            text.Append(ProcMaps.Line(mm, vma, layout)).Append('\n');
            KiB("Size", vma.Length >> 10);
            KiB("KernelPageSize", PageKiB);
            KiB("MMUPageSize", PageKiB);
            KiB("Rss", stats.Resident >> 10);
            KiB("Pss", stats.Pss >> 10);
            KiB("Pss_Dirty", stats.PssDirty >> 10);
            KiB("Shared_Clean", stats.SharedClean >> 10);
            KiB("Shared_Dirty", stats.SharedDirty >> 10);
            KiB("Private_Clean", stats.PrivateClean >> 10);
            KiB("Private_Dirty", stats.PrivateDirty >> 10);
            KiB("Referenced", stats.Referenced >> 10);
            KiB("Anonymous", stats.Anonymous >> 10);
            foreach (string absent in new[] { "KSM", "LazyFree", "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb", "Private_Hugetlb" })
                KiB(absent, 0);
            KiB("Swap", stats.Swap >> 10);
            KiB("SwapPss", stats.SwapPss >> 10);
            KiB("Locked", stats.Locked >> 10);
            text.Append($"{"THPeligible:",-16}{0,8}\nVmFlags: {Flags(vma)}\n");
        }

        return text.ToString();

        void KiB(string key, ulong value) => text.Append($"{key + ":",-16}{value,8} kB\n");
    }

    private static string Flags(VmAreaStruct vma) => string.Concat(Mnemonics.Where(each => vma.Has(each.Flag)).Select(each => each.Letters + " "));
}
