// DK3008 Memory released by another allocator's function

//// buggy kfree_of_vmalloc_memory
// coccinelle kfree_mismatch.
internal static class Table
{
    public static KernelResult Check(UserVirtualAddress from)
    {
        KernelVirtualAddress table = Vmalloc(65536);
        if (table.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(table, from, 65536) == 0 ? 0 : -EFAULT;
        Kfree((KernelLogicalAddress)table); // DK3008
        return result;
    }
}

//// correct vfree_of_vmalloc_memory
internal static class Table
{
    public static KernelResult Check(UserVirtualAddress from)
    {
        KernelVirtualAddress table = Vmalloc(65536);
        if (table.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(table, from, 65536) == 0 ? 0 : -EFAULT;
        Vfree(table);
        return result;
    }
}

//// buggy vfree_of_kmalloc_memory
internal static class Table
{
    public static KernelResult Check(UserVirtualAddress from)
    {
        KernelLogicalAddress table = Kmalloc(4096, GfpFlags.Kernel);
        if (table.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(table, from, 4096) == 0 ? 0 : -EFAULT;
        Vfree(table); // DK3008
        return result;
    }
}

//// correct small_by_kmalloc_and_large_by_vmalloc
// What kvmalloc() does: one condition chooses both functions.
internal static class Table
{
    public static KernelResult Check(UserVirtualAddress from, ulong size)
    {
        if (size > 65536)
            return -EINVAL;
        bool large = size > PageSize;
        KernelVirtualAddress table = large ? Vmalloc(size) : Kmalloc(size, GfpFlags.Kernel);
        if (table.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(table, from, size) == 0 ? 0 : -EFAULT;
        if (large)
            Vfree(table);
        else
            Kfree((KernelLogicalAddress)table);
        return result;
    }
}

//// buggy freed_with_another_order
// scullp: the order of the list's head used for items that have their own.
internal static class Quantum
{
    public static KernelResult Test()
    {
        KernelLogicalAddress block = GetFreePages(GfpFlags.Kernel, 2);
        if (block.IsNull)
            return -ENOMEM;
        Memset(block, 0, PageSize << 2);
        FreePages(block, 0); // DK3008
        return 0;
    }
}

//// correct freed_with_its_order
internal static class Quantum
{
    public static KernelResult Test(ulong size)
    {
        int order = GetOrder(Math.Min(size, 65536));
        KernelLogicalAddress block = GetFreePages(GfpFlags.Kernel, order);
        if (block.IsNull)
            return -ENOMEM;
        Memset(block, 0, (ulong)PageSize << order);
        FreePages(block, order);
        return 0;
    }
}

//// buggy free_page_of_a_larger_block
internal static class Quantum
{
    public static KernelResult Test()
    {
        Page? block = AllocPages(GfpFlags.Kernel, 1);
        if (block is null)
            return -ENOMEM;
        Touch(block);
        FreePage(block); // DK3008
        return 0;
    }

    private static void Touch(Page page) => Printk($"block at {page.Pfn}");
}

//// correct free_page_of_a_block_of_order_0
internal static class Quantum
{
    private const int Order = 0;

    public static KernelResult Test()
    {
        Page? block = AllocPages(GfpFlags.Kernel, Order);
        if (block is null)
            return -ENOMEM;
        Touch(block);
        FreePage(block);
        return 0;
    }

    private static void Touch(Page page) => Printk($"block at {page.Pfn}");
}

//// buggy given_to_another_cache
internal sealed class Pools(KmemCache requests, KmemCache replies)
{
    public KernelResult Handle(uint value)
    {
        KernelLogicalAddress request = KmemCacheAlloc(requests, GfpFlags.Kernel);
        if (request.IsNull)
            return -ENOMEM;
        Store(request, value);
        KmemCacheFree(replies, request); // DK3008
        return 0;
    }
}

//// correct each_given_to_its_cache
internal sealed class Pools(KmemCache requests, KmemCache replies)
{
    public KernelResult Handle(uint value)
    {
        KernelLogicalAddress request = KmemCacheAlloc(requests, GfpFlags.Kernel);
        if (request.IsNull)
            return -ENOMEM;
        KernelLogicalAddress reply = KmemCacheAlloc(replies, GfpFlags.Kernel);
        if (!reply.IsNull)
        {
            Store(reply, value);
            KmemCacheFree(replies, reply);
        }

        KmemCacheFree(requests, request);
        return reply.IsNull ? -ENOMEM : 0;
    }
}

//// buggy helper_frees_by_kfree_what_a_field_holds
internal sealed class History
{
    private KernelVirtualAddress _lines;

    public KernelResult Start()
    {
        _lines = Vmalloc(32768);
        return _lines.IsNull ? -ENOMEM : 0;
    }

    public void Stop() => Drop((KernelLogicalAddress)_lines); // DK3008

    private static void Drop(KernelLogicalAddress memory) => Kfree(memory);
}

//// correct helper_frees_by_vfree_what_a_field_holds
internal sealed class History
{
    private KernelVirtualAddress _lines;

    public KernelResult Start()
    {
        _lines = Vmalloc(32768);
        return _lines.IsNull ? -ENOMEM : 0;
    }

    public void Stop() => Drop(_lines);

    private static void Drop(KernelVirtualAddress memory) => Vfree(memory);
}

//// buggy free_page_of_kmalloc_memory
internal static class Note
{
    public static KernelResult Take(UserVirtualAddress from)
    {
        KernelLogicalAddress text = Kzalloc(PageSize, GfpFlags.Kernel);
        if (text.IsNull)
            return -ENOMEM;
        bool taken = CopyFromUser(text, from, PageSize) == 0;
        FreePage(text); // DK3008
        return taken ? 0 : -EFAULT;
    }
}

//// correct free_page_of_a_page
internal static class Note
{
    public static KernelResult Take(UserVirtualAddress from)
    {
        KernelLogicalAddress text = GetZeroedPage(GfpFlags.Kernel);
        if (text.IsNull)
            return -ENOMEM;
        bool taken = CopyFromUser(text, from, PageSize) == 0;
        FreePage(text);
        return taken ? 0 : -EFAULT;
    }
}

//// buggy vfree_of_a_kmap
internal static class Frame
{
    public static uint First(Page page)
    {
        KernelVirtualAddress mapped = Kmap(page);
        uint word = Load<uint>(mapped);
        Vfree(mapped); // DK3008
        return word;
    }
}

//// correct object_of_a_cache_given_to_kfree
// kfree() finds the cache from the page; old drivers do it, and it works.
internal sealed class Frames(KmemCache cache)
{
    public uint First(uint word)
    {
        KernelLogicalAddress item = KmemCacheAlloc(cache, GfpFlags.Kernel);
        if (item.IsNull)
            return 0;
        Store(item, word);
        Kfree(item);
        return word;
    }
}
