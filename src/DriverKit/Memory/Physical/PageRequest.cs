using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>One call of <c>alloc_pages</c>: which zones, how much, how hard.</summary>
internal readonly record struct PageRequest(Zone[] ZoneList, ZoneType ClassZone, int Order, GfpFlags Flags)
{
    /// <summary>True when the caller has all of these flags.</summary>
    public bool Has(GfpFlags flags) => (Flags & flags) == flags;

    /// <summary><c>get_page_from_freelist</c>: the first zone that stays above its mark gives the block.</summary>
    public bool TryTake(Watermark mark, out Pfn pfn)
    {
        bool reserve = mark == Watermark.Min;
        bool high = reserve && (Flags & GfpFlags.High) != 0, harder = reserve && (Flags & GfpFlags.Wait) == 0;
        MigrateType type = MigrateTypes.Of(Flags);
        foreach (Zone zone in ZoneList)
        {
            if ((mark == Watermark.None || zone.IsWatermarkOk(Order, zone.Mark(mark), ClassZone, high, harder)) && zone.Buddy.TryAllocate(Order, type, out pfn))
                return true;
        }

        pfn = default;
        return false;
    }
}

/// <summary>How many pages a zone must keep when it gives some away (<c>ALLOC_WMARK_*</c>).</summary>
internal enum Watermark
{
    /// <summary>None: for those who allocate to free.</summary>
    None,

    /// <summary><c>pages_min</c>.</summary>
    Min,

    /// <summary><c>pages_low</c>.</summary>
    Low,

    /// <summary><c>pages_high</c>.</summary>
    High,
}
