// DK3006 Memory used after its release

//// buggy kfree_before_the_last_use
internal static class Message
{
    public static KernelResult Send(UserVirtualAddress from, ulong count)
    {
        count = Math.Min(count, 256);
        KernelLogicalAddress text = Kzalloc(256, GfpFlags.Kernel);
        if (text.IsNull)
            return -ENOMEM;
        ulong left = CopyFromUser(text, from, count);
        Kfree(text);
        if (left != 0)
            return -EFAULT;
        return Load<byte>(text) == 0 ? -EINVAL : count; // DK3006
    }
}

//// correct kfree_after_the_last_use
internal static class Message
{
    public static KernelResult Send(UserVirtualAddress from, ulong count)
    {
        count = Math.Min(count, 256);
        KernelLogicalAddress text = Kzalloc(256, GfpFlags.Kernel);
        if (text.IsNull)
            return -ENOMEM;
        ulong left = CopyFromUser(text, from, count);
        byte first = Load<byte>(text);
        Kfree(text);
        if (left != 0)
            return -EFAULT;
        return first == 0 ? -EINVAL : count;
    }
}

//// buggy next_read_from_the_freed_item
// scull_trim() with the two lines of its loop exchanged.
internal static class List
{
    public static void Trim(KernelLogicalAddress head)
    {
        KernelLogicalAddress item = head;
        while (!item.IsNull)
        {
            Kfree(item);
            item = new(Load<uint>(item)); // DK3006
        }
    }
}

//// correct next_read_before_the_item_is_freed
internal static class List
{
    public static void Trim(KernelLogicalAddress head)
    {
        KernelLogicalAddress item = head;
        while (!item.IsNull)
        {
            KernelLogicalAddress next = new(Load<uint>(item));
            Kfree(item);
            item = next;
        }
    }
}

//// buggy touched_after_kunmap
internal static class Frame
{
    public static uint Stamp(Page page, uint stamp)
    {
        KernelVirtualAddress mapped = Kmap(page);
        uint before = Load<uint>(mapped);
        Kunmap(page);
        Store(mapped, stamp); // DK3006
        return before;
    }
}

//// correct touched_before_kunmap
internal static class Frame
{
    public static uint Stamp(Page page, uint stamp)
    {
        KernelVirtualAddress mapped = Kmap(page);
        uint before = Load<uint>(mapped);
        Store(mapped, stamp);
        Kunmap(page);
        return before;
    }
}

//// buggy register_read_after_iounmap
internal static class Registers
{
    public static KernelResult Probe(PhysicalAddress start)
    {
        IoAddress registers = Ioremap(start, 0x100);
        if (registers.IsNull)
            return -ENOMEM;
        Writel(1, registers + 4ul);
        Iounmap(registers);
        return Readl(registers) == 0xffffffff ? -ENODEV : 0; // DK3006
    }
}

//// correct register_read_before_iounmap
internal static class Registers
{
    public static KernelResult Probe(PhysicalAddress start)
    {
        IoAddress registers = Ioremap(start, 0x100);
        if (registers.IsNull)
            return -ENOMEM;
        Writel(1, registers + 4ul);
        uint id = Readl(registers);
        Iounmap(registers);
        return id == 0xffffffff ? -ENODEV : 0;
    }
}

//// buggy helper_frees_and_the_caller_goes_on
internal sealed class Ring
{
    private KernelVirtualAddress _data;

    private static void Drop(KernelVirtualAddress memory, string why)
    {
        Printk($"dropped: {why}");
        Vfree(memory);
    }

    public KernelResult Resize(ulong size)
    {
        if (size > 65536)
            return -EINVAL;
        KernelVirtualAddress larger = Vmalloc(size);
        if (larger.IsNull)
            return -ENOMEM;
        Memset(larger, 0, size);
        KernelVirtualAddress old = _data;
        _data = larger;
        if (old.IsNull)
            return 0;
        Drop(old, "resized");
        Memcpy(larger, old, Math.Min(size, 4096)); // DK3006
        return 0;
    }
}

//// correct helper_frees_last
internal sealed class Ring
{
    private KernelVirtualAddress _data;

    private static void Drop(KernelVirtualAddress memory, string why)
    {
        Printk($"dropped: {why}");
        Vfree(memory);
    }

