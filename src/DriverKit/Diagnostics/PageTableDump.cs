using System.Text;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Diagnostics;

/// <summary>Shows page tables as they stand in RAM, level by level.</summary>
public static class PageTableDump
{
    /// <summary>The way of one address through the tables: each entry, where it stands and what it says.</summary>
    /// <param name="machine">The machine whose RAM holds the tables.</param>
    /// <param name="mm">The address space.</param>
    /// <param name="address">The address to translate.</param>
    public static string Walk(Machine machine, MmStruct mm, UserVirtualAddress address)
    {
        PageTableWalker walker = machine.PageTables;
        if (!mm.Layout.Is64Bit && address.Value > uint.MaxValue)
            return $"{address}: not an address of this machine, which has 32 bits\n";
        var text = new StringBuilder($"{address}: cr3 = {mm.Pgd}\n");
        PhysicalAddress table = mm.Pgd;
        for (int level = 0; level < walker.Format.Levels.Length; level++)
        {
            PageTableLevel shape = walker.Format.Levels[level];
            PhysicalAddress where = walker.EntryAddress(table, level, address.Value);
            PageTableEntry entry = walker.Read(where);
            text.Append($"  {shape.Name}[{shape.IndexOf(address.Value),4}] at {where} = {Word(walker, entry)}  {(IsSwapped(entry) ? SwapEntryText(entry, 1) : entry)}\n");
            if (!entry.IsPresent)
                return text.Append($"  not present: {WhyNotPresent(entry)}\n").ToString();
            table = entry.Pfn.ToPhysical();
            if (entry.IsLarge && level < walker.Format.Levels.Length - 1)
                return text.Append($"  physical {table + (address.Value & (shape.Coverage - 1))}, in a large page\n").ToString();
        }

        return text.Append($"  physical {table + address.PageOffset}\n").ToString();
    }

    /// <summary>The tables of a range, level by level, each table below the entry that points to it. Entries that are zero are left out, and
    /// neighbours that say the same of frames, or blocks in swap, one after another are one line.</summary>
    /// <param name="machine">The machine whose RAM holds the tables.</param>
    /// <param name="mm">The address space.</param>
    /// <param name="start">Where the range starts.</param>
    /// <param name="end">The first address behind it; what lies beyond the process's part is left out.</param>
    public static string Dump(Machine machine, MmStruct mm, UserVirtualAddress start, UserVirtualAddress end)
    {
        var text = new StringBuilder($"cr3 = {mm.Pgd}\n");
        ulong limit = Math.Min(end.Value, mm.TaskSize);
        if (start.Value < limit)
            DumpTable(text, machine.PageTables, mm.Pgd, 0, 0, start.Value, limit);
        return text.ToString();
    }

    private static void DumpTable(StringBuilder text, PageTableWalker walker, PhysicalAddress table, int level, ulong tableStart, ulong start, ulong end)
    {
        PageTableLevel shape = walker.Format.Levels[level];
        bool isLast = level == walker.Format.Levels.Length - 1;
        int last = (int)((end - 1 - tableStart) >> shape.Shift);
        for (int i = (int)((start - tableStart) >> shape.Shift); i <= last;)
        {
            PageTableEntry entry = At(i);
            int run = 1;
            ulong step = i < last && At(i + 1) == entry ? 0ul : 1;
            while (!entry.IsNone && isLast && i + run <= last && At(i + run) == Later(entry, step * (ulong)run))
                run++;
            if (!entry.IsNone)
            {
                ulong from = tableStart + ((ulong)i << shape.Shift), to = from + ((ulong)run << shape.Shift);
                string index = run == 1 ? $"[{i}]" : $"[{i}-{i + run - 1}]";
                string meaning = !isLast ? $"{walker.Format.Levels[level + 1].Name} table at {entry.Pfn.ToPhysical()} {entry.FlagNames()}" : Meaning(entry, step, run);
                text.Append($"{new string(' ', 2 * level)}{shape.Name}{index,-10} {from:x8}-{to:x8} {meaning}\n");
                if (!isLast)
                    DumpTable(text, walker, entry.Pfn.ToPhysical(), level + 1, from, Math.Max(start, from), Math.Min(end, to));
            }

            i += run;
        }

        PageTableEntry At(int index) => walker.Read(table + (ulong)(index * walker.Format.EntrySize));
    }

    /// <summary>The entry that says the same of a later frame or block in swap.</summary>
    private static PageTableEntry Later(PageTableEntry entry, ulong distance)
    {
        if (!IsSwapped(entry))
            return PageTableEntry.Make(entry.Pfn + distance, entry.Protection);
        SwapEntry block = SwapEntry.Of(entry);
        return (block with { Offset = block.Offset + distance }).ToPte();
    }

    private static string Meaning(PageTableEntry entry, ulong step, int run)
    {
        if (IsSwapped(entry))
            return SwapEntryText(entry, run);
        string frames = run == 1 ? $"frame {entry.Pfn}" : step == 0 ? $"frame {entry.Pfn}, {run} times" : $"frames {entry.Pfn}-{entry.Pfn + (ulong)(run - 1)}";
        return $"{frames} {entry.FlagNames()}";
    }

    /// <summary>Neither empty nor resident: the page is in swap.</summary>
    private static bool IsSwapped(PageTableEntry entry) => !entry.IsNone && !entry.IsResident;

    private static string SwapEntryText(PageTableEntry entry, int run)
    {
        SwapEntry block = SwapEntry.Of(entry);
        return run == 1 ? $"swap area {block.Type}, block {block.Offset}" : $"swap area {block.Type}, blocks {block.Offset}-{block.Offset + (ulong)(run - 1)}";
    }

    private static string WhyNotPresent(PageTableEntry entry) =>
        entry.IsNone ? "an access faults" : entry.IsResident ? "the page is in memory, but no access is allowed (PROT_NONE)" : "an access faults and brings the page back from swap";

    private static string Word(PageTableWalker walker, PageTableEntry entry) => entry.Bits.ToString(walker.Format.EntrySize == 8 ? "x16" : "x8");
}
