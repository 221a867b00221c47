using System.Text;
using DriverKit.Hardware;
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
        var text = new StringBuilder($"{address}: cr3 = {mm.Pgd}\n");
        PhysicalAddress table = mm.Pgd;
        for (int level = 0; level < walker.Format.Levels.Length; level++)
        {
            PageTableLevel shape = walker.Format.Levels[level];
            PhysicalAddress where = walker.EntryAddress(table, level, address.Value);
            PageTableEntry entry = walker.Read(where);
            text.Append($"  {shape.Name}[{shape.IndexOf(address.Value),4}] at {where} = {entry.Bits.ToString(walker.Format.EntrySize == 8 ? "x16" : "x8")}  {entry}\n");
            if (!entry.IsPresent)
                return text.Append("  not present: an access faults\n").ToString();
            table = entry.Pfn.ToPhysical();
            if (entry.IsLarge && level < walker.Format.Levels.Length - 1)
                return text.Append($"  physical {table + (address.Value & (shape.Coverage - 1))}, in a large page\n").ToString();
        }

        return text.Append($"  physical {table + address.PageOffset}\n").ToString();
    }
}
