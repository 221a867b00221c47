using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary><c>struct vm_struct</c>: one area of the kernel's vmalloc space (<c>linux/vmalloc.h</c>).</summary>
internal sealed class VmallocArea(ulong start, ulong size, VmallocKind kind, Page[] pages)
{
    /// <summary>First address.</summary>
    public ulong Start { get; } = start;

    /// <summary>Bytes mapped, without the guard page that follows.</summary>
    public ulong Size { get; } = size;

    /// <summary>The first address after the guard page.</summary>
    public ulong End => Start + Size + PageGeometry.PageSize;

    /// <summary>Who made it.</summary>
    public VmallocKind Kind { get; } = kind;

    /// <summary>The pages it owns; none for ioremap.</summary>
    public Page[] Pages { get; } = pages;
}

/// <summary>Who made an area (<c>VM_ALLOC</c>, <c>VM_IOREMAP</c>).</summary>
internal enum VmallocKind
{
    Vmalloc,
    Ioremap,
}
