namespace Drivers.ScullpN0;

/// <summary>Pages that come to life when they are written.</summary>
internal sealed class ScullpN0Pages
{
    private readonly KernelMutex _lock = new("scullpN0");
    private readonly VmOperationsStruct _vmOps;
    private readonly KernelLogicalAddress[] _pages;
    private ulong _size;
    private int _vmas;

    public ScullpN0Pages(int count)
    {
        _pages = new KernelLogicalAddress[count];
        _vmOps = new() { Open = VmaOpen, Close = VmaClose, Nopage = Nopage };
    }

    private ulong Limit => (ulong)_pages.Length << PageShift;

    public void Trim()
    {
        for (int i = 0; i < _pages.Length; i++)
        {
            if (!_pages[i].IsNull)
                FreePage(_pages[i]);
            _pages[i] = default;
        }

        _size = 0;
    }

    public KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        KernelResult result = MutexLockInterruptible(_lock);
        if (result.IsError)
            return result;
        result = ReadLocked(buffer, count, (ulong)position);
        if (result.IsSuccess)
            position += result.Value;
        MutexUnlock(_lock);
        return result;
    }

    public KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        KernelResult result = MutexLockInterruptible(_lock);
        if (result.IsError)
            return result;
        result = WriteLocked(buffer, count, (ulong)position);
        if (result.IsSuccess)
        {
            position += result.Value;
            _size = Math.Max(_size, (ulong)position);
        }

        MutexUnlock(_lock);
        return result;
    }

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong first = vma.VmPgoff, pages = vma.Length >> PageShift, all = (ulong)_pages.Length;
        if (first >= all || pages > all - first)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps;
        VmaOpen(vma);
        return 0;
    }

    private KernelResult ReadLocked(UserVirtualAddress buffer, ulong count, ulong position)
    {
        if (position >= _size)
            return 0;
        count = Math.Min(count, _size - position);
        ulong index = position >> PageShift, offset = position & (PageSize - 1);
        KernelLogicalAddress page = _pages[index];
        if (page.IsNull)
            return 0;
        count = Math.Min(count, PageSize - offset);
        if (CopyToUser(buffer, page + offset, count) != 0)
            return -EFAULT;
        return count;
    }

    private KernelResult WriteLocked(UserVirtualAddress buffer, ulong count, ulong position)
    {
        if (position >= Limit)
            return -ENOSPC;
        ulong index = position >> PageShift, offset = position & (PageSize - 1);
        if (_pages[index].IsNull)
        {
            KernelLogicalAddress fresh = GetZeroedPage(GfpFlags.Kernel);
            if (fresh.IsNull)
                return -ENOMEM;
            _pages[index] = fresh;
        }

        count = Math.Min(count, PageSize - offset);
        return CopyFromUser(_pages[index] + offset, buffer, count) != 0 ? -EFAULT : (KernelResult)count;
    }

    private void VmaOpen(VmAreaStruct vma) => _vmas++;

    private void VmaClose(VmAreaStruct vma) => _vmas--;

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = ((address - vma.VmStart) >> PageShift) + vma.VmPgoff;
        NopageResult result = NopageResult.Sigbus;
        MutexLock(_lock);
        if (index < (ulong)_pages.Length && !_pages[index].IsNull)
        {
            Page page = VirtToPage(_pages[index]);
            GetPage(page);
            type = FaultType.Minor;
            result = page;
        }

        MutexUnlock(_lock);
        return result;
    }
}
