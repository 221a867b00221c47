using System.Diagnostics.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>asm/pgtable.h</c>: how a mapping is cached. Every context.</summary>
/// <remarks>Source: include/asm-i386/pgtable.h of Linux 2.6.20.</remarks>
public static class AsmPgtable
{
    /// <summary><c>pgprot_noncached(prot)</c>: accesses reach the device at once. Apply it before anything is mapped.</summary>
    [Pure]
    public static PageProtection PgprotNoncached(PageProtection prot) => new(prot.Bits | PageProtection.CacheDisable | PageProtection.WriteThrough);

    /// <summary><c>pgprot_writecombine(prot)</c>: stores may be gathered; good for a frame buffer.</summary>
    [Pure]
    public static PageProtection PgprotWritecombine(PageProtection prot) => new((prot.Bits & ~PageProtection.CacheDisable) | PageProtection.WriteThrough);
}
