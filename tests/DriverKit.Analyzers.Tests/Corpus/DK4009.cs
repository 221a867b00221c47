// DK4009 remap_pfn_range over memory that is not reserved

//// buggy kmalloc_memory_not_reserved
// kmmap of the memory mapping lab marks its pages.
sealed class KmmapModule : KernelModule
{
    private const uint Pages = 4;
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _memory;

    public KmmapModule() => _misc = new() { Name = "kmmap", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init()
    {
        _memory = Kzalloc(Pages * PageSize, GfpFlags.Kernel);
        if (_memory.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Free();
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Free();
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > Pages * PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, VirtToPhys(_memory).ToPfn(), vma.Length, vma.VmPageProt); // DK4009
    }

    private void Free()
    {
        Kfree(_memory);
    }
}

//// correct kmalloc_memory_reserved_page_by_page
// kmmap of the memory mapping lab marks its pages.
sealed class KmmapModule : KernelModule
{
    private const uint Pages = 4;
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _memory;

    public KmmapModule() => _misc = new() { Name = "kmmap", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init()
    {
        _memory = Kzalloc(Pages * PageSize, GfpFlags.Kernel);
        if (_memory.IsNull)
            return -ENOMEM;
        for (uint i = 0; i < Pages; i++)
            SetPageReserved(VirtToPage(_memory + i * PageSize));
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Free();
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Free();
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length > Pages * PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, VirtToPhys(_memory).ToPfn(), vma.Length, vma.VmPageProt);
    }

    private void Free()
    {
        for (uint i = 0; i < Pages; i++)
            ClearPageReserved(VirtToPage(_memory + i * PageSize));
        Kfree(_memory);
    }
}

//// buggy one_page_by_its_frame
sealed class OnePage
{
    private readonly Page? _page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (_page is not { } page || vma.Length != PageSize)
            return -ENODEV;
        return RemapPfnRange(vma, vma.VmStart, PageToPfn(page), PageSize, vma.VmPageProt); // DK4009
    }
}

//// correct one_page_inserted
sealed class OnePage
{
    private readonly Page? _page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (_page is not { } page || vma.Length != PageSize)
            return -ENODEV;
        return VmInsertPage(vma, vma.VmStart, page);
    }
}

//// buggy free_pages_through_pa
sealed class FreePagesModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _buffer;

    public FreePagesModule() => _misc = new() { Name = "freepages", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init()
    {
        _buffer = GetZeroedPage(GfpFlags.Kernel);
        if (_buffer.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(_buffer);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_buffer);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, Pa(_buffer).ToPfn(), vma.Length, vma.VmPageProt); // DK4009
    }
}

//// correct free_pages_inserted
sealed class FreePagesModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _buffer;

    public FreePagesModule() => _misc = new() { Name = "freepages", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init()
    {
        _buffer = GetZeroedPage(GfpFlags.Kernel);
        if (_buffer.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(_buffer);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_buffer);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize)
            return -EINVAL;
        return VmInsertPage(vma, vma.VmStart, VirtToPage(_buffer));
    }
}

//// buggy vmalloc_page_by_page
// vmmap of the memory mapping lab.
sealed class Vmmap
{
    private const ulong Size = 16 * PageSize;
    private readonly KernelVirtualAddress _memory = Vmalloc(Size);

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (_memory.IsNull || vma.VmPgoff != 0 || vma.Length > Size)
            return -EIO;
        for (ulong done = 0; done < vma.Length; done += PageSize)
        {
            KernelResult result = RemapPfnRange(vma, vma.VmStart + done, VmallocToPfn(_memory + done), PageSize, vma.VmPageProt); // DK4009
            if (result.IsError)
                return result;
        }

        return 0;
    }
}

//// correct vmalloc_pages_inserted
// vmmap of the memory mapping lab.
sealed class Vmmap
{
    private const ulong Size = 16 * PageSize;
    private readonly KernelVirtualAddress _memory = Vmalloc(Size);

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (_memory.IsNull || vma.VmPgoff != 0 || vma.Length > Size)
            return -EIO;
        for (ulong done = 0; done < vma.Length; done += PageSize)
        {
            KernelResult result = VmallocToPage(_memory + done) is { } page ? VmInsertPage(vma, vma.VmStart + done, page) : -EIO;
            if (result.IsError)
                return result;
        }

        return 0;
    }
}

