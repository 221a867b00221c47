using System.Text;
using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Diagnostics;

/// <summary>The text of /proc/PID/maps, to the column.</summary>
/// <remarks>Source: <c>show_map</c>, fs/proc/task_mmu.c; proc(5).</remarks>
public static class ProcMaps
{
    /// <summary>One line an area: range, permissions, offset, device and inode of the file system, and the path from a fixed column on.</summary>
    public static string Format(MmStruct mm, MemoryLayout layout, KernelEra era = KernelEra.Linux2620)
    {
        var text = new StringBuilder();
        foreach (VmAreaStruct vma in mm.Mmap)
            text.Append(Line(mm, vma, layout, era)).Append('\n');
        if (mm.HasGate)
            text.Append(Gate(layout).PadRight(Column(layout))).Append(layout.Is64Bit ? "[vsyscall]" : "[vdso]").Append('\n');
        return text.ToString();
    }

    /// <summary>The line of one area.</summary>
    internal static string Line(MmStruct mm, VmAreaStruct vma, MemoryLayout layout, KernelEra era = KernelEra.Linux2620)
    {
        string line = Fields(vma, era), name = Name(mm, vma, era);
        return name.Length == 0 ? line : line.PadRight(Column(layout)) + name;
    }

    /// <summary>Where the path starts.</summary>
    private static int Column(MemoryLayout layout) => 25 + 6 * layout.PointerSize;

    /// <summary>The vsyscall page is shown behind the process's own areas, if it runs a program.</summary>
    private static string Gate(MemoryLayout layout) =>
        $"{layout.GateStart:x8}-{layout.GateStart + PageGeometry.PageSize:x8} {(layout.Is64Bit ? "--xp" : "r-xp")} {0:x8} 00:00 0 ";

    private static string Fields(VmAreaStruct vma, KernelEra era)
    {
        VmFlags flags = vma.VmFlags;
        char Bit(VmFlags flag, char set) => (flags & flag) != 0 ? set : '-';
        string permissions = $"{Bit(VmFlags.Read, 'r')}{Bit(VmFlags.Write, 'w')}{Bit(VmFlags.Exec, 'x')}{((flags & VmFlags.MayShare) != 0 ? 's' : 'p')}";
        ulong offset = vma.VmFile is null && !EraRules.MapsShowAddressAsOffset(era) ? 0 : vma.VmPgoff << 12;
        (uint major, uint minor, ulong number) = vma.VmFile is { Inode: { } inode } ? (inode.FileSystem.Major, inode.FileSystem.Minor, inode.IIno) : (0, 0, 0);
        return $"{vma.VmStart.Value:x8}-{vma.VmEnd.Value:x8} {permissions} {offset:x8} {major:x2}:{minor:x2} {number} ";
    }

    /// <summary>The name, as <c>seq_path</c> prints it: a line stays a line.</summary>
    private static string Name(MmStruct mm, VmAreaStruct vma, KernelEra era)
    {
        if (vma.VmFile is { } file)
            return file.Path.Replace("\n", "\\012", StringComparison.Ordinal);
        if (EraRules.MapsNameFilesOnly(era))
            return "";
        if (vma.VmStart < mm.Brk && vma.VmEnd > mm.StartBrk)
            return "[heap]";
        return vma.VmStart <= mm.StartStack && vma.VmEnd >= mm.StartStack ? "[stack]" : "";
    }
}
