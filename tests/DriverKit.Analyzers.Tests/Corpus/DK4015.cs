// DK4015 Fault answered with a retry although nothing was installed

//// buggy retry_beyond_the_end
// The later port of scullp answers VM_FAULT_NOPAGE here.
static class Scullp
{
    private static readonly Page[] Pages = [];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= (ulong)Pages.Length)
            return NopageResult.Refault; // DK4015
        GetPage(Pages[index]);
        return Pages[index];
    }
}

//// correct sigbus_beyond_the_end
// The later port of scullp answers VM_FAULT_NOPAGE here.
static class Scullp
{
    private static readonly Page[] Pages = [];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= (ulong)Pages.Length)
            return NopageResult.Sigbus;
        GetPage(Pages[index]);
        return Pages[index];
    }
}

//// buggy retry_for_a_hole
static class Hole
{
    private static readonly Page?[] Pages = new Page?[8];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= 8)
            return NopageResult.Sigbus;
        Page? page = Pages[index];
        if (page is null)
            return NopageResult.Refault; // DK4015
        GetPage(page);
        return page;
    }
}

//// correct sigbus_for_a_hole
static class Hole
{
    private static readonly Page?[] Pages = new Page?[8];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= 8)
            return NopageResult.Sigbus;
        Page? page = Pages[index];
        if (page is null)
            return NopageResult.Sigbus;
        GetPage(page);
        return page;
    }
}

//// buggy retry_without_memory
static class Fresh
{
    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        return page is not null ? page : NopageResult.Refault; // DK4015
    }
}

//// correct oom_without_memory
static class Fresh
{
    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        return page is not null ? page : NopageResult.Oom;
    }
}

//// buggy retry_for_a_frame_without_a_page
static class Frames
{
    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        Pfn frame = new Pfn(vma.VmPgoff) + ((address - vma.VmStart) >> PageShift);
        if (!PfnValid(frame))
            return NopageResult.Refault; // DK4015
        Page page = PfnToPage(frame);
        GetPage(page);
        return page;
    }
}

//// correct retry_when_somebody_was_faster
static class Frames
{
    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        Pfn frame = new Pfn(vma.VmPgoff) + ((address - vma.VmStart) >> PageShift);
        if (!PfnValid(frame))
            return NopageResult.Sigbus;
        Page page = PfnToPage(frame);
        KernelResult result = VmInsertPage(vma, address, page);
        if (result.IsSuccess || result.Errno == Errno.EBUSY)
            return NopageResult.Refault;
        GetPage(page);
        return page;
    }
}

//// buggy retry_in_a_switch
sealed class Switch
{
    private readonly KernelVirtualAddress _memory;
    private readonly ulong _size;

    public Switch(KernelVirtualAddress memory, ulong size) => (_memory, _size) = (memory, size);

    public VmOperationsStruct Operations() => new()
    {
        Nopage = (VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
        {
            ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
            if (offset >= _size)
                return NopageResult.Sigbus;
            Page? page = VmallocToPage(_memory + offset);
            if (page is not null)
                GetPage(page);
            return page switch
            {
                null => NopageResult.Refault, // DK4015
                _ => page,
            };
        },
    };
}

//// correct sigbus_in_a_switch
sealed class Switch
{
    private readonly KernelVirtualAddress _memory;
    private readonly ulong _size;

    public Switch(KernelVirtualAddress memory, ulong size) => (_memory, _size) = (memory, size);

    public VmOperationsStruct Operations() => new()
    {
        Nopage = (VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
        {
            ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
            if (offset >= _size)
                return NopageResult.Sigbus;
            Page? page = VmallocToPage(_memory + offset);
            if (page is not null)
                GetPage(page);
            return page switch
            {
                null => NopageResult.Sigbus,
                _ => page,
            };
        },
    };
}

//// buggy retry_through_a_helper
static class Helper
{
    private static readonly List<Page> Pages = [];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
        Answer(vma, address, vma.VmPgoff + ((address - vma.VmStart) >> PageShift));

    private static NopageResult Answer(VmAreaStruct vma, UserVirtualAddress address, ulong index)
    {
        if (index >= (ulong)Pages.Count)
            return NopageResult.Refault; // DK4015
        return Insert(vma, address, Pages[(int)index]) ? NopageResult.Refault : NopageResult.Oom;
    }

    private static bool Insert(VmAreaStruct vma, UserVirtualAddress address, Page page) => VmInsertPage(vma, address, page).IsSuccess;
}

//// correct retry_after_an_insert_in_a_helper
static class Helper
{
    private static readonly List<Page> Pages = [];

    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
        Answer(vma, address, vma.VmPgoff + ((address - vma.VmStart) >> PageShift));

    private static NopageResult Answer(VmAreaStruct vma, UserVirtualAddress address, ulong index)
    {
        if (index >= (ulong)Pages.Count)
            return NopageResult.Sigbus;
        return Insert(vma, address, Pages[(int)index]) ? NopageResult.Refault : NopageResult.Oom;
    }

    private static bool Insert(VmAreaStruct vma, UserVirtualAddress address, Page page) => VmInsertPage(vma, address, page).IsSuccess;
}

//// buggy retry_under_the_lock
// The semaphore's -ERESTARTSYS is no error of the address: the signal is handled, then the access is tried again.
sealed class Locked
{
    private readonly KernelSemaphore _sem = new(1, "locked");
    private readonly Page?[] _pages = new Page?[4];

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if (DownInterruptible(_sem).IsError)
            return NopageResult.Refault;
        try
        {
            ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
            if (index >= 4 || _pages[index] is not { } page)
                return NopageResult.Refault; // DK4015
            GetPage(page);
            return page;
        }
        finally
        {
            Up(_sem);
        }
    }
}

//// correct retry_because_of_a_signal
// The semaphore's -ERESTARTSYS is no error of the address: the signal is handled, then the access is tried again.
sealed class Locked
{
    private readonly KernelSemaphore _sem = new(1, "locked");
    private readonly Page?[] _pages = new Page?[4];

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if (DownInterruptible(_sem).IsError)
            return NopageResult.Refault;
        try
        {
            ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
            if (index >= 4 || _pages[index] is not { } page)
                return NopageResult.Sigbus;
            GetPage(page);
            return page;
        }
        finally
        {
            Up(_sem);
        }
    }
}

//// correct retries_a_few_times
sealed class Patient
{
    private int _tries = 3;

    public NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if (_tries-- > 0)
            return NopageResult.Refault;
        return NopageResult.Sigbus;
    }
}
