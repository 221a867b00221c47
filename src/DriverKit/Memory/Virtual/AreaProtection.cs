using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>From what a process asks for to what goes into page-table entries.</summary>
internal static class AreaProtection
{
    public const VmFlags Access = VmFlags.Read | VmFlags.Write | VmFlags.Exec;

    /// <summary><c>calc_vm_prot_bits</c>.</summary>
    public static VmFlags FlagsOf(Protection protection) => (VmFlags)protection & Access;

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
