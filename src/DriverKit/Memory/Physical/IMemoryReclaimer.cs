using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>What the page allocator asks for when free memory runs low. Reclaim knows processes and caches, which are on a higher floor, so the kernel installs it at boot.</summary>
/// <remarks>The allocator calls nothing of this while reclaim runs (<see cref="AllocationSlowPath.IsReclaiming"/>), and only <see cref="WakeKswapd"/> for a caller that may not sleep.</remarks>
internal interface IMemoryReclaimer
{
    /// <summary><c>wakeup_kswapd</c>: a zone had no page above its low mark. The caller may be in atomic context.</summary>
    void WakeKswapd(Zone zone, int order);

    /// <summary><c>try_to_free_pages</c>: direct reclaim.</summary>
    /// <returns>Pages freed; 0 when there was nothing to reclaim.</returns>
    ulong TryToFreePages(Zone[] zoneList, int order, GfpFlags flags);

    /// <summary><c>try_to_compact_pages</c>: moves pages together until the zones have free blocks of that order.</summary>
    /// <returns>False when it was not tried, for lack of free pages or because it cannot help.</returns>
    bool TryToCompact(Zone[] zoneList, int order, GfpFlags flags);

    /// <summary><c>out_of_memory</c>: kills a process.</summary>
    /// <returns>True when one was killed, so that asking again makes sense; false when there is none, or the one that asks is dying itself.</returns>
    bool OutOfMemory(GfpFlags flags, int order);
}
