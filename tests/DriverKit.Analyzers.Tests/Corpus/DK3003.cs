// DK3003 Page left mapped by kmap or kmap_atomic

//// buggy kmap_left_on_the_error_path
internal static class Screen
{
    public static KernelResult Write(Page page, UserVirtualAddress from, ulong count)
    {
        if (count > PageSize)
            return -EINVAL;
        KernelVirtualAddress mapped = Kmap(page); // DK3003
        if (CopyFromUser(mapped, from, count) != 0)
            return -EFAULT;
        Kunmap(page);
        return count;
    }
}

//// correct kmap_released_before_the_result_is_looked_at
internal static class Screen
{
    public static KernelResult Write(Page page, UserVirtualAddress from, ulong count)
    {
        if (count > PageSize)
            return -EINVAL;
        KernelVirtualAddress mapped = Kmap(page);
        ulong left = CopyFromUser(mapped, from, count);
        Kunmap(page);
        return left == 0 ? count : -EFAULT;
    }
}

//// buggy kmap_atomic_left_when_nothing_is_found
internal static class Screen
{
    public static bool Find(Page page, uint word)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0); // DK3003
        for (ulong at = 0; at < PageSize; at += sizeof(uint))
        {
            if (Load<uint>(mapped + at) == word)
            {
                KunmapAtomic(mapped, KmType.User0);
                return true;
            }
        }

        return false;
    }
}

//// correct kmap_atomic_released_on_both_ways_out
internal static class Screen
{
    public static bool Find(Page page, uint word)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        for (ulong at = 0; at < PageSize; at += sizeof(uint))
        {
            if (Load<uint>(mapped + at) == word)
            {
                KunmapAtomic(mapped, KmType.User0);
                return true;
            }
        }

        KunmapAtomic(mapped, KmType.User0);
        return false;
    }
}

//// buggy map_wrapper_whose_caller_forgets
internal static class Screen
{
    private static KernelVirtualAddress Begin(Page page) => KmapAtomic(page, KmType.User0);

    private static void End(KernelVirtualAddress mapped) => KunmapAtomic(mapped, KmType.User0);

    public static bool Put(Page page, uint word)
    {
        KernelVirtualAddress mapped = Begin(page); // DK3003
        if (Load<uint>(mapped) == word)
            return false;
        Store(mapped, word);
        End(mapped);
        return true;
    }
}

//// correct map_wrapper_whose_caller_ends
internal static class Screen
{
    private static KernelVirtualAddress Begin(Page page) => KmapAtomic(page, KmType.User0);

    private static void End(KernelVirtualAddress mapped) => KunmapAtomic(mapped, KmType.User0);

    public static bool Put(Page page, uint word)
    {
        KernelVirtualAddress mapped = Begin(page);
        bool changes = Load<uint>(mapped) != word;
        if (changes)
            Store(mapped, word);
        End(mapped);
        return changes;
    }
}

//// buggy continue_skips_the_kunmap
internal static class Screen
{
    public static uint Sum(Page[] pages)
    {
        uint sum = 0;
        foreach (Page page in pages)
        {
            KernelVirtualAddress mapped = Kmap(page); // DK3003
            uint word = Load<uint>(mapped);
            if (word == 0)
                continue;
            sum += word;
            Kunmap(page);
        }

        return sum;
    }
}

//// correct loop_that_unmaps_in_every_round
internal static class Screen
{
    public static uint Sum(Page[] pages)
    {
        uint sum = 0;
        foreach (Page page in pages)
        {
            KernelVirtualAddress mapped = Kmap(page);
            uint word = Load<uint>(mapped);
            Kunmap(page);
            if (word == 0)
                continue;
            sum += word;
        }

        return sum;
    }
}

//// buggy conditional_kmap_with_the_opposite_kunmap
internal static class Screen
{
    public static void Clear(Page page)
    {
        bool high = PageHighMem(page);
        KernelVirtualAddress mapped = high ? Kmap(page) : PageAddress(page); // DK3003
        Memset(mapped, 0, PageSize);
        if (!high)
            Kunmap(page);
    }
}

