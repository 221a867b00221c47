using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary><c>struct vm_operations_struct</c>: what a driver does for the areas that map it (<c>linux/mm.h</c>, Linux 2.6.20). A missing operation is null.</summary>
public sealed class VmOperationsStruct
{
    /// <summary><c>open</c>: the area was copied, by fork or by a split. Not called for the first map: the mmap handler calls it itself.</summary>
    [CalledIn(CallContext.Process)]
    public Action<VmAreaStruct>? Open { get; init; }

    /// <summary><c>close</c>: the area goes away. The file is still referenced.</summary>
    [CalledIn(CallContext.Process)]
    public Action<VmAreaStruct>? Close { get; init; }

    /// <summary><c>nopage</c>: the process touched a page that has no entry. Null: an anonymous zero page.</summary>
    public NopageOperation? Nopage { get; init; }

    /// <summary><c>populate</c>: fill in entries ahead of use; called for MAP_POPULATE on shared maps only.</summary>
    public PopulateOperation? Populate { get; init; }
}

/// <summary><c>nopage</c>: finds the page behind an address and takes a reference for the page-table entry (<c>get_page</c>).</summary>
/// <param name="vma">The area.</param>
/// <param name="address">The address that was touched, rounded down to its page.</param>
/// <param name="type">Set it to <see cref="FaultType.Minor"/> or <see cref="FaultType.Major"/>.</param>
/// <returns>The page, <see cref="NopageResult.Sigbus"/> or <see cref="NopageResult.Oom"/>. Process context; may sleep.</returns>
[CalledIn(CallContext.Process)]
public delegate NopageResult NopageOperation(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type);

/// <summary><c>populate</c>: installs entries for a range.</summary>
/// <param name="vma">The area.</param>
/// <param name="address">First address.</param>
/// <param name="length">Bytes.</param>
/// <param name="prot">The protection for the entries.</param>
/// <param name="pgoff">The offset in the file, in pages.</param>
/// <param name="nonblock">True: only what needs no waiting.</param>
[CalledIn(CallContext.Process)]
public delegate KernelResult PopulateOperation(
    VmAreaStruct vma, UserVirtualAddress address, [Unit(AddressUnit.Bytes)] ulong length, PageProtection prot, [Unit(AddressUnit.Pages)] ulong pgoff, bool nonblock);

/// <summary>What a fault cost (<c>VM_FAULT_*</c>).</summary>
public enum FaultType
{
    /// <summary><c>VM_FAULT_MINOR</c>: the page was in memory.</summary>
    Minor,

    /// <summary><c>VM_FAULT_MAJOR</c>: it had to be fetched.</summary>
    Major,
}

/// <summary>What <c>nopage</c> returns: a page, or one of the values that C codes as impossible pointers.</summary>
public readonly struct NopageResult
{
    private readonly Kind _kind;

    private NopageResult(Page? page, Kind kind)
    {
        Page = page;
        _kind = kind;
    }

    private enum Kind
    {
        Sigbus,
        Oom,
        Refault,
        Page,
    }

    /// <summary><c>NOPAGE_SIGBUS</c>, which is NULL: there is nothing at that address.</summary>
    public static NopageResult Sigbus => default;

    /// <summary><c>NOPAGE_OOM</c>: no memory; the process is killed.</summary>
    public static NopageResult Oom => new(null, Kind.Oom);

    /// <summary><c>NOPAGE_REFAULT</c> (since 2.6.19): somebody else has installed the entry; try the access again.</summary>
    public static NopageResult Refault => new(null, Kind.Refault);

    /// <summary>The page, or null.</summary>
    public Page? Page { get; }

    /// <summary>True for <see cref="Oom"/>.</summary>
    public bool IsOom => _kind == Kind.Oom;

    /// <summary>True for <see cref="Refault"/>.</summary>
    public bool IsRefault => _kind == Kind.Refault;

    /// <summary>The page. Null is NOPAGE_SIGBUS, as in C.</summary>
    public static implicit operator NopageResult(Page? page) => page is null ? Sigbus : new(page, Kind.Page);
}
