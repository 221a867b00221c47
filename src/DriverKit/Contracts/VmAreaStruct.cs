using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary><c>struct vm_area_struct</c>: one range of a process's address space with one set of attributes (<c>linux/mm.h</c>).</summary>
/// <remarks>A driver's mmap handler gets it filled in and may set <see cref="VmOps"/>, <see cref="VmPrivateData"/>,
/// <see cref="VmFlags"/> and <see cref="VmPageProt"/>.</remarks>
public sealed class VmAreaStruct
{
    internal VmAreaStruct(IMmStruct mm, UserVirtualAddress start, UserVirtualAddress end)
    {
        VmMm = mm;
        VmStart = start;
        VmEnd = end;
    }

    /// <summary><c>vm_mm</c>: the address space it belongs to.</summary>
    public IMmStruct VmMm { get; }

    /// <summary><c>vm_start</c>: the first address.</summary>
    public UserVirtualAddress VmStart { get; internal set; }

    /// <summary><c>vm_end</c>: the first address after it.</summary>
    public UserVirtualAddress VmEnd { get; internal set; }

    /// <summary>Bytes, whole pages (<c>vm_end - vm_start</c>).</summary>
    [Unit(AddressUnit.Bytes)]
    public ulong Length => VmEnd - VmStart;

    /// <summary><c>vm_pgoff</c>: the offset in the file at which the area starts, in pages. A split moves it along.</summary>
    [Unit(AddressUnit.Pages)]
    public ulong VmPgoff { get; set; }

    /// <summary><c>vm_flags</c>.</summary>
    public VmFlags VmFlags { get; set; }

    /// <summary><c>vm_page_prot</c>: the protection of its page-table entries; change it before mapping anything.</summary>
    public PageProtection VmPageProt { get; set; }

    /// <summary><c>vm_ops</c>: the driver's operations, or null.</summary>
    public VmOperationsStruct? VmOps { get; set; }

    /// <summary><c>vm_file</c>: the open file behind it; null for anonymous memory.</summary>
    public OpenFile? VmFile { get; internal set; }

    /// <summary><c>vm_private_data</c>: the driver's own. Fork and split copy the reference; <c>open</c> must count it.</summary>
    public object? VmPrivateData { get; set; }

    /// <summary><c>vm_next</c>: the area above it; null for the highest.</summary>
    internal VmAreaStruct? VmNext { get; private set; }

    /// <summary><c>vm_prev</c>: the area below it; null for the lowest.</summary>
    internal VmAreaStruct? VmPrev { get; private set; }

    /// <summary>True for a map whose stores must not reach the file: private, and writable now or by mprotect (<c>is_cow_mapping</c>).</summary>
    public bool IsCopyOnWrite => (VmFlags & (VmFlags.Shared | VmFlags.MayWrite)) == VmFlags.MayWrite;

    /// <summary><c>anon_vma</c>: where the area's new anonymous pages belong; null until it has had one.</summary>
    internal AnonVma? AnonVma { get; set; }

    /// <summary><c>anon_vma_chain</c>: its own <see cref="AnonVma"/> and those of the areas it was forked from.</summary>
    internal AnonVmaChain? AnonVmaChain { get; set; }

    /// <summary>The next area of the same file, in <see cref="AddressSpace.IMmap"/>.</summary>
    internal VmAreaStruct? SharedNext { get; set; }

    /// <summary>The previous area of the same file.</summary>
    internal VmAreaStruct? SharedPrev { get; set; }

    /// <summary><c>vma_is_anonymous</c>: no file and no driver decides what its pages hold.</summary>
    internal bool IsAnonymous => VmOps is null && (VmFile is null || IsSetAnonymous);

    /// <summary><c>vma_set_anonymous</c>: a private map of /dev/zero is anonymous memory, although a file is behind it.</summary>
    internal bool IsSetAnonymous { get; set; }

    /// <summary><c>linear_page_index</c>: the place of an address in the file, in pages; for anonymous memory, in its linear numbering.</summary>
    internal ulong IndexOf(UserVirtualAddress address) => unchecked(VmPgoff + (ulong)((long)(address.Value - VmStart.Value) >> PageGeometry.PageShift));

    /// <summary>The flags under which the area's pages were counted; a driver may have changed <see cref="VmFlags"/> since.</summary>
    internal VmFlags CountedAs { get; set; }

    internal bool Has(VmFlags flags) => (VmFlags & flags) != 0;

    internal bool Contains(UserVirtualAddress address) => address >= VmStart && address < VmEnd;

    /// <summary>Takes its place in the list of areas (<c>__vma_link_list</c>).</summary>
    internal void JoinList(VmAreaStruct? previous, VmAreaStruct? next)
    {
        VmPrev = previous;
        VmNext = next;
        if (previous is not null)
            previous.VmNext = this;
        if (next is not null)
            next.VmPrev = this;
    }

    /// <summary>Leaves the list of areas (<c>__vma_unlink</c>).</summary>
    internal void LeaveList()
    {
        if (VmPrev is not null)
            VmPrev.VmNext = VmNext;
        if (VmNext is not null)
            VmNext.VmPrev = VmPrev;
        VmPrev = VmNext = null;
    }

    /// <summary>A full copy with other bounds, as <c>split_vma</c> and <c>fork</c> make it: private data included.</summary>
    internal VmAreaStruct Copy(IMmStruct mm, UserVirtualAddress start, UserVirtualAddress end) => new(mm, start, end)
    {
        VmPgoff = VmPgoff + ((start - VmStart) >> PageGeometry.PageShift),
        VmFlags = VmFlags,
        VmPageProt = VmPageProt,
        VmOps = VmOps,
        VmFile = VmFile,
        VmPrivateData = VmPrivateData,
        IsSetAnonymous = IsSetAnonymous,
    };

    /// <summary>The range and the flags.</summary>
    public override string ToString() => $"{VmStart.Value:x8}-{VmEnd.Value:x8} {VmFlags}";
}

/// <summary>What a driver may ask of <c>struct mm_struct</c>, the address space of a process. Counters are in pages.</summary>
public interface IMmStruct
{
    /// <summary><c>total_vm</c>: pages in all areas.</summary>
    [Unit(AddressUnit.Pages)]
    ulong TotalVm { get; }

    /// <summary><c>reserved_vm</c>: pages in VM_RESERVED areas.</summary>
    [Unit(AddressUnit.Pages)]
    ulong ReservedVm { get; }

    /// <summary><c>locked_vm</c>: pages in VM_LOCKED areas.</summary>
    [Unit(AddressUnit.Pages)]
    ulong LockedVm { get; }

    /// <summary><c>_file_rss</c>: resident pages of files and drivers.</summary>
    [Unit(AddressUnit.Pages)]
    ulong FileRss { get; }

    /// <summary><c>_anon_rss</c>: resident anonymous pages.</summary>
    [Unit(AddressUnit.Pages)]
    ulong AnonRss { get; }

    /// <summary><c>nr_ptes</c>: page-table pages of the lowest level.</summary>
    [Unit(AddressUnit.Pages)]
    ulong NrPtes { get; }

    /// <summary><c>map_count</c>: areas.</summary>
    int MapCount { get; }
}
