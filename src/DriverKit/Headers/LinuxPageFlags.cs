using System.Diagnostics.Contracts;
using DriverKit.Memory.Physical;

namespace DriverKit.Headers;

/// <summary><c>linux/page-flags.h</c>: the PG_ bits a driver may ask for or set. Every context.</summary>
/// <remarks>Source: include/linux/page-flags.h of Linux 2.6.20.</remarks>
public static class LinuxPageFlags
{
    /// <summary><c>SetPageReserved(page)</c>: not the kernel's to manage; clear it before the page is freed.</summary>
    public static void SetPageReserved(Page page) => page.Flags |= PageFlags.Reserved;

    /// <summary><c>ClearPageReserved(page)</c>.</summary>
    public static void ClearPageReserved(Page page) => page.Flags &= ~PageFlags.Reserved;

    /// <summary><c>PageReserved(page)</c>.</summary>
    public static bool PageReserved(Page page) => page.Has(PageFlags.Reserved);

    /// <summary><c>PageCompound(page)</c>: part of a block allocated with __GFP_COMP.</summary>
    public static bool PageCompound(Page page) => page.Has(PageFlags.Compound);

    /// <summary><c>PageHighMem(page)</c>: the kernel reaches it only by kmap.</summary>
    [Pure]
    public static bool PageHighMem(Page page) => page.IsHighMemory;

    /// <summary><c>SetPageDirty(page)</c>.</summary>
    public static void SetPageDirty(Page page) => Kernel.Current("SetPageDirty").VirtualMemory.PageCache.SetDirty(page);

    /// <summary><c>PageDirty(page)</c>.</summary>
    public static bool PageDirty(Page page) => page.Has(PageFlags.Dirty);
}
