using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary>The constant-offset map of low memory: <c>__pa</c>, <c>__va</c>, <c>virt_to_page</c>. Where C computes, this checks first.</summary>
/// <remarks>C's macros subtract a constant and believe the result; CONFIG_DEBUG_VIRTUAL checks as this does.
/// Source: include/asm-i386/page.h of Linux 2.6.20.</remarks>
public sealed class DirectMap
{
    private readonly MemoryLayout _layout;
    private readonly MemoryMap _map;

    internal DirectMap(MemoryLayout layout, MemoryMap map)
    {
        _layout = layout;
        _map = map;
    }

    /// <summary><c>__pa</c>, <c>virt_to_phys</c>.</summary>
    /// <param name="address">An address of low memory, or <c>high_memory</c>, its end: <c>__pa(high_memory)</c> is how drivers ask where it ends.</param>
    /// <param name="function">The kernel name of the function that was called, for the report.</param>
    /// <exception cref="KernelOopsException">The address is not one of low memory (DK2001; DK3008 if it is to be freed), or not a kernel address at all (DK2002).</exception>
    public PhysicalAddress ToPhysical(KernelLogicalAddress address, string function) =>
        address == _layout.HighMemory ? _layout.EndOfLowMemory : Locate(address, function);

    /// <summary><c>virt_to_page</c>.</summary>
    /// <param name="address">An address of low memory.</param>
    /// <param name="function">The kernel name of the function that was called, for the report.</param>
    /// <exception cref="KernelOopsException">The address is not one of low memory (DK2001, DK2002, DK3008).</exception>
    public Page ToPage(KernelLogicalAddress address, string function = "virt_to_page") => _map[Locate(address, function).ToPfn()];

    /// <summary><c>__va</c>, <c>phys_to_virt</c>.</summary>
    /// <param name="address">A physical address of low memory.</param>
    /// <param name="function">The kernel name of the function that was called, for the report.</param>
    /// <exception cref="KernelOopsException">The number is a kernel address (DK2002), or the memory is not directly mapped (DK2006).</exception>
    public KernelLogicalAddress ToLogical(PhysicalAddress address, string function)
    {
        if (address < _layout.EndOfLowMemory)
            return new(_layout.PageOffset + address.Value);
        if (address >= _layout.EndOfMemory && address.Value >= _layout.PageOffset)
        {
            throw new KernelOopsException(
                $"{function}({_layout.Pointer(address.Value)}): the number is {_layout.Describe(address.Value)}, not a physical address",
                KernelRule.AddressKindsMixed);
        }

        throw new KernelOopsException(
            address < _layout.EndOfMemory
                ? $"{function}({address}): high memory has no logical address; low memory ends at {_layout.EndOfLowMemory}. Use kmap() on its page"
                : $"{function}({address}): no RAM there; for device memory use ioremap()",
            KernelRule.VaOnHighMemory);
    }

    private PhysicalAddress Locate(KernelLogicalAddress address, string function)
    {
        ulong value = address.Value;
        if (_layout.IsLowMemory(value))
            return new(value - _layout.PageOffset);
        if (value < _layout.TaskSize)
        {
            throw new KernelOopsException(
                $"{function}({_layout.Pointer(value)}): the number is {_layout.Describe(value)}, not a kernel logical address",
                KernelRule.AddressKindsMixed);
        }

        bool frees = function.Contains("free", StringComparison.Ordinal);
        string advice = _layout.IsVmalloc(value) && frees ? "; what vmalloc() gave goes back by vfree()"
            : _layout.IsVmalloc(value) ? "; its pages are scattered, use vmalloc_to_page()"
            : _layout.IsPkmap(value) || _layout.IsFixmap(value) ? "; use the struct page that was mapped"
            : "";
        throw new KernelOopsException(
            $"{function}({_layout.Pointer(value)}): {_layout.Describe(value)} is not in low memory{advice}",
            frees ? KernelRule.AllocatorMismatch : KernelRule.VirtToPageOnNonLogicalAddress);
    }
}
