using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>How the kernel divides the virtual address space on one machine (<c>asm/page.h</c>, <c>asm/pgtable.h</c>, <c>asm/fixmap.h</c>).</summary>
/// <remarks>The 3G/1G split of i386:
/// <code>
///  0            TASK_SIZE      PAGE_OFFSET    high_memory  VMALLOC_START   VMALLOC_END  PKMAP_BASE   FIXADDR_START  0xffffe000: vsyscall page
///  +---------------------------+--------------+---8 MiB----+---------------+------------+------------+--------------+
///  |        user space         |  low memory  |    hole    |   vmalloc     |            |   kmap     | kmap_atomic  |
///  +---------------------------+--------------+------------+---------------+------------+------------+--------------+
/// </code>
/// Source: arch/i386/mm/init.c and include/asm-i386 of Linux 2.6.20; Documentation/x86_64/mm.txt for the 64-bit map.</remarks>
public sealed class MemoryLayout
{
    private const ulong VmallocGuard = 8ul << 20;
    private const int KmapTypes = 13;

    internal MemoryLayout(MachineOptions options, PhysicalAddress endOfMemory)
    {
        Architecture = options.Architecture;
        EndOfMemory = endOfMemory;
        bool is64Bit = options.Architecture == Architecture.X8664;
        Is64Bit = is64Bit;
        PageOffset = is64Bit ? 0xFFFF_8100_0000_0000 : 0xC000_0000;
        TaskSize = is64Bit ? 0x0000_7FFF_FFFF_F000 : PageOffset;
        EndOfLowMemory = is64Bit ? endOfMemory : new(Math.Min(endOfMemory.Value, MaxLowMemory32));
        if (is64Bit)
        {
            VmallocStart = 0xFFFF_C200_0000_0000;
            VmallocEnd = 0xFFFF_E200_0000_0000;
            PkmapBase = FixmapStart = 0xFFFF_FFFF_FF40_0000;
            FixmapEnd = FixmapStart + PageGeometry.PageSize * (ulong)(KmapTypes * options.Cpus);
            PkmapPages = 0;
            GateStart = 0xFFFF_FFFF_FF60_0000;
        }
        else
        {
            FixmapEnd = GateStart = 0xFFFF_E000;
            FixmapStart = FixmapEnd - PageGeometry.PageSize * (ulong)(KmapTypes * options.Cpus);
            PkmapPages = options.Architecture == Architecture.I386Pae ? 512 : 1024;
            ulong table = (ulong)PkmapPages * PageGeometry.PageSize;
            PkmapBase = (FixmapStart - PageGeometry.PageSize * (ulong)(PkmapPages + 1)) & ~(table - 1);
            VmallocStart = (HighMemory.Value + 2 * VmallocGuard - 1) & ~(VmallocGuard - 1);
            VmallocEnd = PkmapBase - 2 * PageGeometry.PageSize;
        }
    }

    /// <summary>Where low memory ends on 32-bit machines, 896 MiB: 1 GiB of kernel space less 128 MiB for vmalloc and mappings.</summary>
    public const ulong MaxLowMemory32 = 896ul << 20;

    /// <summary>The processor.</summary>
    public Architecture Architecture { get; }

    /// <summary>True when all memory is low and an address has 64 bits.</summary>
    public bool Is64Bit { get; }

    /// <summary>Bytes of a C <c>long</c> and pointer, 4 or 8.</summary>
    public int PointerSize => Is64Bit ? 8 : 4;

    /// <summary><c>PAGE_OFFSET</c>: the logical address of physical address zero.</summary>
    public ulong PageOffset { get; }

    /// <summary><c>TASK_SIZE</c>: the first address a process cannot use.</summary>
    public ulong TaskSize { get; }

    /// <summary>First physical address above all RAM.</summary>
    public PhysicalAddress EndOfMemory { get; }

    /// <summary>First physical address that is not low memory, <c>__pa(high_memory)</c>.</summary>
    public PhysicalAddress EndOfLowMemory { get; }

    /// <summary>The first frame number that no page-table entry of this processor can hold.</summary>
    public Pfn EndOfPhysicalSpace => new(Architecture switch
    {
        Architecture.I386 => 1ul << 20,
        Architecture.I386Pae => 1ul << 24,
        _ => 1ul << 40,
    });

    /// <summary><c>high_memory</c>: the first logical address above low memory.</summary>
    public KernelLogicalAddress HighMemory => new(PageOffset + EndOfLowMemory.Value);

    /// <summary><c>VMALLOC_START</c>, 8 MiB above low memory on i386.</summary>
    public ulong VmallocStart { get; }

    /// <summary><c>VMALLOC_END</c>.</summary>
    public ulong VmallocEnd { get; }

    /// <summary><c>PKMAP_BASE</c>: the area of <c>kmap</c>.</summary>
    public ulong PkmapBase { get; }

    /// <summary><c>LAST_PKMAP</c>: how many pages <c>kmap</c> can map at one time; zero where all memory is low.</summary>
    public int PkmapPages { get; }

    /// <summary>The lowest address of the fixed mappings, which hold the slots of <c>kmap_atomic</c>.</summary>
    public ulong FixmapStart { get; }

    /// <summary>The end of the fixed mappings.</summary>
    public ulong FixmapEnd { get; }

    /// <summary>The vsyscall page, which every program sees at this address of the kernel: <c>FIX_VDSO</c> on i386, <c>VSYSCALL_ADDR</c> on x86-64.</summary>
    public ulong GateStart { get; }

    /// <summary>True for the logical address of existing low memory (<c>virt_addr_valid</c>).</summary>
    public bool IsLowMemory(ulong address) => address >= PageOffset && address - PageOffset < EndOfLowMemory.Value;

    /// <summary>True for an address in the vmalloc area, which also holds <c>ioremap</c>.</summary>
    public bool IsVmalloc(ulong address) => address >= VmallocStart && address < VmallocEnd;

    /// <summary>True for an address in the kmap area.</summary>
    public bool IsPkmap(ulong address) => PkmapPages != 0 && address >= PkmapBase && address < PkmapBase + (ulong)PkmapPages * PageGeometry.PageSize;

    /// <summary>True for an address of a kmap_atomic slot.</summary>
    public bool IsFixmap(ulong address) => address >= FixmapStart && address < FixmapEnd;

    /// <summary>The part of the address space an address lies in, in words.</summary>
    public string Describe(ulong address) =>
        address < PageGeometry.PageSize ? "a NULL pointer"
        : address < TaskSize ? "an address of user space (or a physical address)"
        : IsLowMemory(address) ? "a kernel logical address"
        : IsVmalloc(address) ? "an address of the vmalloc area"
        : IsPkmap(address) ? "an address of the kmap area"
        : IsFixmap(address) ? "an address of a kmap_atomic slot"
        : "an address outside every area of the kernel";

    /// <summary>The number as the kernel prints a pointer: 8 or 16 hexadecimal digits.</summary>
    public string Pointer(ulong address) => Is64Bit ? $"{address:x16}" : $"{address:x8}";
}