//// correct conditional_kmap_with_conditional_kunmap
internal static class Screen
{
    public static void Clear(Page page)
    {
        bool high = PageHighMem(page);
        KernelVirtualAddress mapped = high ? Kmap(page) : PageAddress(page);
        Memset(mapped, 0, PageSize);
        if (high)
            Kunmap(page);
    }
}

//// buggy second_map_left_by_the_unwinding
internal static class Screen
{
    public static KernelResult Compare(Page first, Page second, out bool same)
    {
        same = false;
        KernelVirtualAddress left = Kmap(first);
        KernelVirtualAddress right = Kmap(second); // DK3003
        KernelResult result = 0;
        if (Load<uint>(left) == 0)
        {
            result = -EINVAL;
            goto unmapFirst;
        }

        same = Load<uint>(left) == Load<uint>(right);
        Kunmap(second);
    unmapFirst:
        Kunmap(first);
        return result;
    }
}

//// correct both_maps_unwound_by_goto
internal static class Screen
{
    public static KernelResult Compare(Page first, Page second, out bool same)
    {
        same = false;
        KernelVirtualAddress left = Kmap(first);
        KernelVirtualAddress right = Kmap(second);
        KernelResult result = 0;
        if (Load<uint>(left) == 0)
        {
            result = -EINVAL;
            goto unmap;
        }

        same = Load<uint>(left) == Load<uint>(right);
    unmap:
        Kunmap(second);
        Kunmap(first);
        return result;
    }
}

//// buggy never_unmapped
internal static class Screen
{
    public static uint Peek(Page page) => Load<uint>(Kmap(page)); // DK3003
}

//// correct released_by_a_disposable_scope
internal static class Screen
{
    private readonly ref struct Mapped(Page page)
    {
        public KernelVirtualAddress Address { get; } = Kmap(page);

        public void Dispose() => Kunmap(page);
    }

    public static uint Peek(Page page)
    {
        using var mapped = new Mapped(page);
        return Load<uint>(mapped.Address);
    }
}

//// buggy switch_arm_without_kunmap_atomic
internal static class Screen
{
    public static KernelResult Command(Page page, uint command)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0); // DK3003
        switch (command)
        {
            case 1:
                Store(mapped, 0u);
                KunmapAtomic(mapped, KmType.User0);
                return 0;
            case 2:
                Memset(mapped, 0, PageSize);
                KunmapAtomic(mapped, KmType.User0);
                return 0;
            default:
                return -ENOTTY;
        }
    }
}

//// correct kept_for_the_life_of_the_device
internal sealed class Screen
{
    private Page? _page;
    private KernelVirtualAddress _pixels;

    public KernelResult Start()
    {
        _page = AllocPage(GfpFlags.HighUser);
        if (_page is null)
            return -ENOMEM;
        _pixels = Kmap(_page);
        Memset(_pixels, 0, PageSize);
        return 0;
    }

    public void Stop()
    {
        Kunmap(_page!);
        FreePage(_page!);
    }
}

//// correct released_in_finally
internal static class Screen
{
    public static KernelResult Read(Page page, UserVirtualAddress to, ulong count)
    {
        if (count > PageSize)
            return -EINVAL;
        KernelVirtualAddress mapped = Kmap(page);
        try
        {
            if (Load<uint>(mapped) == 0)
                return 0;
            return CopyToUser(to, mapped, count) == 0 ? count : -EFAULT;
        }
        finally
        {
            Kunmap(page);
        }
    }
}
//// buggy one_report_though_the_ioctl_handler_passes_it_on
public sealed class LampModule : KernelModule
{
    private readonly MiscDevice _misc;
    private Page _page = null!;

    public LampModule() => _misc = new() { Name = "lamp", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command == 0 ? Set(argument) : -ENOTTY;

    private KernelResult Set(ulong level)
    {
        KernelVirtualAddress at = KmapAtomic(_page, KmType.User0); // DK3003
        if (level > 10)
            return -EINVAL;
        Store<byte>(at, (byte)level);
        KunmapAtomic(at, KmType.User0);
        return 0;
    }
}
