// DK3007 Memory released twice

//// buggy freed_on_the_error_path_and_at_the_end
internal static class Loader
{
    public static KernelResult Load(UserVirtualAddress from)
    {
        KernelResult result = 0;
        KernelLogicalAddress buffer = Kmalloc(512, GfpFlags.Kernel);
        if (buffer.IsNull)
            return -ENOMEM;
        if (CopyFromUser(buffer, from, 512) != 0)
        {
            Kfree(buffer);
            result = -EFAULT;
            goto done;
        }

        result = Load<uint>(buffer);
    done:
        Kfree(buffer); // DK3007
        return result;
    }
}

//// correct freed_at_the_end_only
internal static class Loader
{
    public static KernelResult Load(UserVirtualAddress from)
    {
        KernelResult result = 0;
        KernelLogicalAddress buffer = Kmalloc(512, GfpFlags.Kernel);
        if (buffer.IsNull)
            return -ENOMEM;
        if (CopyFromUser(buffer, from, 512) != 0)
        {
            result = -EFAULT;
            goto done;
        }

        result = Load<uint>(buffer);
    done:
        Kfree(buffer);
        return result;
    }
}

//// buggy field_freed_by_the_helper_and_again
internal sealed class Store
{
    private KernelVirtualAddress _data;

    private void Reset(ulong size)
    {
        Vfree(_data);
        if (size == 0)
            return;
        _data = Vmalloc(size);
    }

    public void Clear()
    {
        Reset(0);
        Vfree(_data); // DK3007
        _data = default;
    }
}

//// correct field_cleared_by_the_helper
internal sealed class Store
{
    private KernelVirtualAddress _data;

    private void Reset()
    {
        Vfree(_data);
        _data = default;
    }

    public void Clear()
    {
        Reset();
        Vfree(_data);
    }
}

//// buggy freed_in_the_catch_of_every_path_by_finally
internal static class Parser
{
    public static KernelResult Parse(UserVirtualAddress from)
    {
        KernelLogicalAddress buffer = Kmalloc(64, GfpFlags.Kernel);
        if (buffer.IsNull)
            return -ENOMEM;
        try
        {
            if (CopyFromUser(buffer, from, 64) == 0)
                return Load<uint>(buffer);
            Kfree(buffer);
            return -EFAULT;
        }
        finally
        {
            Kfree(buffer); // DK3007
        }
    }
}

//// correct freed_in_finally
internal static class Parser
{
    public static KernelResult Parse(UserVirtualAddress from)
    {
        KernelLogicalAddress buffer = Kmalloc(64, GfpFlags.Kernel);
        if (buffer.IsNull)
            return -ENOMEM;
        try
        {
            return CopyFromUser(buffer, from, 64) == 0 ? Load<int>(buffer) : -EFAULT;
        }
        finally
        {
            Kfree(buffer);
        }
    }
}

//// buggy block_freed_by_page_and_by_address
internal static class Blocks
{
    public static KernelResult Try()
    {
        KernelLogicalAddress block = GetFreePages(GfpFlags.Kernel, 2);
        if (block.IsNull)
            return -ENOMEM;
        Memset(block, 0, 4 * PageSize);
        Page page = VirtToPage(block);
        FreePages(page, 2);
        FreePages(block, 2); // DK3007
        return 0;
    }
}

//// correct block_freed_by_its_page
internal static class Blocks
{
    public static KernelResult Try()
    {
        KernelLogicalAddress block = GetFreePages(GfpFlags.Kernel, 2);
        if (block.IsNull)
            return -ENOMEM;
        Memset(block, 0, 4 * PageSize);
        Page page = VirtToPage(block);
        FreePages(page, 2);
        return 0;
    }
}

//// buggy alias_freed_too
internal static class Pair
{
    public static KernelResult Fill(bool shared)
    {
        KernelLogicalAddress first = Kzalloc(64, GfpFlags.Kernel);
        if (first.IsNull)
            return -ENOMEM;
        KernelLogicalAddress second = shared ? first : Kzalloc(64, GfpFlags.Kernel);
        Kfree(first);
        Kfree(second); // DK3007
        return 0;
    }
}

//// correct alias_freed_only_when_it_is_none
internal static class Pair
{
    public static KernelResult Fill(bool shared)
    {
        KernelLogicalAddress first = Kzalloc(64, GfpFlags.Kernel);
        if (first.IsNull)
            return -ENOMEM;
        KernelLogicalAddress second = shared ? first : Kzalloc(64, GfpFlags.Kernel);
        Kfree(first);
        if (!shared)
            Kfree(second);
        return 0;
    }
}

//// buggy unmapped_twice
internal static class Card
{
    public static KernelResult Reset(PhysicalAddress start)
    {
        IoAddress registers = Ioremap(start, 0x20);
        if (registers.IsNull)
            return -ENOMEM;
        Writel(1, registers);
        Stop(registers);
        Iounmap(registers); // DK3007
        return 0;
    }

    private static void Stop(IoAddress registers)
    {
        Writel(0, registers);
        Iounmap(registers);
    }
}

//// correct unmapped_by_the_helper
internal static class Card
{
    public static KernelResult Reset(PhysicalAddress start)
    {
        IoAddress registers = Ioremap(start, 0x20);
        if (registers.IsNull)
            return -ENOMEM;
        Writel(1, registers);
        Stop(registers);
        return 0;
    }

    private static void Stop(IoAddress registers)
    {
        Writel(0, registers);
        Iounmap(registers);
    }
}

//// buggy cache_object_freed_again_by_the_loop
internal sealed class Pool(KmemCache cache)
{
    public int Warm(int rounds)
    {
        int done = 0;
        KernelLogicalAddress item = KmemCacheAlloc(cache, GfpFlags.Kernel);
        if (item.IsNull)
            return 0;
        do
        {
            KmemCacheFree(cache, item); // DK3007
            done++;
        }
        while (done < rounds);
        return done;
    }
}

//// correct cache_object_of_each_round_freed
internal sealed class Pool(KmemCache cache)
{
    public int Warm(int rounds)
    {
        int done = 0;
        for (int i = 0; i < rounds; i++)
        {
            KernelLogicalAddress item = KmemCacheAlloc(cache, GfpFlags.Kernel);
            if (item.IsNull)
                break;
            KmemCacheFree(cache, item);
            done++;
        }

        return done;
    }
}

//// buggy kunmap_twice_for_one_kmap
internal static class Frame
{
    public static uint First(Page page)
    {
        KernelVirtualAddress mapped = Kmap(page);
        uint word = Load<uint>(mapped);
        Kunmap(page);
        if (word == 0)
            Kunmap(page); // DK3007
        return word;
    }
}

//// correct kunmap_once_for_each_kmap
internal static class Frame
{
    public static uint First(Page page)
    {
        KernelVirtualAddress first = Kmap(page);
        KernelVirtualAddress second = Kmap(page);
        uint word = Load<uint>(first) + Load<uint>(second);
        Kunmap(page);
        Kunmap(page);
        return word;
    }
}

//// correct kfree_of_null
internal static class Optional
{
    public static KernelResult Copy(UserVirtualAddress from, ulong count)
    {
        KernelLogicalAddress copy = default;
        KernelResult result = 0;
        if (count is > 0 and <= 64)
        {
            copy = Kmalloc(count, GfpFlags.Kernel);
            if (copy.IsNull)
                return -ENOMEM;
            result = CopyFromUser(copy, from, count) == 0 ? count : -EFAULT;
            Kfree(copy);
            copy = default;
        }

        Kfree(copy);
        return result;
    }
}
