using System.Text;

namespace DriverKit.Memory.Physical;

/// <summary>The kernel's memory statistics, as /proc/vmstat shows them: events since boot, and what the pages of the zones are used for.</summary>
/// <remarks>Source: mm/vmstat.c of Linux 2.6.20. One thing runs at a time, so there is one counter where Linux has one a processor.</remarks>
public sealed class VmStat
{
    private readonly Zone[] _zones;
    private readonly ulong[] _events = new ulong[Enum.GetValues<VmEvent>().Length];

    internal VmStat(IReadOnlyList<PgData> nodes) => _zones = [.. nodes.SelectMany(node => node.NodeZones)];

    /// <summary>How often it has happened since boot.</summary>
    public ulong this[VmEvent happening] => _events[(int)happening];

    /// <summary><c>global_page_state</c>: the sum over all zones, in pages.</summary>
    public long this[ZoneStat item]
    {
        get
        {
            long sum = 0;
            foreach (Zone zone in _zones)
                sum += zone.PageState(item);
            return sum;
        }
    }

    /// <summary><c>nr_free_pages</c>.</summary>
    public ulong FreePages => Sum(zone => zone.FreePages);

    /// <summary><c>nr_active</c>.</summary>
    public ulong ActivePages => Sum(zone => zone.NrActive);

    /// <summary><c>nr_inactive</c>.</summary>
    public ulong InactivePages => Sum(zone => zone.NrInactive);

    /// <summary>The name of an event's line in /proc/vmstat.</summary>
    public static string NameOf(VmEvent happening) => SnakeCase(happening.ToString());

    /// <summary>The name of a use's line in /proc/vmstat and /proc/zoneinfo.</summary>
    public static string NameOf(ZoneStat item) => "nr_" + SnakeCase(item.ToString());

    /// <summary><c>count_vm_events</c>.</summary>
    internal void Add(VmEvent happening, ulong times = 1) => _events[(int)happening] += times;

    /// <summary><c>mod_zone_page_state</c> of the page's zone.</summary>
    internal void Add(ZoneStat item, Page page, long pages = 1) => page.Zone!.PageStates[(int)item] += pages;

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    private ulong Sum(Func<Zone, ulong> count) => _zones.Aggregate(0ul, (sum, zone) => sum + count(zone));
}