    public KernelResult Resize(ulong size)
    {
        if (size > 65536)
            return -EINVAL;
        KernelVirtualAddress larger = Vmalloc(size);
        if (larger.IsNull)
            return -ENOMEM;
        Memset(larger, 0, size);
        KernelVirtualAddress old = _data;
        _data = larger;
        if (old.IsNull)
            return 0;
        Memcpy(larger, old, Math.Min(size, 4096));
        Drop(old, "resized");
        return 0;
    }
}

//// buggy page_mapped_after_it_was_freed
internal static class Canvas
{
    public static KernelResult Draw(bool keep)
    {
        Page? page = AllocPage(GfpFlags.HighUser);
        if (page is null)
            return -ENOMEM;
        if (!keep)
            FreePage(page);
        KernelVirtualAddress mapped = Kmap(page); // DK3006
        Memset(mapped, 0xff, PageSize);
        Kunmap(page);
        if (keep)
            FreePage(page);
        return 0;
    }
}

//// correct page_freed_under_one_of_two_conditions
internal static class Canvas
{
    public static KernelResult Draw(bool keep)
    {
        Page? page = AllocPage(GfpFlags.HighUser);
        if (page is null)
            return -ENOMEM;
        if (!keep)
        {
            FreePage(page);
            return 0;
        }

        KernelVirtualAddress mapped = Kmap(page);
        Memset(mapped, 0xff, PageSize);
        Kunmap(page);
        FreePage(page);
        return 0;
    }
}

//// buggy freed_field_used_in_the_same_operation
internal sealed class Buffer
{
    private KernelLogicalAddress _text;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Release = Release };

    public bool Start()
    {
        _text = Kzalloc(128, GfpFlags.Kernel);
        return !_text.IsNull;
    }

    private KernelResult Release(Inode inode, OpenFile filp)
    {
        Kfree(_text);
        if (Load<byte>(_text) != 0) // DK3006
            Printk("buffer: closed with text");
        _text = default;
        return 0;
    }
}

//// correct freed_field_filled_anew
internal sealed class Buffer
{
    private KernelLogicalAddress _text;

    public bool Renew()
    {
        Kfree(_text);
        _text = Kzalloc(128, GfpFlags.Kernel);
        if (_text.IsNull)
            return false;
        Store(_text, (byte)1);
        return true;
    }

    public void Stop() => Kfree(_text);
}

//// buggy object_of_a_cache_used_by_a_local_function
internal sealed class Pool(KmemCache cache)
{
    public uint Recycle(uint value)
    {
        KernelLogicalAddress item = KmemCacheAlloc(cache, GfpFlags.Kernel);
        if (item.IsNull)
            return 0;
        Store(item, value);
        KmemCacheFree(cache, item);
        return Peek(); // DK3006

        uint Peek() => Load<uint>(item);
    }
}

//// correct object_of_a_cache_looked_at_by_a_local_function_first
internal sealed class Pool(KmemCache cache)
{
    public uint Recycle(uint value)
    {
        KernelLogicalAddress item = KmemCacheAlloc(cache, GfpFlags.Kernel);
        if (item.IsNull)
            return 0;
        Store(item, value);
        uint seen = Peek();
        KmemCacheFree(cache, item);
        return seen;

        uint Peek() => Load<uint>(item);
    }
}

//// buggy queue_used_after_its_destruction
internal static class Jobs
{
    public static KernelResult RunOnce(WorkStruct work)
    {
        WorkqueueStruct? queue = CreateWorkqueue("once");
        if (queue is null)
            return -ENOMEM;
        QueueWork(queue, work);
        DestroyWorkqueue(queue);
        FlushWorkqueue(queue); // DK3006
        return 0;
    }
}

//// correct queue_destroyed_last
internal static class Jobs
{
    public static KernelResult RunOnce(WorkStruct work)
    {
        WorkqueueStruct? queue = CreateWorkqueue("once");
        if (queue is null)
            return -ENOMEM;
        QueueWork(queue, work);
        FlushWorkqueue(queue);
        DestroyWorkqueue(queue);
        return 0;
    }
}

//// correct the_number_of_a_freed_address_compared_and_printed
internal static class Trace
{
    public static bool Drop(KernelLogicalAddress memory, KernelLogicalAddress last)
    {
        Kfree(memory);
        Printk($"freed {memory}");
        return memory == last;
    }
}
