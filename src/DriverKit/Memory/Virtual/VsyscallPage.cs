using DriverKit.Hardware;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>The vsyscall page: kernel code for system calls at an address that all programs see (<c>gate_vma</c>). It is no area of any process.</summary>
/// <remarks>On i386 a readable page with <c>__kernel_vsyscall</c>; on x86-64 execute-only, as today, so a load faults.
/// Source: arch/i386/kernel/sysenter.c of Linux 2.6.20 with CONFIG_COMPAT_VDSO; arch/x86/entry/vsyscall of 6.18.</remarks>
internal static class VsyscallPage
{
    /// <summary><c>int $0x80; ret</c>.</summary>
    private static ReadOnlySpan<byte> KernelVsyscall => [0xCD, 0x80, 0xC3];

    /// <summary>Makes the page, the last one of the kernel image, at boot.</summary>
    public static void Map(Machine machine, PhysicalMemory memory, KernelPageTables tables)
    {
        if (memory.Layout.Is64Bit)
            return;
        Pfn page = (PhysicalMemory.KernelImageEnd - PageGeometry.PageSize).ToPfn();
        KernelVsyscall.CopyTo(machine.Ram.Frame(page));
        tables.MapForUsers(memory.Layout.GateStart, page);
    }
}
