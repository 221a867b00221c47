using Drivers.LibraryL0;

namespace Drivers.ScullpN0;

/// <summary>An area of vmalloc memory that processes map page by page.</summary>
internal sealed class ScullvN0Area
{
    private readonly ulong _pages;
    private readonly VmOperationsStruct _vmOps;
    private KernelVirtualAddress _area;

    public ScullvN0Area(ulong pages)
    {
        _pages = pages;
        _vmOps = new() { Nopage = Nopage };
    }

    public KernelResult Allocate()
    {
        _area = BuffersL0.Area(_pages);
        return _area.IsNull ? -ENOMEM : 0;
    }

    public void Free()
    {
        Vfree(_area);
        _area = default;
    }

    public KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong take = BuffersL0.Clip(count, (ulong)position, _pages << PageShift);
        if (take == 0)
            return 0;
        KernelResult result = BuffersL0.ToUser(buffer, _area + (ulong)position, take);
        if (result.IsSuccess)
            position += (long)take;
        return result;
    }

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong first = vma.VmPgoff, pages = vma.Length >> PageShift;
        if (first >= _pages || pages > _pages - first)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = ((address - vma.VmStart) >> PageShift) + vma.VmPgoff;
        if (index >= _pages)
            return NopageResult.Sigbus;
        if (BuffersL0.PageOf(_area, index) is not { } page)
            return NopageResult.Sigbus;
        GetPage(page);
        type = FaultType.Minor;
        return page;
    }
}
