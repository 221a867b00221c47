// Small helpers around the allocators.
namespace Drivers.LibraryN0;

public static class BuffersN0
{
    private const ulong Largest = 32 * 4096;

    /// <summary>Cleared memory for a table of so many entries, or null.</summary>
    public static KernelLogicalAddress Table(ulong entries, ulong entrySize, bool mayWait)
    {
        if (entrySize == 0 || entries > Largest / entrySize)
            return default;
        return Kzalloc(entries * entrySize, mayWait ? GfpFlags.Kernel : GfpFlags.Atomic);
    }

    public static void Drop(KernelLogicalAddress table)
    {
        if (!table.IsNull)
            Kfree(table);
    }

    public static KernelVirtualAddress Area(ulong pages)
    {
        if (pages == 0 || pages > 1024)
            return default;
        KernelVirtualAddress area = Vmalloc(pages << PageShift);
        if (area.IsNull)
            return default;
        Memset(area, 0, pages << PageShift);
        return area;
    }

    /// <summary>The page behind one page of an area.</summary>
    public static Page? PageOf(KernelVirtualAddress area, ulong index) => VmallocToPage(area + (index << PageShift));

    public static KernelResult ToUser(UserVirtualAddress to, KernelVirtualAddress from, ulong count) =>
        CopyToUser(to, from, count) != 0 ? -EFAULT : (KernelResult)count;

    public static KernelResult FromUser(KernelVirtualAddress to, UserVirtualAddress from, ulong count) =>
        CopyFromUser(to, from, count) != 0 ? -EFAULT : (KernelResult)count;

    public static ulong Clip(ulong count, ulong position, ulong size)
    {
        if (position >= size)
            return 0;
        return Math.Min(count, size - position);
    }

    public static uint Sum(KernelLogicalAddress memory, ulong words)
    {
        uint sum = 0;
        for (ulong i = 0; i < words; i++)
        {
            uint word = Load<uint>(memory + (i * 4));
            if (word == 0xffff_ffff)
                break;
            sum = (sum << 1) ^ word;
        }

        return sum;
    }
}
