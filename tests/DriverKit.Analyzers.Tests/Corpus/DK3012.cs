// DK3012 Page freed with PG_reserved set

//// buggy freed_with_the_flag_set
// kmmap of the so2 labs: the flag must be cleared before kfree().
internal static class Frame
{
    public static KernelResult Try()
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        SetPageReserved(page);
        Printk($"frame {PageToPfn(page)}");
        FreePage(page); // DK3012
        return 0;
    }
}

//// correct cleared_before_it_is_freed
internal static class Frame
{
    public static KernelResult Try()
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        SetPageReserved(page);
        Printk($"frame {PageToPfn(page)}");
        ClearPageReserved(page);
        FreePage(page);
        return 0;
    }
}

//// buggy set_by_start_and_never_cleared
internal sealed class Frame
{
    private KernelLogicalAddress _memory;

    public KernelResult Start()
    {
        _memory = GetZeroedPage(GfpFlags.Kernel);
        if (_memory.IsNull)
            return -ENOMEM;
        SetPageReserved(VirtToPage(_memory));
        return 0;
    }

    public void Stop() => FreePage(_memory); // DK3012
}

//// correct set_by_start_and_cleared_by_stop
internal sealed class Frame
{
    private KernelLogicalAddress _memory;

    public KernelResult Start()
    {
        _memory = GetZeroedPage(GfpFlags.Kernel);
        if (_memory.IsNull)
            return -ENOMEM;
        SetPageReserved(VirtToPage(_memory));
        return 0;
    }

    public void Stop()
    {
        ClearPageReserved(VirtToPage(_memory));
        FreePage(_memory);
    }
}

//// buggy loop_sets_and_nothing_clears
internal sealed class Area
{
    private const ulong Pages = 4;

    private KernelLogicalAddress _memory;

    public KernelResult Start()
    {
        _memory = Kzalloc(Pages * PageSize, GfpFlags.Kernel);
        if (_memory.IsNull)
            return -ENOMEM;
        for (ulong i = 0; i < Pages; i++)
            SetPageReserved(VirtToPage(_memory + i * PageSize));
        return 0;
    }

    public void Stop()
    {
        Kfree(_memory); // DK3012
        _memory = default;
    }
}

//// correct loop_sets_and_loop_clears
internal sealed class Area
{
    private const ulong Pages = 4;

    private KernelLogicalAddress _memory;

    public KernelResult Start()
    {
        _memory = Kzalloc(Pages * PageSize, GfpFlags.Kernel);
        if (_memory.IsNull)
            return -ENOMEM;
        for (ulong i = 0; i < Pages; i++)
            SetPageReserved(VirtToPage(_memory + i * PageSize));
        return 0;
    }

    public void Stop()
    {
        for (ulong i = 0; i < Pages; i++)
            ClearPageReserved(VirtToPage(_memory + i * PageSize));
        Kfree(_memory);
        _memory = default;
    }
}

//// buggy error_path_forgets_to_clear
internal sealed class Window
{
    private Page? _page;

    public KernelResult Start(UserVirtualAddress from)
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        SetPageReserved(page);
        KernelVirtualAddress mapped = Kmap(page);
        ulong left = CopyFromUser(mapped, from, PageSize);
        Kunmap(page);
        if (left != 0)
        {
            FreePage(page); // DK3012
            return -EFAULT;
        }

        _page = page;
        return 0;
    }

    public void Stop()
    {
        if (_page is null)
            return;
        ClearPageReserved(_page);
        FreePage(_page);
    }
}

//// correct error_path_clears_as_well
internal sealed class Window
{
    private Page? _page;

    public KernelResult Start(UserVirtualAddress from)
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        SetPageReserved(page);
        KernelVirtualAddress mapped = Kmap(page);
        ulong left = CopyFromUser(mapped, from, PageSize);
        Kunmap(page);
        if (left != 0)
        {
            ClearPageReserved(page);
            FreePage(page);
            return -EFAULT;
        }

        _page = page;
        return 0;
    }

    public void Stop()
    {
        if (_page is null)
            return;
        ClearPageReserved(_page);
        FreePage(_page);
    }
}

//// buggy helper_sets_it
internal static class Slate
{
    private static void Prepare(KernelLogicalAddress memory)
    {
        Memset(memory, 0, PageSize);
        SetPageReserved(VirtToPage(memory));
    }

    public static KernelResult Try()
    {
        KernelLogicalAddress memory = GetFreePage(GfpFlags.Kernel);
        if (memory.IsNull)
            return -ENOMEM;
        Prepare(memory);
        FreePage(memory); // DK3012
        return 0;
    }
}

//// correct helper_sets_it_and_helper_clears_it
internal static class Slate
{
    private static void Prepare(KernelLogicalAddress memory)
    {
        Memset(memory, 0, PageSize);
        SetPageReserved(VirtToPage(memory));
    }

    private static void Finish(KernelLogicalAddress memory)
    {
        ClearPageReserved(VirtToPage(memory));
        FreePage(memory);
    }

    public static KernelResult Try()
    {
        KernelLogicalAddress memory = GetFreePage(GfpFlags.Kernel);
        if (memory.IsNull)
            return -ENOMEM;
        Prepare(memory);
        Finish(memory);
        return 0;
    }
}

//// buggy cleared_under_another_condition
internal static class Plate
{
    public static KernelResult Try(bool reserve)
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        if (reserve)
            SetPageReserved(page);
        if (!reserve)
            ClearPageReserved(page);
        PutPage(page); // DK3012
        return 0;
    }
}

//// correct cleared_under_the_same_condition
internal static class Plate
{
    public static KernelResult Try(bool reserve)
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        if (reserve)
            SetPageReserved(page);
        Printk($"plate {PageToPfn(page)}");
        if (reserve)
            ClearPageReserved(page);
        PutPage(page);
        return 0;
    }
}

//// buggy local_function_sets_it
internal static class Tile
{
    public static bool Try()
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return false;
        Reserve();
        FreePages(page, 0); // DK3012
        return true;

        void Reserve() => SetPageReserved(page);
    }
}

//// correct flag_asked_for_before_it_is_cleared
internal static class Tile
{
    public static bool Try(bool reserve)
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return false;
        if (reserve)
            SetPageReserved(page);
        if (PageReserved(page))
            ClearPageReserved(page);
        FreePages(page, 0);
        return true;
    }
}
