// DK3010 Page freed while a process may map it

//// buggy ioctl_frees_the_frame_that_mmap_maps
// remap_pfn_range() takes no reference: the process goes on writing to a page that is somebody else's by now.
internal sealed class Display
{
    private KernelLogicalAddress _frame;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap, Ioctl = Ioctl };

    public KernelResult Start()
    {
        _frame = GetZeroedPage(GfpFlags.Kernel);
        if (_frame.IsNull)
            return -ENOMEM;
        SetPageReserved(VirtToPage(_frame));
        return 0;
    }

    public void Stop()
    {
        if (_frame.IsNull)
            return;
        ClearPageReserved(VirtToPage(_frame));
        FreePage(_frame);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize)
            return -EINVAL;
        if (_frame.IsNull)
            return -ENXIO;
        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved;
        return RemapPfnRange(vma, vma.VmStart, Pa(_frame).ToPfn(), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 1:
                if (_frame.IsNull)
                    return 0;
                ClearPageReserved(VirtToPage(_frame));
                FreePage(_frame); // DK3010
                _frame = default;
                return 0;
            default:
                return -ENOTTY;
        }
    }
}

//// correct ioctl_clears_the_frame_that_mmap_maps
internal sealed class Display
{
    private KernelLogicalAddress _frame;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap, Ioctl = Ioctl };

    public KernelResult Start()
    {
        _frame = GetZeroedPage(GfpFlags.Kernel);
        if (_frame.IsNull)
            return -ENOMEM;
        SetPageReserved(VirtToPage(_frame));
        return 0;
    }

    public void Stop()
    {
        if (_frame.IsNull)
            return;
        ClearPageReserved(VirtToPage(_frame));
        FreePage(_frame);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize)
            return -EINVAL;
        if (_frame.IsNull)
            return -ENXIO;
        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved;
        return RemapPfnRange(vma, vma.VmStart, Pa(_frame).ToPfn(), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 1:
                if (!_frame.IsNull)
                    Memset(_frame, 0, PageSize);
                return 0;
            default:
                return -ENOTTY;
        }
    }
}

//// buggy freed_after_vm_insert_pfn
// What is right after vm_insert_page() is wrong after vm_insert_pfn().
internal static class Snapshot
{
    public static FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap };

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize || vma.IsCopyOnWrite)
            return -EINVAL;
        Page? page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (page is null)
            return -ENOMEM;
        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved | VmFlags.PfnMap;
        KernelResult result = VmInsertPfn(vma, vma.VmStart, PageToPfn(page));
        FreePage(page); // DK3010
        return result;
    }
}

//// correct freed_after_vm_insert_page
// vm_insert_page() took a reference of its own.
internal static class Snapshot
{
    public static FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap };

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize)
            return -EINVAL;
        Page? page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (page is null)
            return -ENOMEM;
        vma.VmFlags |= VmFlags.Reserved;
        KernelResult result = VmInsertPage(vma, vma.VmStart, page);
        FreePage(page);
        return result;
    }
}

//// buggy freed_when_the_remap_has_succeeded
internal static class Snapshot
{
    public static FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap };

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize)
            return -EINVAL;
        Page? page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (page is null)
            return -ENOMEM;
        SetPageReserved(page);
        if (RemapPfnRange(vma, vma.VmStart, PageToPfn(page), PageSize, vma.VmPageProt).IsError)
        {
            ClearPageReserved(page);
            FreePage(page);
            return -EAGAIN;
        }

        ClearPageReserved(page);
        FreePage(page); // DK3010
        return 0;
    }
}

//// correct freed_when_the_remap_has_failed
internal sealed class Snapshot
{
    private readonly List<Page> _mapped = [];

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap };

    public void Stop()
    {
        foreach (Page page in _mapped)
        {
            ClearPageReserved(page);
            FreePage(page);
        }
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize)
            return -EINVAL;
        Page? page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (page is null)
            return -ENOMEM;
        SetPageReserved(page);
        if (RemapPfnRange(vma, vma.VmStart, PageToPfn(page), PageSize, vma.VmPageProt).IsError)
        {
            ClearPageReserved(page);
            FreePage(page);
            return -EAGAIN;
        }

        _mapped.Add(page);
        return 0;
    }
}

//// buggy write_replaces_the_vmalloc_memory_that_mmap_maps
// vmmap of the so2 labs, with a write that starts anew.
internal sealed class Ring
{
    private const ulong Pages = 4;

