// DK8005 References taken and given back unequally

//// buggy reference_kept_on_the_error_path
internal static class Peek
{
    public static KernelResult Look(KernelVirtualAddress memory, UserVirtualAddress to)
    {
        Page? page = VmallocToPage(memory);
        if (page is null)
            return -EINVAL;
        GetPage(page); // DK8005
        if (PutUser((uint)page.Pfn.Value, to).IsError)
            return -EFAULT;
        PutPage(page);
        return 0;
    }
}

//// correct reference_given_back_on_the_error_path
internal static class Peek
{
    public static KernelResult Look(KernelVirtualAddress memory, UserVirtualAddress to)
    {
        Page? page = VmallocToPage(memory);
        if (page is null)
            return -EINVAL;
        GetPage(page);
        KernelResult result = PutUser((uint)page.Pfn.Value, to).IsError ? -EFAULT : 0;
        PutPage(page);
        return result;
    }
}

//// buggy reference_given_back_twice
internal static class Peek
{
    public static uint First(Pfn pfn)
    {
        if (!PfnValid(pfn))
            return 0;
        Page page = PfnToPage(pfn);
        GetPage(page);
        KernelVirtualAddress mapped = Kmap(page);
        uint word = Load<uint>(mapped);
        Kunmap(page);
        if (word == 0)
            PutPage(page);
        PutPage(page); // DK8005
        return word;
    }
}

//// correct reference_given_back_once
internal static class Peek
{
    public static uint First(Pfn pfn)
    {
        if (!PfnValid(pfn))
            return 0;
        Page page = PfnToPage(pfn);
        GetPage(page);
        KernelVirtualAddress mapped = Kmap(page);
        uint word = Load<uint>(mapped);
        Kunmap(page);
        PutPage(page);
        return word;
    }
}

//// buggy own_reference_of_a_new_page_put_twice
internal static class Fresh
{
    public static KernelResult Try()
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        Printk($"page {page.Pfn}");
        PutPage(page);
        PutPage(page); // DK8005
        return 0;
    }
}

//// correct own_reference_of_a_new_page_and_one_more_put
internal static class Fresh
{
    public static KernelResult Try()
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        GetPage(page);
        Printk($"page {page.Pfn}");
        PutPage(page);
        PutPage(page);
        return 0;
    }
}

//// buggy nopage_keeps_the_reference_of_a_page_it_refuses
internal sealed class Sheet(KernelVirtualAddress memory, ulong size)
{
    public VmOperationsStruct Operations() => new() { Nopage = Nopage };

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (offset >= size || VmallocToPage(memory + offset) is not { } page)
            return NopageResult.Sigbus;
        GetPage(page); // DK8005
        if (PageReserved(page))
            return NopageResult.Sigbus;
        type = FaultType.Minor;
        return page;
    }
}

//// correct nopage_hands_the_reference_to_the_mapping
internal sealed class Sheet(KernelVirtualAddress memory, ulong size)
{
    public VmOperationsStruct Operations() => new() { Nopage = Nopage };

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (offset >= size || VmallocToPage(memory + offset) is not { } page)
            return NopageResult.Sigbus;
        if (PageReserved(page))
            return NopageResult.Sigbus;
        GetPage(page);
        type = FaultType.Minor;
        return page;
    }
}

//// buggy kref_kept_when_the_work_cannot_be_queued
internal sealed class Request
{
    private readonly Kref _references = new("request");
    private readonly WorkStruct _work;

    public Request()
    {
        KrefInit(_references);
        _work = new(Run);
    }

    public KernelResult Submit(bool offline)
    {
        KrefGet(_references); // DK8005
        if (offline)
            return -ENODEV;
        if (!ScheduleWork(_work))
            KrefPut(_references, Free);
        return 0;
    }

    private void Run(WorkStruct work) => KrefPut(_references, Free);

    private static void Free(Kref kref) => Printk("request done");
}

//// correct kref_given_back_when_the_work_cannot_be_queued
internal sealed class Request
{
    private readonly Kref _references = new("request");
    private readonly WorkStruct _work;

    public Request()
    {
        KrefInit(_references);
        _work = new(Run);
    }

    public KernelResult Submit(bool offline)
    {
        if (offline)
            return -ENODEV;
        KrefGet(_references);
        if (!ScheduleWork(_work))
            KrefPut(_references, Free);
        return 0;
    }

    private void Run(WorkStruct work) => KrefPut(_references, Free);

    private static void Free(Kref kref) => Printk("request done");
}

