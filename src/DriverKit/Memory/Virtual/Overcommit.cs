using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>How much memory processes have been promised, and whether there may be more (<c>__vm_enough_memory</c>, mm/util.c).</summary>
/// <remarks>Source: Linux 6.18; Documentation/mm/overcommit-accounting.rst.</remarks>
internal sealed class Overcommit(PhysicalMemory memory, VmSysctls sysctls)
{
    /// <summary><c>sysctl_admin_reserve_kbytes</c>, in pages: 8 MiB, less on a small machine.</summary>
    private readonly ulong _adminReserve = Reserve(memory, 8ul << 20);

    /// <summary><c>sysctl_user_reserve_kbytes</c>, in pages: 128 MiB, less on a small machine.</summary>
    private readonly ulong _userReserve = Reserve(memory, 128ul << 20);

    private const int Never = 2;

    /// <summary><c>vm_committed_as</c>: pages promised, by VM_ACCOUNT areas and shared anonymous memory.</summary>
    public ulong Committed { get; set; }

    /// <summary>Pages of swap there are, used or not.</summary>
    public ulong SwapPages { get; set; }

    /// <summary><c>vm_commit_limit</c> in pages; in force with overcommit_memory 2.</summary>
    public ulong Limit => memory.TotalPages * (ulong)sysctls.OvercommitRatio / 100 + SwapPages;

    /// <summary>May that many more pages be promised to the address space?</summary>
    public bool Allows(MmStruct mm, ulong pages)
    {
        if (sysctls.OvercommitMemory != Never)
            return sysctls.OvercommitMemory == 1 || pages <= memory.TotalPages + SwapPages;
        ulong reserve = _adminReserve + Math.Min(mm.TotalVm / 32, _userReserve);
        return Committed + pages + reserve < Limit;
    }

    private static ulong Reserve(PhysicalMemory memory, ulong most) => Math.Min(memory.TotalPages / 32, most >> PageGeometry.PageShift);
}
