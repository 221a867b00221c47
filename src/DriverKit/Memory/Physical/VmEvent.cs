namespace DriverKit.Memory.Physical;

/// <summary>What /proc/vmstat counts since boot (<c>enum vm_event_item</c>, <c>linux/vmstat.h</c>). A name is that of its line: <c>pgscan_kswapd</c> is <see cref="PgscanKswapd"/>.</summary>
public enum VmEvent
{
    /// <summary><c>pgpgin</c>: KiB read from devices.</summary>
    Pgpgin,

    /// <summary><c>pgpgout</c>: KiB written to devices.</summary>
    Pgpgout,

    /// <summary><c>pswpin</c>: pages read from swap.</summary>
    Pswpin,

    /// <summary><c>pswpout</c>: pages written to swap.</summary>
    Pswpout,

    /// <summary><c>pgalloc_dma</c>: pages allocated from ZONE_DMA.</summary>
    PgallocDma,

    /// <summary><c>pgalloc_dma32</c>: pages allocated from ZONE_DMA32.</summary>
    PgallocDma32,

    /// <summary><c>pgalloc_normal</c>: pages allocated from ZONE_NORMAL.</summary>
    PgallocNormal,

    /// <summary><c>pgalloc_high</c>: pages allocated from ZONE_HIGHMEM.</summary>
    PgallocHigh,

    /// <summary><c>allocstall</c>: times an allocation had to reclaim for itself.</summary>
    Allocstall,

    /// <summary><c>pgfree</c>: pages freed.</summary>
    Pgfree,

    /// <summary><c>pgactivate</c>: pages moved from an inactive list to an active one.</summary>
    Pgactivate,

    /// <summary><c>pgdeactivate</c>: pages moved from an active list to an inactive one.</summary>
    Pgdeactivate,

    /// <summary><c>pgfault</c>: page faults of processes.</summary>
    Pgfault,

    /// <summary><c>pgmajfault</c>: page faults that read from a device.</summary>
    Pgmajfault,

    /// <summary><c>pgrefill</c>: pages of active lists that reclaim looked at.</summary>
    Pgrefill,

    /// <summary><c>pgsteal_kswapd</c>: pages that kswapd freed.</summary>
    PgstealKswapd,

    /// <summary><c>pgsteal_direct</c>: pages that allocating processes freed.</summary>
    PgstealDirect,

    /// <summary><c>pgscan_kswapd</c>: pages of inactive lists that kswapd looked at.</summary>
    PgscanKswapd,

    /// <summary><c>pgscan_direct</c>: pages of inactive lists that allocating processes looked at.</summary>
    PgscanDirect,

    /// <summary><c>pginodesteal</c>: pages freed by dropping unused inodes.</summary>
    Pginodesteal,

    /// <summary><c>slabs_scanned</c>: slab objects that reclaim looked at.</summary>
    SlabsScanned,

    /// <summary><c>kswapd_inodesteal</c>: the same, by kswapd.</summary>
    KswapdInodesteal,

    /// <summary><c>pageoutrun</c>: times kswapd began to balance a node.</summary>
    Pageoutrun,

    /// <summary><c>pgrotated</c>: pages moved to the tail of an inactive list when their write-back was done.</summary>
    Pgrotated,

    /// <summary><c>oom_kill</c>: processes that the OOM killer killed.</summary>
    OomKill,

    /// <summary><c>pgmigrate_success</c>: pages moved to another frame.</summary>
    PgmigrateSuccess,

    /// <summary><c>pgmigrate_fail</c>: pages that could not be moved.</summary>
    PgmigrateFail,

    /// <summary><c>compact_migrate_scanned</c>: frames that compaction looked at for pages to move.</summary>
    CompactMigrateScanned,

    /// <summary><c>compact_free_scanned</c>: frames that compaction looked at for free pages.</summary>
    CompactFreeScanned,

    /// <summary><c>compact_isolated</c>: pages that compaction took off their lists.</summary>
    CompactIsolated,

    /// <summary><c>compact_stall</c>: times an allocation had to compact for itself.</summary>
    CompactStall,

    /// <summary><c>compact_fail</c>: times it did not help.</summary>
    CompactFail,

    /// <summary><c>compact_success</c>: times it did.</summary>
    CompactSuccess,

    /// <summary><c>unevictable_pgs_culled</c>: pages found to be unevictable and taken from reclaim.</summary>
    UnevictablePgsCulled,

    /// <summary><c>unevictable_pgs_scanned</c>: unevictable pages looked at again.</summary>
    UnevictablePgsScanned,

    /// <summary><c>unevictable_pgs_rescued</c>: unevictable pages given back to reclaim.</summary>
    UnevictablePgsRescued,

    /// <summary><c>unevictable_pgs_mlocked</c>: pages locked in memory.</summary>
    UnevictablePgsMlocked,

    /// <summary><c>unevictable_pgs_munlocked</c>: pages unlocked.</summary>
    UnevictablePgsMunlocked,
}

/// <summary>What a zone's pages are used for now (<c>enum zone_stat_item</c>, <c>linux/mmzone.h</c>), in pages. Free, active and inactive pages are counted where they are listed.</summary>
public enum ZoneStat
{
    /// <summary><c>nr_anon_pages</c>: mapped anonymous pages.</summary>
    AnonPages,

    /// <summary><c>nr_mapped</c>: page-cache pages that a process maps.</summary>
    Mapped,

    /// <summary><c>nr_file_pages</c>: pages of the page cache, swap cache and shared memory included.</summary>
    FilePages,

    /// <summary><c>nr_shmem</c>: pages of shared memory.</summary>
    Shmem,

    /// <summary><c>nr_slab_reclaimable</c>: pages of slab caches that can be shrunk.</summary>
    SlabReclaimable,

    /// <summary><c>nr_slab_unreclaimable</c>: pages of the other slab caches.</summary>
    SlabUnreclaimable,

    /// <summary><c>nr_page_table_pages</c>: page tables of processes.</summary>
    PageTablePages,

    /// <summary><c>nr_mlock</c>: pages locked in memory.</summary>
    Mlock,

    /// <summary><c>nr_dirty</c>: cached pages that must be written back.</summary>
    Dirty,

    /// <summary><c>nr_writeback</c>: pages being written back.</summary>
    Writeback,

    /// <summary><c>nr_vmscan_write</c>: pages that reclaim has written since boot.</summary>
    VmscanWrite,
}
