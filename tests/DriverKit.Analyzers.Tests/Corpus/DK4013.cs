// DK4013 Single page of a block mapped that is not compound

//// buggy tail_of_a_block_of_free_pages
// scullp refuses to map with an order above 0 for this reason.
sealed class Scullp
{
    private const ulong Size = 4 * PageSize;
    private readonly KernelLogicalAddress _data = GetFreePages(GfpFlags.Kernel | GfpFlags.Zero, 2);

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (_data.IsNull || offset >= Size)
            return NopageResult.Sigbus;
        Page page = VirtToPage(_data + offset);
        GetPage(page);
        return page; // DK4013
    }
}

//// correct tail_of_a_compound_block
// scullp refuses to map with an order above 0 for this reason.
sealed class Scullp
{
    private const ulong Size = 4 * PageSize;
    private readonly KernelLogicalAddress _data = GetFreePages(GfpFlags.Kernel | GfpFlags.Zero | GfpFlags.Comp, 2);

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (_data.IsNull || offset >= Size)
            return NopageResult.Sigbus;
        Page page = VirtToPage(_data + offset);
        GetPage(page);
        return page;
    }
}

//// buggy insert_of_each_page_of_a_block
sealed class InsertModule : KernelModule
{
    private const int Order = 3;
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _block;

    public InsertModule() => _misc = new() { Name = "insert", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init()
    {
        _block = GetFreePages(GfpFlags.Kernel | GfpFlags.Zero, Order);
        if (_block.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePages(_block, Order);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePages(_block, Order);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong pages = vma.Length >> PageShift;
        if (vma.VmPgoff != 0 || pages > 1 << Order)
            return -EINVAL;
        for (ulong i = 0; i < pages; i++)
        {
            KernelResult result = VmInsertPage(vma, vma.VmStart + (i << PageShift), VirtToPage(_block + (i << PageShift))); // DK4013
            if (result.IsError)
                return result;
        }

        return 0;
    }
}

//// correct insert_of_each_page_of_a_compound_block
sealed class InsertModule : KernelModule
{
    private const int Order = 3;
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _block;

    public InsertModule() => _misc = new() { Name = "insert", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init()
    {
        _block = GetFreePages(GfpFlags.Kernel | GfpFlags.Zero | GfpFlags.Comp, Order);
        if (_block.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePages(_block, Order);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePages(_block, Order);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong pages = vma.Length >> PageShift;
        if (vma.VmPgoff != 0 || pages > 1 << Order)
            return -EINVAL;
        for (ulong i = 0; i < pages; i++)
        {
            KernelResult result = VmInsertPage(vma, vma.VmStart + (i << PageShift), VirtToPage(_block + (i << PageShift)));
            if (result.IsError)
                return result;
        }

        return 0;
    }
}

//// buggy next_frame_of_a_block
sealed class Frames
{
    private readonly Page? _block = AllocPages(GfpFlags.Kernel | GfpFlags.Zero, 1);

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if (_block is not { } block || vma.VmPgoff > 1)
            return NopageResult.Sigbus;
        Page page = PfnToPage(PageToPfn(block) + vma.VmPgoff);
        GetPage(page);
        return page; // DK4013
    }
}

//// correct first_frame_of_a_block
sealed class Frames
{
    private readonly Page? _block = AllocPages(GfpFlags.Kernel | GfpFlags.Zero, 1);

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if (_block is not { } block || vma.VmPgoff > 1)
            return NopageResult.Sigbus;
        Page page = block;
        GetPage(page);
        return page;
    }
}

//// buggy page_made_by_a_helper
sealed class Helper
{
    private readonly KernelLogicalAddress _ring = GetFreePages(GfpFlags.User | GfpFlags.Zero, 4);

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= 1 << 4 || _ring.IsNull)
            return NopageResult.Sigbus;
        Page page = At(index);
        GetPage(page);
        return page; // DK4013
    }

    private Page At(ulong index) => VirtToPage(_ring + (index << PageShift));
}

//// correct page_of_single_pages_made_by_a_helper
sealed class Helper
{
    private readonly KernelLogicalAddress[] _ring = [GetZeroedPage(GfpFlags.User)];

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= (ulong)_ring.Length || _ring[index].IsNull)
            return NopageResult.Sigbus;
        Page page = At(index);
        GetPage(page);
        return page;
    }

    private Page At(ulong index) => VirtToPage(_ring[index]);
}

//// buggy second_page_by_a_constant
sealed class Second
{
    private readonly KernelLogicalAddress _pair = GetFreePages(GfpFlags.Kernel | GfpFlags.Zero, 1);

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (_pair.IsNull || vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return VmInsertPage(vma, vma.VmStart, VirtToPage(_pair + PageSize)); // DK4013
    }
}

//// correct first_page_of_the_block
sealed class Second
{
    private readonly KernelLogicalAddress _pair = GetFreePages(GfpFlags.Kernel | GfpFlags.Zero, 1);

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (_pair.IsNull || vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return VmInsertPage(vma, vma.VmStart, VirtToPage(_pair));
    }
}

//// buggy block_of_a_local_function
sealed class Local
{
    private KernelLogicalAddress _block;

    public KernelResult Fill()
    {
        _block = Allocate();
        return _block.IsNull ? -ENOMEM : 0;

        static KernelLogicalAddress Allocate() => GetFreePages(GfpFlags.Kernel | GfpFlags.Zero, 2);
    }

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= 4 || _block.IsNull)
            return NopageResult.Sigbus;
        Page page = VirtToPage(_block + index * PageSize);
        GetPage(page);
        return page; // DK4013
    }
}

//// correct compound_block_of_a_local_function
sealed class Local
{
    private KernelLogicalAddress _block;

    public KernelResult Fill()
    {
        _block = Allocate();
        return _block.IsNull ? -ENOMEM : 0;

        static KernelLogicalAddress Allocate() => GetFreePages(GfpFlags.Kernel | GfpFlags.Zero | GfpFlags.Comp, 2);
    }

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= 4 || _block.IsNull)
            return NopageResult.Sigbus;
        Page page = VirtToPage(_block + index * PageSize);
        GetPage(page);
        return page;
    }
}

//// buggy vmalloc_like_table_of_a_block
// vmalloc memory is made of single pages.
sealed class Table
{
    private readonly KernelLogicalAddress _memory = GetFreePages(GfpFlags.Kernel | GfpFlags.Zero, 3);

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (_memory.IsNull || vma.VmPgoff >= 8 || vma.Length != PageSize)
            return -EINVAL;
        Page? page = VirtToPage(_memory + (vma.VmPgoff << PageShift));
        return page is null ? -EFAULT : VmInsertPage(vma, vma.VmStart, page); // DK4013
    }
}

//// correct vmalloc_memory
// vmalloc memory is made of single pages.
sealed class Table
{
    private readonly KernelVirtualAddress _memory = Vmalloc(8 * PageSize);

    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (_memory.IsNull || vma.VmPgoff >= 8 || vma.Length != PageSize)
            return -EINVAL;
        Page? page = VmallocToPage(_memory + (vma.VmPgoff << PageShift));
        return page is null ? -EFAULT : VmInsertPage(vma, vma.VmStart, page);
    }
}
