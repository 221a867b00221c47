using System.Text;
using DriverKit.Hardware;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;

namespace DriverKit.Diagnostics;

/// <summary>The text of /proc/vmallocinfo.</summary>
/// <remarks>Source: <c>s_show</c>, mm/vmalloc.c of Linux 2.6.28, without the name of the caller: its address is not known in the model.</remarks>
internal static class ProcVmalloc
{
    /// <summary>A line an area: range and size with the guard page, what is behind it, who made it, and how many pages each node gave.</summary>
    public static string Format(VmallocAllocator vmalloc, KernelPageTables tables, MemoryLayout layout)
    {
        var text = new StringBuilder();
        string digits = layout.Is64Bit ? "x16" : "x8";
        string physicalDigits = layout.Architecture == Architecture.I386 ? "x8" : "x16";
        foreach (VmallocArea area in vmalloc.Areas)
        {
            text.Append($"0x{area.Start.ToString(digits)}-0x{area.End.ToString(digits)} {area.End - area.Start,7}");
            if (area.Kind == VmallocKind.Ioremap)
                text.Append($" phys=0x{tables.Find(area.Start).Pfn.ToPhysical().Value.ToString(physicalDigits)} ioremap");
            else
                text.Append($" pages={area.Pages.Length} vmalloc");
            foreach (IGrouping<int, Page> node in area.Pages.GroupBy(page => page.Zone!.Node).OrderBy(node => node.Key))
                text.Append($" N{node.Key}={node.Count()}");
            text.Append('\n');
        }

        return text.ToString();
    }
}
