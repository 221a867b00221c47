using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>How much each zone keeps in reserve (<c>setup_per_zone_pages_min</c>, <c>setup_per_zone_lowmem_reserve</c>; mm/page_alloc.c of Linux 2.6.20).</summary>
internal static class Watermarks
{
    /// <summary><c>sysctl_lowmem_reserve_ratio</c> for DMA, DMA32 and NORMAL.</summary>
    private static readonly ulong[] ReserveRatio = [256, 256, 32];

    public static void Set(Zone[] zones)
    {
        Zone[] low = [.. zones.Where(zone => zone.Type != ZoneType.HighMem)];
        ulong lowPages = Sum(low);
        if (lowPages == 0)
            return;
        ulong minFreeKiB = Math.Clamp((ulong)Math.Sqrt((lowPages << (PageGeometry.PageShift - 10)) * 16.0), 128, 65536);
        ulong minPages = minFreeKiB >> (PageGeometry.PageShift - 10);
        foreach (Zone zone in zones)
        {
            ulong share = (ulong)((UInt128)minPages * zone.PresentPages / lowPages);
            zone.PagesMin = zone.Type == ZoneType.HighMem ? Math.Clamp(zone.PresentPages / 1024, 32, 128) : share;
            zone.PagesLow = zone.PagesMin + (share >> 2);
            zone.PagesHigh = zone.PagesMin + (share >> 1);
            for (int higher = (int)zone.Type + 1; higher < zone.LowmemReserve.Length; higher++)
            {
                ulong above = Sum(zones.Where(z => z.Node == zone.Node && z.Type > zone.Type && (int)z.Type <= higher));
                zone.LowmemReserve[higher] = above / ReserveRatio[(int)zone.Type];
            }
        }
    }

    private static ulong Sum(IEnumerable<Zone> zones) => zones.Aggregate(0ul, (sum, zone) => sum + zone.PresentPages);
}
