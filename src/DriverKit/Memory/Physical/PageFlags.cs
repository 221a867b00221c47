namespace DriverKit.Memory.Physical;

/// <summary>The <c>PG_</c> bits of <c>struct page</c> (<c>linux/page-flags.h</c>, Linux 2.6.20).</summary>
[Flags]
public enum PageFlags : uint
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary><c>PG_locked</c>: somebody has the page locked.</summary>
    Locked = 1u << 0,

    /// <summary><c>PG_error</c>: I/O failed.</summary>
    Error = 1u << 1,

    /// <summary><c>PG_referenced</c>: used since reclaim last looked.</summary>
    Referenced = 1u << 2,

    /// <summary><c>PG_uptodate</c>: the contents are valid.</summary>
    Uptodate = 1u << 3,

    /// <summary><c>PG_dirty</c>: the contents must be written back.</summary>
    Dirty = 1u << 4,

    /// <summary><c>PG_lru</c>: on a reclaim list.</summary>
    Lru = 1u << 5,

    /// <summary><c>PG_active</c>: on the active list.</summary>
    Active = 1u << 6,

    /// <summary><c>PG_slab</c>: belongs to the slab allocator.</summary>
    Slab = 1u << 7,

    /// <summary><c>PG_reserved</c>: not the kernel's to manage; holes, the kernel image, pages a driver has marked.</summary>
    Reserved = 1u << 10,

    /// <summary><c>PG_private</c>: <c>private</c> holds something.</summary>
    Private = 1u << 11,

    /// <summary><c>PG_writeback</c>: being written back.</summary>
    Writeback = 1u << 12,

    /// <summary><c>PG_compound</c>: part of a compound page.</summary>
    Compound = 1u << 14,

    /// <summary><c>PG_swapcache</c>: in the swap cache.</summary>
    SwapCache = 1u << 15,

    /// <summary><c>PG_reclaim</c>: to be reclaimed.</summary>
    Reclaim = 1u << 17,

    /// <summary><c>PG_buddy</c>: the first page of a free block.</summary>
    Buddy = 1u << 19,
}