//// buggy frame_in_a_local_through_a_helper
sealed class FrameHelper
{
    private readonly KernelLogicalAddress _ring = GetFreePages(GfpFlags.Kernel | GfpFlags.Comp | GfpFlags.Zero, 2);
    private readonly PhysicalAddress _device = new(0xfe400000);

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (_ring.IsNull || vma.VmPgoff != 0 || vma.Length > 4 * PageSize)
            return -EINVAL;
        Pfn first = FrameOf(Pa(_ring));
        return RemapPfnRange(vma, vma.VmStart, first, vma.Length, vma.VmPageProt); // DK4009
    }

    private static Pfn FrameOf(PhysicalAddress address) => new(address.Value >> PageShift);
}

//// correct device_frame_through_a_helper
sealed class FrameHelper
{
    private readonly KernelLogicalAddress _ring = GetFreePages(GfpFlags.Kernel | GfpFlags.Comp | GfpFlags.Zero, 2);
    private readonly PhysicalAddress _device = new(0xfe400000);

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (_ring.IsNull || vma.VmPgoff != 0 || vma.Length > 4 * PageSize)
            return -EINVAL;
        Pfn first = FrameOf(_device);
        return RemapPfnRange(vma, vma.VmStart, first, vma.Length, vma.VmPageProt);
    }

    private static Pfn FrameOf(PhysicalAddress address) => new(address.Value >> PageShift);
}

//// buggy lambda_over_a_local_buffer
sealed class LocalModule : KernelModule
{
    private KernelLogicalAddress _buffer;
    private MiscDevice _misc = null!;

    public override KernelResult Init()
    {
        KernelLogicalAddress buffer = GetZeroedPage(GfpFlags.Kernel);
        if (buffer.IsNull)
            return -ENOMEM;
        _buffer = buffer;
        _misc = new()
        {
            Name = "local",
            Fops = new()
            {
                Owner = this,
                Mmap = (filp, vma) => vma.Length != PageSize
                    ? -EINVAL
                    : RemapPfnRange(vma, vma.VmStart, VirtToPage(buffer).Pfn, PageSize, vma.VmPageProt), // DK4009
            },
        };
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Free();
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Free();
    }

    private void Free()
    {
        FreePage(_buffer);
    }
}

//// correct lambda_over_a_reserved_buffer
sealed class LocalModule : KernelModule
{
    private KernelLogicalAddress _buffer;
    private MiscDevice _misc = null!;

    public override KernelResult Init()
    {
        KernelLogicalAddress buffer = GetZeroedPage(GfpFlags.Kernel);
        if (buffer.IsNull)
            return -ENOMEM;
        _buffer = buffer;
        SetPageReserved(VirtToPage(buffer));
        _misc = new()
        {
            Name = "local",
            Fops = new()
            {
                Owner = this,
                Mmap = (filp, vma) => vma.Length != PageSize
                    ? -EINVAL
                    : RemapPfnRange(vma, vma.VmStart, VirtToPage(buffer).Pfn, PageSize, vma.VmPageProt),
            },
        };
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Free();
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Free();
    }

    private void Free()
    {
        ClearPageReserved(VirtToPage(_buffer));
        FreePage(_buffer);
    }
}

//// buggy array_of_pages
sealed class Array
{
    private readonly Page?[] _pages = new Page?[4];

    public KernelResult Fill()
    {
        for (int i = 0; i < _pages.Length; i++)
        {
            Page? page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
            if (page is null)
                return -ENOMEM;
            _pages[i] = page;
        }

        return 0;
    }

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff >= 4 || vma.Length != PageSize || _pages[vma.VmPgoff] is not { } page)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, PageToPfn(page), PageSize, vma.VmPageProt); // DK4009
    }
}

//// correct array_of_pages_reserved_by_a_helper
sealed class Array
{
    private readonly Page?[] _pages = new Page?[4];

    public KernelResult Fill()
    {
        for (int i = 0; i < _pages.Length; i++)
        {
            Page? page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
            if (page is null)
                return -ENOMEM;
            Keep(page);
            _pages[i] = page;
        }

        return 0;
    }

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff >= 4 || vma.Length != PageSize || _pages[vma.VmPgoff] is not { } page)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, PageToPfn(page), PageSize, vma.VmPageProt);
    }

    private static void Keep(Page page) => SetPageReserved(page);
}

//// correct device_memory
static class Device
{
    private static readonly PhysicalAddress Registers = new(0xfeb00000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma) => vma.VmPgoff != 0 || vma.Length != PageSize
        ? -EINVAL
        : RemapPfnRange(vma, vma.VmStart, Registers.ToPfn(), PageSize, PgprotNoncached(vma.VmPageProt));
}
