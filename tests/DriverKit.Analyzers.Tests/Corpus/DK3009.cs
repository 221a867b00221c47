// DK3009 Memory leaked on a path

//// buggy buffer_left_when_the_copy_fails
// short.c: write() loses its buffer on EFAULT.
internal static class Port
{
    public static KernelResult Write(UserVirtualAddress from, ulong count)
    {
        count = Math.Min(count, 512);
        KernelLogicalAddress buffer = Kmalloc(count, GfpFlags.Kernel); // DK3009
        if (buffer.IsNull)
            return -ENOMEM;
        if (CopyFromUser(buffer, from, count) != 0)
            return -EFAULT;
        for (ulong i = 0; i < count; i++)
            Outb(Load<byte>(buffer + i), 0x378);
        Kfree(buffer);
        return count;
    }
}

//// correct buffer_freed_on_every_path
internal static class Port
{
    public static KernelResult Write(UserVirtualAddress from, ulong count)
    {
        count = Math.Min(count, 512);
        KernelLogicalAddress buffer = Kmalloc(count, GfpFlags.Kernel);
        if (buffer.IsNull)
            return -ENOMEM;
        if (CopyFromUser(buffer, from, count) != 0)
        {
            Kfree(buffer);
            return -EFAULT;
        }

        for (ulong i = 0; i < count; i++)
            Outb(Load<byte>(buffer + i), 0x378);
        Kfree(buffer);
        return count;
    }
}

//// buggy buffer_left_by_the_default_of_a_switch
// silly.c: an unknown minor returns without kfree().
internal static class Hole
{
    public static KernelResult Read(IoAddress io, uint minor, UserVirtualAddress to)
    {
        KernelLogicalAddress buffer = Kzalloc(64, GfpFlags.Kernel); // DK3009
        if (buffer.IsNull)
            return -ENOMEM;
        switch (minor)
        {
            case 0:
                Store(buffer, Readb(io));
                break;
            case 1:
                MemcpyFromio(buffer, io, 64);
                break;
            default:
                return -EINVAL;
        }

        ulong left = CopyToUser(to, buffer, 64);
        Kfree(buffer);
        return left == 0 ? 64 : -EFAULT;
    }
}

//// correct default_of_a_switch_leaves_by_the_common_exit
internal static class Hole
{
    public static KernelResult Read(IoAddress io, uint minor, UserVirtualAddress to)
    {
        KernelLogicalAddress buffer = Kzalloc(64, GfpFlags.Kernel);
        if (buffer.IsNull)
            return -ENOMEM;
        KernelResult result = 64;
        switch (minor)
        {
            case 0:
                Store(buffer, Readb(io));
                break;
            case 1:
                MemcpyFromio(buffer, io, 64);
                break;
            default:
                result = -EINVAL;
                goto free;
        }

        if (CopyToUser(to, buffer, 64) != 0)
            result = -EFAULT;
    free:
        Kfree(buffer);
        return result;
    }
}

//// buggy first_block_left_when_the_second_fails
internal sealed class Twin
{
    private KernelLogicalAddress _left, _right;

    public KernelResult Start()
    {
        KernelLogicalAddress left = GetZeroedPage(GfpFlags.Kernel); // DK3009
        if (left.IsNull)
            return -ENOMEM;
        KernelLogicalAddress right = GetZeroedPage(GfpFlags.Kernel);
        if (right.IsNull)
            return -ENOMEM;
        _left = left;
        _right = right;
        return 0;
    }

    public void Stop()
    {
        FreePage(_right);
        FreePage(_left);
    }
}

//// correct first_block_freed_when_the_second_fails
internal sealed class Twin
{
    private KernelLogicalAddress _left, _right;

    public KernelResult Start()
    {
        KernelLogicalAddress left = GetZeroedPage(GfpFlags.Kernel);
        if (left.IsNull)
            return -ENOMEM;
        KernelLogicalAddress right = GetZeroedPage(GfpFlags.Kernel);
        if (right.IsNull)
        {
            FreePage(left);
            return -ENOMEM;
        }

        _left = left;
        _right = right;
        return 0;
    }

    public void Stop()
    {
        FreePage(_right);
        FreePage(_left);
    }
}

//// buggy allocating_helper_whose_caller_forgets
internal static class Words
{
    private static KernelLogicalAddress Duplicate(UserVirtualAddress from, ulong count)
    {
        KernelLogicalAddress copy = Kmalloc(count, GfpFlags.Kernel);
        if (copy.IsNull)
            return default;
        if (CopyFromUser(copy, from, count) != 0)
        {
            Kfree(copy);
            return default;
        }

        return copy;
    }

    public static KernelResult Sum(UserVirtualAddress from)
    {
        KernelLogicalAddress words = Duplicate(from, 16); // DK3009
        if (words.IsNull)
            return -ENOMEM;
        return Load<ushort>(words) + Load<ushort>(words + 2ul);
    }
}

//// correct allocating_helper_whose_caller_frees
internal static class Words
{
    private static KernelLogicalAddress Duplicate(UserVirtualAddress from, ulong count)
    {
        KernelLogicalAddress copy = Kmalloc(count, GfpFlags.Kernel);
        if (copy.IsNull)
            return default;
        if (CopyFromUser(copy, from, count) != 0)
        {
            Kfree(copy);
            return default;
        }

        return copy;
    }

