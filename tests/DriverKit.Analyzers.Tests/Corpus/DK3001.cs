// DK3001 Wrong argument to kunmap or kunmap_atomic

//// buggy kunmap_of_the_address_through_a_page_lookup
// smatch check_kunmap: kunmap() takes the page, and the address is what is at hand.
internal static class Scratch
{
    public static void Clear(Page page)
    {
        KernelVirtualAddress mapped = Kmap(page);
        Memset(mapped, 0, PageSize);
        Kunmap(VmallocToPage(mapped)!); // DK3001
    }
}

//// correct kunmap_of_the_page
internal static class Scratch
{
    public static void Clear(Page page)
    {
        KernelVirtualAddress mapped = Kmap(page);
        Memset(mapped, 0, PageSize);
        Kunmap(page);
    }
}

//// buggy kunmap_atomic_of_the_pages_own_address
// highmem.rst: a page of high memory that kmap_atomic() maps has no page_address().
internal static class Scratch
{
    public static void Fill(Page page, byte value)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Memset(mapped, value, PageSize);
        KunmapAtomic(PageAddress(page), KmType.User0); // DK3001
    }
}

//// correct kunmap_atomic_of_the_mapped_address
internal static class Scratch
{
    public static void Fill(Page page, byte value)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Memset(mapped, value, PageSize);
        KunmapAtomic(mapped, KmType.User0);
    }
}

//// buggy kunmap_for_a_page_that_kmap_atomic_mapped
internal static class Scratch
{
    public static uint First(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        uint word = Load<uint>(mapped);
        Kunmap(page); // DK3001
        return word;
    }
}

//// correct kunmap_atomic_for_a_page_that_kmap_atomic_mapped
internal static class Scratch
{
    public static uint First(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        uint word = Load<uint>(mapped);
        KunmapAtomic(mapped, KmType.User0);
        return word;
    }
}

//// buggy kunmap_atomic_for_an_address_that_kmap_made
internal static class Scratch
{
    public static void Copy(Page page, KernelVirtualAddress from)
    {
        KernelVirtualAddress to = Kmap(page);
        Memcpy(to, from, PageSize);
        KunmapAtomic(to, KmType.User0); // DK3001
    }
}

//// correct kmap_and_kmap_atomic_each_with_its_own
internal static class Scratch
{
    public static void Copy(Page to, Page from)
    {
        KernelVirtualAddress target = Kmap(to);
        KernelVirtualAddress source = KmapAtomic(from, KmType.User0);
        Memcpy(target, source, PageSize);
        KunmapAtomic(source, KmType.User0);
        Kunmap(to);
    }
}

//// buggy slot_of_another_type
internal static class Scratch
{
    public static void Clear(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Memset(mapped, 0, PageSize);
        KunmapAtomic(mapped, KmType.User1); // DK3001
    }
}

//// correct slot_in_a_variable
internal static class Scratch
{
    public static void Clear(Page page, bool inSoftirq)
    {
        KmType slot = inSoftirq ? KmType.Softirq0 : KmType.User0;
        KernelVirtualAddress mapped = KmapAtomic(page, slot);
        Memset(mapped, 0, PageSize);
        KunmapAtomic(mapped, slot);
    }
}

//// buggy helper_unmaps_what_kmap_made
internal static class Scratch
{
    private static void Done(KernelVirtualAddress mapped) => KunmapAtomic(mapped, KmType.User0);

    public static void Clear(Page page)
    {
        KernelVirtualAddress mapped = Kmap(page);
        Memset(mapped, 0, PageSize);
        Done(mapped); // DK3001
    }
}

//// correct helper_unmaps_what_kmap_atomic_made
internal static class Scratch
{
    private static void Done(KernelVirtualAddress mapped) => KunmapAtomic(mapped, KmType.User0);

    public static void Clear(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Memset(mapped, 0, PageSize);
        Done(mapped);
    }
}

//// buggy kunmap_atomic_of_memory_from_kmalloc
internal static class Scratch
{
    public static KernelResult Fill(Page page, byte value)
    {
        KernelLogicalAddress pattern = Kmalloc(64, GfpFlags.Kernel);
        if (pattern.IsNull)
            return -ENOMEM;
        Memset(pattern, value, 64);
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Memcpy(mapped, pattern, 64);
        KunmapAtomic(pattern, KmType.User0); // DK3001
        Kfree(pattern);
        return 0;
    }
}

//// correct address_somewhere_in_the_mapped_page
// kunmap_atomic() masks the offset away.
internal static class Scratch
{
    public static void Fill(Page page, ulong offset, byte value)
    {
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0) + offset;
        Store(at, value);
        KunmapAtomic(at, KmType.User0);
    }
}

//// buggy local_function_unmaps_the_pages_address
internal static class Scratch
{
    public static void Mark(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User1);
        Store(mapped, 1u);
        Finish();

        void Finish() => KunmapAtomic(PageAddress(page), KmType.User1); // DK3001
    }
}

//// correct local_function_unmaps_the_captured_address
internal static class Scratch
{
    public static void Mark(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User1);
        Store(mapped, 1u);
        Finish();

        void Finish() => KunmapAtomic(mapped, KmType.User1);
    }
}
