using System.Text;
using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;

namespace DriverKit.Diagnostics;

/// <summary>The text of /proc/PID/maps, to the column.</summary>
/// <remarks>Source: <c>show_map</c>, fs/proc/task_mmu.c; proc(5).</remarks>
public static class ProcMaps
{
    /// <summary>One line an area: range, permissions, offset, device and inode of the file system, and the path from a fixed column on.</summary>
    public static string Format(MmStruct mm, MemoryLayout layout, KernelEra era = KernelEra.Linux2620)
    {
        int column = 25 + 6 * layout.PointerSize;
        var text = new StringBuilder();
        foreach (VmAreaStruct vma in mm.Mmap)
        {
            string line = Fields(vma, era);
            string name = Name(mm, vma, era);
            text.Append(name.Length == 0 ? line : line.PadRight(column) + name).Append('\n');
        }

        return text.ToString();
    }

    private static string Fields(VmAreaStruct vma, KernelEra era)
    {
        VmFlags flags = vma.VmFlags;
        char Bit(VmFlags flag, char set) => (flags & flag) != 0 ? set : '-';
        string permissions = $"{Bit(VmFlags.Read, 'r')}{Bit(VmFlags.Write, 'w')}{Bit(VmFlags.Exec, 'x')}{((flags & VmFlags.MayShare) != 0 ? 's' : 'p')}";
        ulong offset = vma.VmFile is null && !EraRules.MapsShowAddressAsOffset(era) ? 0 : vma.VmPgoff << 12;
        (uint major, uint minor, ulong number) = vma.VmFile is { Inode: { } inode } ? (inode.FileSystem.Major, inode.FileSystem.Minor, inode.IIno) : (0, 0, 0);
        return $"{vma.VmStart.Value:x8}-{vma.VmEnd.Value:x8} {permissions} {offset:x8} {major:x2}:{minor:x2} {number} ";
    }

    private static string Name(MmStruct mm, VmAreaStruct vma, KernelEra era)
    {
        if (vma.VmFile is { } file)
            return file.Path;
        if (EraRules.MapsNameFilesOnly(era))
            return "";
        if (vma.VmStart < mm.Brk && vma.VmEnd > mm.StartBrk)
            return "[heap]";
        return vma.VmStart <= mm.StartStack && vma.VmEnd >= mm.StartStack ? "[stack]" : "";
    }
}
