// DK3002 kmap_atomic slots released out of order or taken twice

//// buggy outer_map_released_first
// copy_highpage() written the wrong way round.
internal static class Copier
{
    public static void Copy(Page to, Page from)
    {
        KernelVirtualAddress source = KmapAtomic(from, KmType.User0);
        KernelVirtualAddress target = KmapAtomic(to, KmType.User1);
        Memcpy(target, source, PageSize);
        KunmapAtomic(source, KmType.User0); // DK3002
        KunmapAtomic(target, KmType.User1);
    }
}

//// correct inner_map_released_first
internal static class Copier
{
    public static void Copy(Page to, Page from)
    {
        KernelVirtualAddress source = KmapAtomic(from, KmType.User0);
        KernelVirtualAddress target = KmapAtomic(to, KmType.User1);
        Memcpy(target, source, PageSize);
        KunmapAtomic(target, KmType.User1);
        KunmapAtomic(source, KmType.User0);
    }
}

//// buggy one_slot_taken_twice
// CONFIG_DEBUG_HIGHMEM: the slot is busy; without it the first map is silently another page's.
internal static class Copier
{
    public static void Copy(Page to, Page from)
    {
        KernelVirtualAddress source = KmapAtomic(from, KmType.User0);
        KernelVirtualAddress target = KmapAtomic(to, KmType.User0); // DK3002
        Memcpy(target, source, PageSize);
        KunmapAtomic(target, KmType.User0);
        KunmapAtomic(source, KmType.User0);
    }
}

//// correct one_slot_after_the_other
internal static class Copier
{
    public static void Swap(Page first, Page second)
    {
        KernelVirtualAddress mapped = KmapAtomic(first, KmType.User0);
        uint word = Load<uint>(mapped);
        KunmapAtomic(mapped, KmType.User0);
        mapped = KmapAtomic(second, KmType.User0);
        Store(mapped, word);
        KunmapAtomic(mapped, KmType.User0);
    }
}

//// buggy helper_takes_the_slot_that_is_held
internal static class Copier
{
    private static void Clear(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Memset(mapped, 0, PageSize);
        KunmapAtomic(mapped, KmType.User0);
    }

    public static void Move(Page to, Page from)
    {
        KernelVirtualAddress target = KmapAtomic(to, KmType.User0);
        Store(target, 1u);
        Clear(from); // DK3002
        KunmapAtomic(target, KmType.User0);
    }
}

//// correct helper_takes_another_slot
internal static class Copier
{
    private static void Clear(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User1);
        Memset(mapped, 0, PageSize);
        KunmapAtomic(mapped, KmType.User1);
    }

    public static void Move(Page to, Page from)
    {
        KernelVirtualAddress target = KmapAtomic(to, KmType.User0);
        Store(target, 1u);
        Clear(from);
        KunmapAtomic(target, KmType.User0);
    }
}

//// buggy helper_taking_the_slot_as_argument_gets_the_held_one
internal static class Copier
{
    private static void Clear(Page page, KmType slot)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, slot);
        Memset(mapped, 0, PageSize);
        KunmapAtomic(mapped, slot);
    }

    public static void Move(Page to, Page from)
    {
        KernelVirtualAddress target = KmapAtomic(to, KmType.User0);
        Store(target, 1u);
        Clear(from, KmType.User0); // DK3002
        KunmapAtomic(target, KmType.User0);
    }
}

//// correct helper_taking_the_slot_as_argument_gets_a_free_one
internal static class Copier
{
    private static void Clear(Page page, KmType slot)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, slot);
        Memset(mapped, 0, PageSize);
        KunmapAtomic(mapped, slot);
    }

    public static void Move(Page to, Page from)
    {
        KernelVirtualAddress target = KmapAtomic(to, KmType.User0);
        Store(target, 1u);
        Clear(from, KmType.User1);
        KunmapAtomic(target, KmType.User0);
    }
}

//// buggy released_out_of_order_on_the_early_way_out
internal static class Copier
{
    public static bool CopyIfMarked(Page to, Page from)
    {
        KernelVirtualAddress source = KmapAtomic(from, KmType.User0);
        KernelVirtualAddress target = KmapAtomic(to, KmType.User1);
        if (Load<uint>(source) == 0)
        {
            KunmapAtomic(source, KmType.User0); // DK3002
            KunmapAtomic(target, KmType.User1);
            return false;
        }

        Memcpy(target, source, PageSize);
        KunmapAtomic(target, KmType.User1);
        KunmapAtomic(source, KmType.User0);
        return true;
    }
}

//// correct released_in_order_by_finally
internal static class Copier
{
    public static bool CopyIfMarked(Page to, Page from)
    {
        KernelVirtualAddress source = KmapAtomic(from, KmType.User0);
        try
        {
            KernelVirtualAddress target = KmapAtomic(to, KmType.User1);
            try
            {
                if (Load<uint>(source) == 0)
                    return false;
                Memcpy(target, source, PageSize);
                return true;
            }
            finally
            {
                KunmapAtomic(target, KmType.User1);
            }
        }
        finally
        {
            KunmapAtomic(source, KmType.User0);
        }
    }
}

//// buggy lambda_takes_the_slot_that_its_caller_holds
internal static class Copier
{
    private static void With(Page page, Action<KernelVirtualAddress> action)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        action(mapped);
        KunmapAtomic(mapped, KmType.User0);
    }

    public static void Copy(Page to, Page from) =>
        With(from, source =>
        {
            KernelVirtualAddress target = KmapAtomic(to, KmType.User1);
            Memcpy(target, source, PageSize);
            KunmapAtomic(target, KmType.User1);
        });

    public static void CopyAgain(Page to, Page from)
    {
        KernelVirtualAddress source = KmapAtomic(from, KmType.User0);
        With(to, target => Memcpy(target, source, PageSize)); // DK3002
        KunmapAtomic(source, KmType.User0);
    }
}

//// correct lambda_takes_another_slot
internal static class Copier
{
    private static void With(Page page, Action<KernelVirtualAddress> action)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        action(mapped);
        KunmapAtomic(mapped, KmType.User0);
    }

    public static void Copy(Page to, Page from) =>
        With(from, source =>
        {
            KernelVirtualAddress target = KmapAtomic(to, KmType.User1);
            Memcpy(target, source, PageSize);
            KunmapAtomic(target, KmType.User1);
        });
}

//// buggy second_slot_conditional_and_released_last
internal static class Copier
{
    public static void Fill(Page page, Page? pattern)
    {
        KernelVirtualAddress target = KmapAtomic(page, KmType.User0);
        KernelVirtualAddress source = default;
        if (pattern is not null)
        {
            source = KmapAtomic(pattern, KmType.User1);
            Memcpy(target, source, PageSize);
        }

        KunmapAtomic(target, KmType.User0); // DK3002
        if (pattern is not null)
            KunmapAtomic(source, KmType.User1);
    }
}

//// correct second_slot_conditional_and_released_first
internal static class Copier
{
    public static void Fill(Page page, Page? pattern)
    {
        KernelVirtualAddress target = KmapAtomic(page, KmType.User0);
        KernelVirtualAddress source = default;
        if (pattern is not null)
        {
            source = KmapAtomic(pattern, KmType.User1);
            Memcpy(target, source, PageSize);
        }

        if (pattern is not null)
            KunmapAtomic(source, KmType.User1);
        KunmapAtomic(target, KmType.User0);
    }
}
