namespace DriverKit.Primitives;

/// <summary>How and from where to allocate (<c>gfp_t</c>, <c>linux/gfp.h</c>). The values are those of Linux 2.6.20.</summary>
[Flags]
public enum GfpFlags : uint
{
    /// <summary>No modifier: may not sleep, no reserves.</summary>
    None = 0,

    /// <summary><c>__GFP_DMA</c>: from ZONE_DMA only (the first 16 MiB).</summary>
    Dma = 0x01,

    /// <summary><c>__GFP_HIGHMEM</c>: high memory will do.</summary>
    HighMem = 0x02,

    /// <summary><c>__GFP_DMA32</c>: from below 4 GiB (64-bit).</summary>
    Dma32 = 0x04,

    /// <summary><c>__GFP_WAIT</c>: the caller can be put to sleep.</summary>
    Wait = 0x10,

    /// <summary><c>__GFP_HIGH</c>: may use the emergency reserve.</summary>
    High = 0x20,

    /// <summary><c>__GFP_IO</c>: may start physical I/O.</summary>
    Io = 0x40,

    /// <summary><c>__GFP_FS</c>: may call down to a file system.</summary>
    Fs = 0x80,

    /// <summary><c>__GFP_NOWARN</c>: do not report a failure in the log.</summary>
    NoWarn = 0x200,

    /// <summary><c>__GFP_REPEAT</c>: try again and again, though a large block may fail in the end.</summary>
    Repeat = 0x400,

    /// <summary><c>__GFP_NOFAIL</c>: never fail; the machine stops when there is nothing left.</summary>
    NoFail = 0x800,

    /// <summary><c>__GFP_NORETRY</c>: give up at once.</summary>
    NoRetry = 0x1000,

    /// <summary><c>__GFP_COMP</c>: a block of several pages becomes one compound page.</summary>
    Comp = 0x4000,

    /// <summary><c>__GFP_ZERO</c>: return zeroed memory.</summary>
    Zero = 0x8000,

    /// <summary><c>__GFP_NOMEMALLOC</c>: leave the emergency reserve alone even while freeing memory.</summary>
    NoMemAlloc = 0x10000,

    /// <summary><c>__GFP_HARDWALL</c>: keep to the task's memory set.</summary>
    Hardwall = 0x20000,

    /// <summary><c>__GFP_RECLAIMABLE</c> (2.6.24): the kernel can free the page when memory is short.</summary>
    Reclaimable = 0x80000,

    /// <summary><c>__GFP_MOVABLE</c> (2.6.24): the contents can move to another frame.</summary>
    Movable = 0x100000,

    /// <summary><c>GFP_ATOMIC</c>: never sleeps, may use the reserve. For interrupt handlers and code that holds a spinlock.</summary>
    Atomic = High,

    /// <summary><c>GFP_NOIO</c>: may sleep, starts no I/O.</summary>
    NoIo = Wait,

    /// <summary><c>GFP_NOFS</c>: may sleep, enters no file system.</summary>
    NoFs = Wait | Io,

    /// <summary><c>GFP_KERNEL</c>: the usual one; may sleep.</summary>
    Kernel = Wait | Io | Fs,

    /// <summary><c>GFP_USER</c>: for user space; may sleep.</summary>
    User = Wait | Io | Fs | Hardwall,

    /// <summary><c>GFP_HIGHUSER</c>: for user space, from high memory where there is any; may sleep.</summary>
    HighUser = Wait | Io | Fs | Hardwall | HighMem,

    /// <summary><c>GFP_TEMPORARY</c> (2.6.24): for the kernel's short-lived buffers; may sleep.</summary>
    Temporary = Wait | Io | Fs | Reclaimable,

    /// <summary><c>GFP_HIGHUSER_MOVABLE</c> (2.6.24): for pages of processes that only page tables point to; may sleep.</summary>
    HighUserMovable = HighUser | Movable,
}
