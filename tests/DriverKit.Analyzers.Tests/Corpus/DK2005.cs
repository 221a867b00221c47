// DK2005 Address of a high memory page taken without a mapping

//// buggy high_page_cleared_by_its_address
internal static class Frame
{
    public static Page? New()
    {
        Page? page = AllocPage(GfpFlags.HighUser);
        if (page is null)
            return null;
        Memset(PageAddress(page), 0, PageSize); // DK2005
        return page;
    }
}

//// correct low_page_cleared_by_its_address
internal static class Frame
{
    public static Page? New()
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return null;
        Memset(PageAddress(page), 0, PageSize);
        return page;
    }
}

//// correct high_page_cleared_while_it_is_mapped
internal static class Frame
{
    public static Page? New()
    {
        Page? page = AllocPage(GfpFlags.HighUser);
        if (page is null)
            return null;
        KernelVirtualAddress text = Kmap(page);
        Memset(text, 0, PageSize);
        Kunmap(page);
        return page;
    }
}

//// buggy highmem_flag_added
internal static class Block
{
    public static KernelResult Fill(UserVirtualAddress from, out Page? block)
    {
        block = AllocPages(GfpFlags.Kernel | GfpFlags.HighMem | GfpFlags.Zero, 2);
        if (block is null)
            return -ENOMEM;
        KernelVirtualAddress text = PageAddress(block); // DK2005
        if (CopyFromUser(text, from, PageSize) == 0)
            return 0;
        FreePages(block, 2);
        block = null;
        return -EFAULT;
    }
}

//// correct dma_flag_added
internal static class Block
{
    public static KernelResult Fill(UserVirtualAddress from, out Page? block)
    {
        block = AllocPages(GfpFlags.Kernel | GfpFlags.Dma | GfpFlags.Zero, 2);
        if (block is null)
            return -ENOMEM;
        KernelVirtualAddress text = PageAddress(block);
        if (CopyFromUser(text, from, PageSize) == 0)
            return 0;
        FreePages(block, 2);
        block = null;
        return -EFAULT;
    }
}

//// buggy page_of_a_field
internal sealed class BoardModule : KernelModule
{
    private readonly MiscDevice _misc;
    private Page? _page;

    public BoardModule() => _misc = new() { Name = "board", Fops = new() { Owner = this, Read = Read } };

    public override KernelResult Init()
    {
        _page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (_page is null)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(_page);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_page!);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, PageSize);
        return CopyToUser(buffer, PageAddress(_page!), count) == 0 ? count : -EFAULT; // DK2005
    }
}

//// correct page_of_a_field_mapped_for_the_copy
internal sealed class BoardModule : KernelModule
{
    private readonly MiscDevice _misc;
    private Page? _page;

    public BoardModule() => _misc = new() { Name = "board", Fops = new() { Owner = this, Read = Read } };

    public override KernelResult Init()
    {
        _page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (_page is null)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(_page);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_page!);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, PageSize);
        KernelVirtualAddress text = Kmap(_page!);
        ulong left = CopyToUser(buffer, text, count);
        Kunmap(_page!);
        return left == 0 ? count : -EFAULT;
    }
}

//// buggy page_of_a_helper_that_is_given_the_flags
internal static class Pool
{
    public static ulong Sum()
    {
        Page? page = Take(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return 0;
        ulong sum = Load<ulong>(PageAddress(page)); // DK2005
        FreePage(page);
        return sum;
    }

    private static Page? Take(GfpFlags flags) => AllocPage(flags);
}

//// correct page_of_a_helper_that_is_given_low_flags
internal static class Pool
{
    public static ulong Sum()
    {
        Page? page = Take(GfpFlags.User | GfpFlags.Zero);
        if (page is null)
            return 0;
        ulong sum = Load<ulong>(PageAddress(page));
        FreePage(page);
        return sum;
    }

    private static Page? Take(GfpFlags flags) => AllocPage(flags);
}

//// buggy helper_takes_the_address
internal static class Label
{
    public static Page? New(string text)
    {
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return null;
        Print(page, text); // DK2005
        return page;
    }

    private static void Print(Page page, string text) => Snprintf(PageAddress(page), PageSize, text);
}

//// correct helper_asks_whether_it_is_high
internal static class Label
{
    public static Page? New(string text)
    {
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return null;
        Print(page, text);
        return page;
    }

    private static void Print(Page page, string text)
    {
        if (PageHighMem(page))
            return;
        Snprintf(PageAddress(page), PageSize, text);
    }
}

//// buggy in_a_lambda_after_the_unmapping
internal sealed class Recorder
{
    private readonly Func<Page?> _new = static () =>
    {
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return null;
        KernelVirtualAddress text = Kmap(page);
        Store(text, 1u);
        Kunmap(page);
        Store(PageAddress(page) + 4ul, 2u); // DK2005
        return page;
    };

    public Page? New() => _new();
}

//// correct address_asked_for_while_it_is_mapped
internal sealed class Recorder
{
    private readonly Func<Page?> _new = static () =>
    {
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return null;
        KernelVirtualAddress text = Kmap(page);
        Store(text, 1u);
        Store(PageAddress(page) + 4ul, 2u);
        Kunmap(page);
        return page;
    };

    public Page? New() => _new();
}

//// buggy node_allocation
internal static class Nodes
{
    public static uint First(int node)
    {
        if (AllocPagesNode(node, GfpFlags.HighUserMovable | GfpFlags.Zero, 0) is not { } page)
            return 0;
        uint word = Load<uint>(PageAddress(page)); // DK2005
        FreePage(page);
        return word;
    }
}

//// correct address_may_be_null_and_is_asked
// page_address answers NULL for a high page that is not mapped.
internal static class Nodes
{
    public static uint First(int node)
    {
        if (AllocPagesNode(node, GfpFlags.HighUserMovable | GfpFlags.Zero, 0) is not { } page)
            return 0;
        KernelVirtualAddress at = PageAddress(page);
        uint word = at.IsNull ? 0 : Load<uint>(at);
        FreePage(page);
        return word;
    }
}
