namespace Drivers.HighmemN0;

internal sealed class HighmemN0Cache
{
    public const ulong Count = 128;

    private readonly KernelSemaphore _sem = new(1, "highmemN0");
    private readonly Page?[] _pages = new Page?[Count];

    public void Clear()
    {
        for (ulong i = 0; i < Count; i++)
        {
            if (_pages[i] is { } page)
                FreePage(page);
            _pages[i] = null;
        }
    }

    public KernelResult CopyOut(ulong index, ulong offset, UserVirtualAddress to, ulong count)
    {
        if (index >= Count)
            return 0;
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;
        Page? page = _pages[index];
        KernelResult result = page is null ? 0 : CopyPage(page, offset, to, count);
        Up(_sem);
        return result;
    }

    public KernelResult CopyIn(ulong index, ulong offset, UserVirtualAddress from, ulong count)
    {
        if (index >= Count)
            return -ENOSPC;
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;
        KernelResult result = -ENOMEM;
        Page? page = _pages[index] ??= AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is not null)
        {
            KernelVirtualAddress at = Kmap(page);
            result = CopyFromUser(at + offset, from, count) != 0 ? -EFAULT : (KernelResult)count;
            Kunmap(page);
        }

        Up(_sem);
        return result;
    }

    public KernelResult Wipe(ulong index)
    {
        if (DownInterruptible(_sem).IsError)
            return -ERESTARTSYS;
        if (_pages[index] is { } page)
        {
            KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
            Memset(at, 0, PageSize);
            KunmapAtomic(at, KmType.User0);
        }

        Up(_sem);
        return 0;
    }

    public uint Sum(ulong index)
    {
        if (_pages[index] is not { } page)
            return 0;
        uint sum = 0;
        KernelVirtualAddress at = KmapAtomic(page, KmType.User1);
        for (ulong i = 0; i < PageSize; i += 4)
        {
            uint word = Load<uint>(at + i);
            if (word == 0)
                continue;
            sum = (sum * 31) + word;
        }

        KunmapAtomic(at, KmType.User1);
        return sum;
    }

    // First without sleeping; if the process's page is not there, with a mapping that may wait.
    private static KernelResult CopyPage(Page page, ulong offset, UserVirtualAddress to, ulong count)
    {
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        ulong left = AccessOk(to, count) ? CopyToUserInatomic(to, at + offset, count) : count;
        KunmapAtomic(at, KmType.User0);
        if (left == 0)
            return count;
        at = Kmap(page);
        left = CopyToUser(to, at + offset, count);
        Kunmap(page);
        return left != 0 ? -EFAULT : (KernelResult)count;
    }
}
