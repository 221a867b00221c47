using System.Text;
using DriverKit.Memory.Physical;

namespace DriverKit.Diagnostics;

/// <summary>The texts of /proc/vmstat and /proc/zoneinfo.</summary>
/// <remarks>Source: mm/vmstat.c. The lines are those of Linux 2.6.20, with the counters of later kernels that the model has; the columns are today's.</remarks>
internal static class ProcVmstat
{
    /// <summary>A line a counter: its name and its value.</summary>
    public static string FormatVmstat(PhysicalMemory memory)
    {
        var text = new StringBuilder();
        VmStat stat = memory.VmStat;
        Line("nr_free_pages", stat.FreePages);
        Line("nr_inactive", stat.InactivePages);
        Line("nr_active", stat.ActivePages);
        foreach (ZoneStat item in Enum.GetValues<ZoneStat>())
            Line(VmStat.NameOf(item), (ulong)stat[item]);
        foreach (VmEvent happening in Enum.GetValues<VmEvent>().Where(happening => !IsForAbsentZone(memory, happening)))
            Line(VmStat.NameOf(happening), stat[happening]);
        return text.ToString();

        void Line(string name, ulong value) => text.Append($"{name} {value}\n");
    }

    /// <summary>A paragraph a zone: watermarks, sizes, and what its pages are used for.</summary>
    public static string FormatZoneinfo(PhysicalMemory memory)
    {
        var text = new StringBuilder();
        foreach (Zone zone in memory.PopulatedZones)
        {
            IEnumerable<ulong> protection = memory.Nodes[zone.Node].NodeZones.Select(each => zone.LowmemReserve[(int)each.Type]);
            text.Append($"""
                Node {zone.Node}, zone {zone.Name,8}
                  pages free     {zone.FreePages}
                        min      {zone.PagesMin}
                        low      {zone.PagesLow}
                        high     {zone.PagesHigh}
                        scanned  {zone.PagesScanned}
                        spanned  {zone.SpannedPages}
                        present  {zone.PresentPages}
                        managed  {zone.ManagedPages}
                        protection: ({string.Join(", ", protection)})

                """.ReplaceLineEndings("\n"));
            Line("nr_free_pages", (long)zone.FreePages);
            Line("nr_inactive", (long)zone.NrInactive);
            Line("nr_active", (long)zone.NrActive);
            foreach (ZoneStat item in Enum.GetValues<ZoneStat>())
                Line(VmStat.NameOf(item), zone.PageState(item));
            text.Append($"  all_unreclaimable:   {(zone.AllUnreclaimable ? 1 : 0)}\n  start_pfn:           {zone.StartPfn.Value}\n");
        }

        return text.ToString();

        void Line(string name, long pages) => text.Append($"      {name,-12} {pages}\n");
    }

    private static bool IsForAbsentZone(PhysicalMemory memory, VmEvent happening) =>
        happening is >= VmEvent.PgallocDma and <= VmEvent.PgallocHigh
        && memory.Nodes[0].NodeZones.All(zone => zone.Type != (ZoneType)(happening - VmEvent.PgallocDma));
}
