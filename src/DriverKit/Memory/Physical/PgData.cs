using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary><c>pg_data_t</c>: one node, the memory that is equally near to the same processors, with its zones (<c>linux/mmzone.h</c>).</summary>
public sealed class PgData
{
    internal PgData(int id, Pfn start, Pfn end, IReadOnlyList<Zone> zones)
    {
        NodeId = id;
        NodeStartPfn = start;
        EndPfn = end;
        NodeZones = zones;
    }

    /// <summary><c>node_id</c>.</summary>
    public int NodeId { get; }

    /// <summary><c>node_start_pfn</c>.</summary>
    public Pfn NodeStartPfn { get; }

    /// <summary>The first frame after the node.</summary>
    public Pfn EndPfn { get; }

    /// <summary><c>node_zones</c>: every zone type of the architecture, from DMA up; some may be empty.</summary>
    public IReadOnlyList<Zone> NodeZones { get; }

    /// <summary><c>node_present_pages</c>: frames with RAM behind them.</summary>
    public ulong NodePresentPages => NodeZones.Aggregate(0ul, (sum, zone) => sum + zone.PresentPages);
}
