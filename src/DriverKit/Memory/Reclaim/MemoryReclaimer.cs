using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Memory.Reclaim;

/// <summary>The room of memory pressure, wired: kswapd, direct reclaim, compaction and the OOM killer.</summary>
internal sealed class MemoryReclaimer : IMemoryReclaimer
{
    private readonly PhysicalMemory _memory;
    private readonly Vmscan _vmscan;
    private readonly OomKiller _oomKiller;
    private bool _isKswapdAwake;
    private int _kswapdOrder;

    public MemoryReclaimer(Machine machine, PhysicalMemory memory, VirtualMemory virtualMemory, IOomCandidates processes, IKernelLog log)
    {
        _memory = memory;
        var unmapper = new PageUnmapper(virtualMemory.Tables, virtualMemory.ReverseMap, virtualMemory.SwapCache);
        var shrinker = new PageShrinker(memory, unmapper, virtualMemory.PageCache, virtualMemory.SwapCache);
        _vmscan = new Vmscan(memory, unmapper, shrinker, virtualMemory.Sysctls, () => virtualMemory.Swap.FreePages != 0);
        Compaction = new Compaction(memory, new PageMigration(machine, memory, virtualMemory.Tables, virtualMemory.ReverseMap, virtualMemory.SwapCache));
        _oomKiller = new OomKiller(memory, virtualMemory.Swap, processes, log);
        memory.PageAllocator.SlowPath.Reclaimer = this;
    }

    public Compaction Compaction { get; }

    /// <inheritdoc/>
    /// <remarks>kswapd is a task of its own: it runs when the one that woke it leaves the kernel (<see cref="RunKswapd"/>).</remarks>
    public void WakeKswapd(Zone zone, int order)
    {
        _isKswapdAwake = true;
        _kswapdOrder = Math.Max(_kswapdOrder, order);
    }

    /// <summary><c>kswapd</c>: if somebody woke it, every zone has its high mark free again afterwards, as far as it can be had.</summary>
    public void RunKswapd()
    {
        // A process that a dying one's driver has made run leaves the kernel in the middle of somebody's reclaim: kswapd waits for the outer one.
        if (!_isKswapdAwake || _memory.PageAllocator.SlowPath.IsReclaiming)
            return;
        int order = _kswapdOrder;
        _isKswapdAwake = false;
        _kswapdOrder = 0;
        _memory.PageAllocator.SlowPath.IsReclaiming = true;
        try
        {
            foreach (PgData node in _memory.Nodes)
                _vmscan.BalancePgdat(node.NodeZones, order);
        }
        finally
        {
            _memory.PageAllocator.SlowPath.IsReclaiming = false;
        }
    }

    /// <inheritdoc/>
    public ulong TryToFreePages(Zone[] zoneList, int order, GfpFlags flags) => _vmscan.TryToFreePages(zoneList, flags);

    /// <inheritdoc/>
    public bool TryToCompact(Zone[] zoneList, int order, GfpFlags flags) => Compaction.TryToCompact(zoneList, order);

    /// <inheritdoc/>
    public bool OutOfMemory(GfpFlags flags, int order) => _oomKiller.Run(flags, order);
}
