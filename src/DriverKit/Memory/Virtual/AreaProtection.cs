using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>From what a process asks for to what goes into page-table entries.</summary>
internal static class AreaProtection
{
    public const VmFlags Access = VmFlags.Read | VmFlags.Write | VmFlags.Exec;

    /// <summary><c>calc_vm_prot_bits</c>.</summary>
    public static VmFlags FlagsOf(Protection protection) => (VmFlags)protection & Access;

    /// <summary><c>mk_pte</c> for a page that is counted: whatever bits the driver has put into <c>vm_page_prot</c>, the entry is not one for a raw frame.</summary>
    public static PageTableEntry EntryOf(VmAreaStruct vma, Page page) => PageTableEntry.Make(page.Pfn, vma.VmPageProt).Without(PageProtection.Special);

    /// <summary><c>maybe_mkwrite</c>: what an entry becomes by a store: dirty, and writable if the area is; get_user_pages() may store where the process may not.</summary>
    public static PageTableEntry Stored(VmAreaStruct vma, PageTableEntry entry) =>
        entry.With(vma.Has(VmFlags.Write) ? PageProtection.Writable | PageProtection.Dirty : PageProtection.Dirty);

    /// <summary>Stops an entry that neither processor nor kernel would see: it would be made again at every fault, with a page each time.</summary>
    /// <exception cref="KernelOopsException">The protection has no _PAGE_PRESENT.</exception>
    public static void Verify(PageProtection protection, VmAreaStruct vma)
    {
        if (!new PageTableEntry(protection.Bits).IsResident)
            throw new KernelOopsException($"kernel BUG: the protection 0x{protection.Bits:x} for {vma} has no _PAGE_PRESENT; change vm_page_prot by pgprot_noncached() and its kin", KernelRule.ProtectionNotFromVma);
    }

    /// <summary><c>vma_set_page_prot</c>: the access bits for the area's flags; how the driver wanted it cached stays. Shared memory of a file is
    /// entered read-only, so that its first store marks the page dirty (<c>vma_wants_writenotify</c>).</summary>
    public static PageProtection Recalculate(VmAreaStruct vma)
    {
        const ulong Caching = PageProtection.CacheDisable | PageProtection.WriteThrough;
        VmFlags flags = WantsWriteNotify(vma) ? vma.VmFlags & ~VmFlags.Shared : vma.VmFlags;
        return new(PageProtOf(flags).Bits | (vma.VmPageProt.Bits & Caching));
    }

    private static bool WantsWriteNotify(VmAreaStruct vma) => vma.VmFile?.Inode.IMapping is { AOps.IsSwapBacked: false };

    /// <summary><c>protection_map[]</c>: private writable memory is entered read-only, so that the first store copies it; x86 cannot write without reading.</summary>
    public static PageProtection PageProtOf(VmFlags flags)
    {
        if ((flags & Access) == 0)
            return PageProtection.None;
        bool writable = (flags & (VmFlags.Write | VmFlags.Shared)) == (VmFlags.Write | VmFlags.Shared);
        PageProtection protection = writable ? PageProtection.Shared : PageProtection.ReadOnly;
        return (flags & VmFlags.Exec) != 0 ? protection : new(protection.Bits | PageProtection.NoExecute);
    }
}