    private KernelVirtualAddress _ring;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap, Write = Write };

    public KernelResult Start()
    {
        _ring = Vmalloc(Pages * PageSize);
        if (_ring.IsNull)
            return -ENOMEM;
        Memset(_ring, 0, Pages * PageSize);
        return 0;
    }

    public void Stop() => Vfree(_ring);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > Pages * PageSize || _ring.IsNull || vma.IsCopyOnWrite)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved | VmFlags.PfnMap;
        for (ulong at = 0; at < vma.Length; at += PageSize)
        {
            if (VmInsertPfn(vma, vma.VmStart + at, VmallocToPfn(_ring + at)).IsError)
                return -EAGAIN;
        }
        return 0;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        KernelVirtualAddress fresh = Vmalloc(Pages * PageSize);
        if (fresh.IsNull)
            return -ENOMEM;
        Memset(fresh, 0, Pages * PageSize);
        Vfree(_ring); // DK3010
        _ring = fresh;
        return count;
    }
}

//// correct write_refuses_while_mapped
// scullp: trim is -EBUSY while an area lives.
internal sealed class Ring
{
    private const ulong Pages = 4;

    private KernelVirtualAddress _ring;
    private readonly VmOperationsStruct _vmOps;
    private int _maps;

    public Ring() => _vmOps = new() { Open = VmaOpen, Close = VmaClose };

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap, Write = Write };

    public KernelResult Start()
    {
        _ring = Vmalloc(Pages * PageSize);
        if (_ring.IsNull)
            return -ENOMEM;
        Memset(_ring, 0, Pages * PageSize);
        return 0;
    }

    public void Stop() => Vfree(_ring);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > Pages * PageSize || _ring.IsNull || vma.IsCopyOnWrite)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved | VmFlags.PfnMap;
        for (ulong at = 0; at < vma.Length; at += PageSize)
        {
            if (VmInsertPfn(vma, vma.VmStart + at, VmallocToPfn(_ring + at)).IsError)
                return -EAGAIN;
        }

        vma.VmOps = _vmOps;
        VmaOpen(vma);
        return 0;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (_maps > 0)
            return -EBUSY;
        KernelVirtualAddress fresh = Vmalloc(Pages * PageSize);
        if (fresh.IsNull)
            return -ENOMEM;
        Memset(fresh, 0, Pages * PageSize);
        Vfree(_ring);
        _ring = fresh;
        return count;
    }

    private void VmaOpen(VmAreaStruct vma) => _maps++;

    private void VmaClose(VmAreaStruct vma) => _maps--;
}

//// buggy helper_called_by_an_unlocked_ioctl_frees
internal sealed class Display
{
    private KernelLogicalAddress _frame;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap, UnlockedIoctl = Ioctl };

    public KernelResult Start()
    {
        _frame = GetZeroedPage(GfpFlags.Kernel);
        if (_frame.IsNull)
            return -ENOMEM;
        SetPageReserved(VirtToPage(_frame));
        return 0;
    }

    public void Stop()
    {
        if (_frame.IsNull)
            return;
        ClearPageReserved(VirtToPage(_frame));
        FreePage(_frame);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize)
            return -EINVAL;
        if (_frame.IsNull)
            return -ENXIO;
        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved;
        return RemapPfnRange(vma, vma.VmStart, Pa(_frame).ToPfn(), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 7)
            return -ENOTTY;
        Drop(); // DK3010
        return 0;
    }

    private void Drop()
    {
        if (_frame.IsNull)
            return;
        ClearPageReserved(VirtToPage(_frame));
        FreePage(_frame);
        _frame = default;
    }
}

//// correct helper_called_when_the_module_leaves_frees
internal sealed class Display
{
    private KernelLogicalAddress _frame;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap, UnlockedIoctl = Ioctl };

    public KernelResult Start()
    {
        _frame = GetZeroedPage(GfpFlags.Kernel);
        if (_frame.IsNull)
            return -ENOMEM;
        SetPageReserved(VirtToPage(_frame));
        return 0;
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize)
            return -EINVAL;
        if (_frame.IsNull)
            return -ENXIO;
        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved;
        return RemapPfnRange(vma, vma.VmStart, Pa(_frame).ToPfn(), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    public void Stop() => Drop();

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 7 || _frame.IsNull)
            return -ENOTTY;
        Memset(_frame, 0, PageSize);
        return 0;
    }

    private void Drop()
    {
        if (_frame.IsNull)
            return;
        ClearPageReserved(VirtToPage(_frame));
        FreePage(_frame);
        _frame = default;
    }
}