    public static KernelResult Sum(UserVirtualAddress from)
    {
        KernelLogicalAddress words = Duplicate(from, 16);
        if (words.IsNull)
            return -ENOMEM;
        int sum = Load<ushort>(words) + Load<ushort>(words + 2ul);
        Kfree(words);
        return sum;
    }
}

//// buggy overwritten_by_the_next_round
internal static class Probe
{
    public static KernelResult Best(int tries)
    {
        KernelVirtualAddress best = default;
        for (int i = 0; i < tries; i++)
        {
            best = Vmalloc(4096); // DK3009
            if (best.IsNull)
                return -ENOMEM;
            Store(best, (uint)i);
        }

        Vfree(best);
        return 0;
    }
}

//// correct freed_before_the_next_round
internal static class Probe
{
    public static KernelResult Best(int tries)
    {
        KernelVirtualAddress best = default;
        for (int i = 0; i < tries; i++)
        {
            Vfree(best);
            best = Vmalloc(4096);
            if (best.IsNull)
                return -ENOMEM;
            Store(best, (uint)i);
        }

        Vfree(best);
        return 0;
    }
}

//// buggy registers_left_mapped_when_no_card_answers
internal static class Registers
{
    public static KernelResult Find(PhysicalAddress start, out uint id)
    {
        id = 0;
        IoAddress registers = Ioremap(start, 0x100); // DK3009
        if (registers.IsNull)
            return -ENOMEM;
        id = Readl(registers);
        if (id == 0xffffffff)
            return -ENODEV;
        Iounmap(registers);
        return 0;
    }
}

//// correct registers_unmapped_before_the_answer_is_looked_at
internal static class Registers
{
    public static KernelResult Find(PhysicalAddress start, out uint id)
    {
        id = 0;
        IoAddress registers = Ioremap(start, 0x100);
        if (registers.IsNull)
            return -ENOMEM;
        id = Readl(registers);
        Iounmap(registers);
        return id == 0xffffffff ? -ENODEV : 0;
    }
}

//// buggy page_left_by_the_inverted_condition
internal static class Page0
{
    public static KernelResult Copy(UserVirtualAddress from, bool keep)
    {
        Page? page = AllocPage(GfpFlags.Kernel); // DK3009
        if (page is null)
            return -ENOMEM;
        KernelVirtualAddress mapped = Kmap(page);
        ulong left = CopyFromUser(mapped, from, PageSize);
        Kunmap(page);
        if (left == 0)
            FreePage(page);
        return left == 0 ? 0 : -EFAULT;
    }
}

//// correct freed_by_a_disposable
internal static class Page0
{
    private readonly ref struct Owned(Page page)
    {
        public Page Page { get; } = page;

        public void Dispose() => FreePage(Page);
    }

    public static KernelResult Copy(UserVirtualAddress from)
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        using var owned = new Owned(page);
        KernelVirtualAddress mapped = Kmap(owned.Page);
        ulong left = CopyFromUser(mapped, from, PageSize);
        Kunmap(owned.Page);
        return left == 0 ? 0 : -EFAULT;
    }
}

//// buggy result_dropped_at_once
internal static class Reserve
{
    public static bool HasMemory(ulong size) => !Kmalloc(Math.Min(size, 4096), GfpFlags.Atomic | GfpFlags.NoWarn).IsNull; // DK3009
}

//// correct handed_on_to_a_list_a_field_and_the_caller
internal sealed class Reserve
{
    private readonly List<KernelLogicalAddress> _blocks = [];
    private readonly Dictionary<int, KernelLogicalAddress> _byKey = [];
    private KernelLogicalAddress _last;

    public bool Add()
    {
        KernelLogicalAddress block = Kzalloc(64, GfpFlags.Kernel);
        if (block.IsNull)
            return false;
        _blocks.Add(block);
        return true;
    }

    public bool Put(int key)
    {
        KernelLogicalAddress block = Kzalloc(64, GfpFlags.Kernel);
        if (block.IsNull)
            return false;
        _byKey[key] = block;
        return true;
    }

    public KernelLogicalAddress Take()
    {
        _last = Kzalloc(64, GfpFlags.Kernel);
        return _last;
    }

    public void Stop()
    {
        foreach (KernelLogicalAddress block in _blocks)
            Kfree(block);
        foreach (KernelLogicalAddress block in _byKey.Values)
            Kfree(block);
        _blocks.Clear();
        _byKey.Clear();
    }
}

//// correct kept_in_the_open_file
internal static class Session
{
    public static KernelResult Open(Inode inode, OpenFile filp)
    {
        KernelLogicalAddress state = Kzalloc(32, GfpFlags.Kernel);
        if (state.IsNull)
            return -ENOMEM;
        filp.PrivateData = state;
        return 0;
    }

    public static KernelResult Release(Inode inode, OpenFile filp)
    {
        if (filp.PrivateData is KernelLogicalAddress state)
            Kfree(state);
        filp.PrivateData = null;
        return 0;
    }
}

//// correct linked_into_other_memory
internal sealed class Chain
{
    private KernelLogicalAddress _head, _tail;

    public KernelResult Push(uint value)
    {
        KernelLogicalAddress item = Kmalloc(16, GfpFlags.Kernel);
        if (item.IsNull)
            return -ENOMEM;
        Store(item, value);
        if (_head.IsNull)
            _head = item;
        else
            Store(_tail + 8ul, item.Value);
        _tail = item;
        return 0;
    }
}