//// buggy helper_takes_it_and_an_early_return_keeps_it
internal static class Frames
{
    private static Page Pin(Pfn pfn)
    {
        Page page = PfnToPage(pfn);
        GetPage(page);
        return page;
    }

    public static bool IsEmpty(Pfn pfn)
    {
        if (!PfnValid(pfn))
            return true;
        Page page = Pin(pfn); // DK8005
        if (PageHighMem(page))
            return false;
        bool empty = Load<uint>(PageAddress(page)) == 0;
        PutPage(page);
        return empty;
    }
}

//// correct helper_takes_it_and_every_path_gives_it_back
internal static class Frames
{
    private static Page Pin(Pfn pfn)
    {
        Page page = PfnToPage(pfn);
        GetPage(page);
        return page;
    }

    public static bool IsEmpty(Pfn pfn)
    {
        if (!PfnValid(pfn))
            return true;
        Page page = Pin(pfn);
        try
        {
            return !PageHighMem(page) && Load<uint>(PageAddress(page)) == 0;
        }
        finally
        {
            PutPage(page);
        }
    }
}

//// buggy user_page_not_put
internal static class Pinned
{
    public static KernelResult Stamp(UserVirtualAddress at)
    {
        var pages = new Page?[1];
        if (GetUserPages(at, write: true, force: false, pages).Value != 1 || pages[0] is not { } page) // DK8005
            return -EFAULT;
        KernelVirtualAddress mapped = Kmap(page);
        Store(mapped, 1u);
        Kunmap(page);
        SetPageDirtyLock(page);
        return 0;
    }
}

//// buggy user_page_not_put_when_all_went_well
internal static class Pinned
{
    public static KernelResult Stamp(UserVirtualAddress at, uint stamp)
    {
        Page?[] pages = new Page?[1];
        KernelResult held = GetUserPages(at, write: true, force: false, pages); // DK8005
        if (held.IsError)
            return held;
        Page page = pages[0]!;
        KernelVirtualAddress mapped = Kmap(page);
        bool isStamped = Load<uint>(mapped) == stamp;
        if (!isStamped)
            Store(mapped, stamp);
        Kunmap(page);
        if (isStamped)
        {
            PutPage(page);
            return -EEXIST;
        }

        SetPageDirtyLock(page);
        return 0;
    }
}

//// correct user_page_handed_on
internal sealed class Pinned
{
    private Page? _page;
    private Page?[]? _pages;

    public KernelResult Keep(UserVirtualAddress at)
    {
        var pages = new Page?[1];
        if (GetUserPages(at, write: true, force: false, pages).Value != 1)
            return -EFAULT;
        _page = pages[0];
        return 0;
    }

    public KernelResult KeepAll(UserVirtualAddress at)
    {
        var pages = new Page?[1];
        if (GetUserPages(at, write: true, force: false, pages).Value < 1)
            return 0;
        _pages = pages;
        return 0;
    }

    public KernelResult Send(UserVirtualAddress at, Action<Page> device)
    {
        var pages = new Page?[1];
        KernelResult held = GetUserPages(at, write: false, force: false, pages);
        if (held.IsError)
            return held;
        device(pages[0]!);
        return 0;
    }

    public KernelResult Probe(UserVirtualAddress at)
    {
        var pages = new Page?[1];
        KernelResult held = GetUserPages(at, write: false, force: false, pages);
        if (held.Value <= 0)
            return 0;
        foreach (Page? page in pages)
            PutPage(page!);
        return 0;
    }

    public void Stop()
    {
        if (_page is { } page)
            PutPage(page);
        foreach (Page? each in _pages ?? [])
            PutPage(each!);
    }
}

//// correct user_page_put
internal static class Pinned
{
    public static KernelResult Stamp(UserVirtualAddress at)
    {
        var pages = new Page?[1];
        if (GetUserPages(at, write: true, force: false, pages).Value != 1 || pages[0] is not { } page)
            return -EFAULT;
        KernelVirtualAddress mapped = Kmap(page);
        Store(mapped, 1u);
        Kunmap(page);
        SetPageDirtyLock(page);
        PutPage(page);
        return 0;
    }
}

//// correct reference_kept_in_a_field_until_stop
internal sealed class Held
{
    private Page? _page;

    public bool Start(Pfn pfn)
    {
        if (!PfnValid(pfn))
            return false;
        Page page = PfnToPage(pfn);
        GetPage(page);
        _page = page;
        return true;
    }

    public void Stop()
    {
        if (_page is not null)
            PutPage(_page);
        _page = null;
    }
}