//// buggy open_for_writing_trims_the_frame
// scullp without its count of areas.
internal sealed class Display
{
    private KernelLogicalAddress _frame;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Open = Open, Mmap = Mmap };

    public void Stop()
    {
        if (_frame.IsNull)
            return;
        ClearPageReserved(VirtToPage(_frame));
        FreePage(_frame);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize)
            return -EINVAL;
        if (_frame.IsNull)
            return -ENXIO;
        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved;
        return RemapPfnRange(vma, vma.VmStart, Pa(_frame).ToPfn(), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        if ((filp.FFlags & OpenFlags.AccessMode) != OpenFlags.WriteOnly)
            return 0;
        KernelLogicalAddress fresh = GetZeroedPage(GfpFlags.Kernel);
        if (fresh.IsNull)
            return -ENOMEM;
        SetPageReserved(VirtToPage(fresh));
        if (!_frame.IsNull)
        {
            ClearPageReserved(VirtToPage(_frame));
            FreePage(_frame); // DK3010
        }

        _frame = fresh;
        return 0;
    }
}

//// correct frames_handed_out_by_nopage_with_a_reference
// The last reference is the mapping's: free_page() gives up only the driver's own.
internal sealed class Display
{
    private readonly VmOperationsStruct _vmOps;
    private KernelLogicalAddress _frame;

    public Display() => _vmOps = new() { Nopage = Nopage };

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap, UnlockedIoctl = Ioctl };

    public KernelResult Start()
    {
        _frame = GetZeroedPage(GfpFlags.Kernel);
        return _frame.IsNull ? -ENOMEM : 0;
    }

    public void Stop() => FreePage(_frame);

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (offset >= PageSize || _frame.IsNull)
            return NopageResult.Sigbus;
        Page page = VirtToPage(_frame);
        GetPage(page);
        type = FaultType.Minor;
        return page;
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 7)
            return -ENOTTY;
        FreePage(_frame);
        _frame = default;
        return 0;
    }
}

//// buggy work_function_frees_the_frame
internal sealed class Display
{
    private readonly WorkStruct _expiry;
    private KernelLogicalAddress _frame;

    public Display() => _expiry = new(Expire);

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Mmap = Mmap, UnlockedIoctl = Ioctl };

    public KernelResult Start()
    {
        _frame = GetZeroedPage(GfpFlags.Kernel);
        if (_frame.IsNull)
            return -ENOMEM;
        SetPageReserved(VirtToPage(_frame));
        return 0;
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize)
            return -EINVAL;
        if (_frame.IsNull)
            return -ENXIO;
        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved;
        return RemapPfnRange(vma, vma.VmStart, Pa(_frame).ToPfn(), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    public void Stop()
    {
        FlushScheduledWork();
        if (_frame.IsNull)
            return;
        ClearPageReserved(VirtToPage(_frame));
        FreePage(_frame);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 7)
            return -ENOTTY;
        ScheduleWork(_expiry);
        return 0;
    }

    private void Expire(WorkStruct work)
    {
        if (_frame.IsNull)
            return;
        ClearPageReserved(VirtToPage(_frame));
        FreePage(_frame); // DK3010
        _frame = default;
    }
}

//// correct each_opening_has_its_frame_until_release
// An area holds the file open, so release runs when the last one is gone.
internal sealed class Sketch
{
    private sealed class Sheet(KernelLogicalAddress frame)
    {
        public KernelLogicalAddress Frame { get; } = frame;
    }

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Open = Open, Mmap = Mmap, Release = Release };

    private static KernelResult Open(Inode inode, OpenFile filp)
    {
        KernelLogicalAddress frame = GetZeroedPage(GfpFlags.Kernel);
        if (frame.IsNull)
            return -ENOMEM;
        SetPageReserved(VirtToPage(frame));
        filp.PrivateData = new Sheet(frame);
        return 0;
    }

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > PageSize || filp.PrivateData is not Sheet sheet)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Io | VmFlags.Reserved;
        return RemapPfnRange(vma, vma.VmStart, Pa(sheet.Frame).ToPfn(), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    private static KernelResult Release(Inode inode, OpenFile filp)
    {
        if (filp.PrivateData is Sheet sheet)
        {
            ClearPageReserved(VirtToPage(sheet.Frame));
            FreePage(sheet.Frame);
        }

        filp.PrivateData = null;
        return 0;
    }
}
