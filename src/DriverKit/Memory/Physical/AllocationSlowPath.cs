using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>What <c>__alloc_pages</c> does when no zone has a page above its low mark: kswapd, the reserves, direct reclaim, compaction, the OOM killer.</summary>
/// <remarks>Source: mm/page_alloc.c of Linux 2.6.20, with the compaction of later kernels. Where Linux waits for another task to free memory the model
/// cannot: nobody else runs. So when a second round in a row brings nothing that is final, unless the OOM killer may help; the first one may have
/// done no more than take the accessed bits away.</remarks>
internal sealed class AllocationSlowPath(VmStat stat)
{
    /// <summary><c>PAGE_ALLOC_COSTLY_ORDER</c>: up to this order an allocation is tried again as long as reclaim gets on.</summary>
    private const int CostlyOrder = 3;

    /// <summary><c>MAX_RECLAIM_RETRIES</c>: rounds in a row that do not raise the number of free pages.</summary>
    private const int MaxIdleRounds = 16;

    /// <summary>Who frees memory; null until the kernel has installed it.</summary>
    public IMemoryReclaimer? Reclaimer { get; set; }

    /// <summary><c>PF_MEMALLOC</c>: the code that runs is freeing memory. What it allocates comes from below every mark, and asks for no reclaim.</summary>
    public bool IsReclaiming { get; set; }

    /// <summary>A block for a request that found none above the low marks.</summary>
    /// <exception cref="KernelOopsException">__GFP_NOFAIL and there is nothing left: a panic.</exception>
    public bool TryAllocate(in PageRequest request, out Pfn pfn)
    {
        do
        {
            WakeKswapd(request);
            if (request.TryTake(Watermark.Min, out pfn))
                return true;
            switch (Reclaim(request, out pfn))
            {
                case Outcome.Found:
                    return true;
                case Outcome.Failed when request.Has(GfpFlags.NoFail):
                    if (request.TryTake(Watermark.None, out pfn))
                        return true;
                    throw new KernelOopsException($"Kernel panic - not syncing: Out of memory and no killable processes...\norder:{request.Order}, mode:0x{(uint)request.Flags:x}");
                case Outcome.Failed:
                    return false;
            }
        }
        while (!request.TryTake(Watermark.Low, out pfn));
        return true;
    }

    private void WakeKswapd(in PageRequest request)
    {
        if (IsReclaiming || Reclaimer is not { } reclaimer)
            return;
        Reclaiming(static (r, q) =>
        {
            foreach (Zone zone in q.ZoneList)
                r.WakeKswapd(zone, q.Order);
            return true;
        }, reclaimer, request);
    }

    private Outcome Reclaim(in PageRequest request, out Pfn pfn)
    {
        if (IsReclaiming)
            return !request.Has(GfpFlags.NoMemAlloc) && request.TryTake(Watermark.None, out pfn) ? Outcome.Found : Fail(out pfn);
        if (!request.Has(GfpFlags.Wait) || Reclaimer is not { } reclaimer)
            return Fail(out pfn);
        if (request.Order > CostlyOrder && TryCompact(reclaimer, request, out pfn))
            return Outcome.Found;
        bool mayRepeat = !request.Has(GfpFlags.NoRetry) && (request.Order <= CostlyOrder || (request.Flags & (GfpFlags.Repeat | GfpFlags.NoFail)) != 0);
        ulong mostFree = FreePages(request.ZoneList), freedBefore = 1;
        for (int idle = 0; idle < MaxIdleRounds; idle++)
        {
            stat.Add(VmEvent.Allocstall);
            ulong freed = Reclaiming(static (r, q) => r.TryToFreePages(q.ZoneList, q.Order, q.Flags), reclaimer, request);
            if ((freed != 0 && request.TryTake(Watermark.Min, out pfn)) || (request.Order > 0 && TryCompact(reclaimer, request, out pfn)))
                return Outcome.Found;
            if (freed == 0 && freedBefore == 0)
                break;
            freedBefore = freed;
            if (!mayRepeat)
                return Fail(out pfn);
            ulong free = FreePages(request.ZoneList);
            if (free <= mostFree)
                continue;
            mostFree = free;
            idle = -1;
        }

        pfn = default;
        bool killed = MayKill(request) && Reclaiming(static (r, q) => r.OutOfMemory(q.Flags, q.Order), reclaimer, request);
        return killed ? Outcome.Killed : Outcome.Failed;
    }

    /// <summary>Killing does not make large blocks, and frees nothing that a caller without __GFP_FS could wait for.</summary>
    private static bool MayKill(in PageRequest request) =>
        request.Has(GfpFlags.Fs) && !request.Has(GfpFlags.NoRetry) && (request.Order <= CostlyOrder || request.Has(GfpFlags.NoFail));

    private bool TryCompact(IMemoryReclaimer reclaimer, in PageRequest request, out Pfn pfn)
    {
        pfn = default;
        if (!request.Has(GfpFlags.Io) || !Reclaiming(static (r, q) => r.TryToCompact(q.ZoneList, q.Order, q.Flags), reclaimer, request))
            return false;
        stat.Add(VmEvent.CompactStall);
        bool found = request.TryTake(Watermark.Min, out pfn);
        stat.Add(found ? VmEvent.CompactSuccess : VmEvent.CompactFail);
        return found;
    }

    private T Reclaiming<T>(Func<IMemoryReclaimer, PageRequest, T> work, IMemoryReclaimer reclaimer, in PageRequest request)
    {
        IsReclaiming = true;
        try
        {
            return work(reclaimer, request);
        }
        finally
        {
            IsReclaiming = false;
        }
    }

    private static ulong FreePages(Zone[] zones)
    {
        ulong free = 0;
        foreach (Zone zone in zones)
            free += zone.FreePages;
        return free;
    }

    private static Outcome Fail(out Pfn pfn)
    {
        pfn = default;
        return Outcome.Failed;
    }

    private enum Outcome
    {
        Found,
        Killed,
        Failed,
    }
}
