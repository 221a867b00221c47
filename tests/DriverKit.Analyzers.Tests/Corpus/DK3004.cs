// DK3004 kmap_atomic address kept beyond its slot

//// buggy kept_in_a_field_after_the_release
internal sealed class Cursor
{
    private KernelVirtualAddress _at;

    public void Seek(Page page, ulong offset)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Prefetch(mapped + offset);
        _at = mapped + offset; // DK3004
        KunmapAtomic(mapped, KmType.User0);
    }

    public uint Current => Load<uint>(_at);

    private static void Prefetch(KernelVirtualAddress at) => _ = Load<byte>(at);
}

//// correct the_page_and_the_offset_kept_in_fields
internal sealed class Cursor
{
    private Page? _page;
    private ulong _offset;

    public void Seek(Page page, ulong offset)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        _ = Load<byte>(mapped + offset);
        KunmapAtomic(mapped, KmType.User0);
        _page = page;
        _offset = offset;
    }

    public uint Current()
    {
        if (_page is null)
            return 0;
        KernelVirtualAddress mapped = KmapAtomic(_page, KmType.User0);
        uint word = Load<uint>(mapped + _offset);
        KunmapAtomic(mapped, KmType.User0);
        return word;
    }
}

//// buggy returned_after_the_release
internal static class Tables
{
    public static KernelVirtualAddress Find(Page page, uint key)
    {
        KernelVirtualAddress table = KmapAtomic(page, KmType.User0);
        KernelVirtualAddress entry = table;
        while (entry < table + PageSize && Load<uint>(entry) != key)
            entry += 8ul;
        KunmapAtomic(table, KmType.User0);
        return entry; // DK3004
    }
}

//// correct the_offset_returned_after_the_release
internal static class Tables
{
    public static ulong Find(Page page, uint key)
    {
        KernelVirtualAddress table = KmapAtomic(page, KmType.User0);
        KernelVirtualAddress entry = table;
        while (entry < table + PageSize && Load<uint>(entry) != key)
            entry += 8ul;
        ulong offset = entry - table;
        KunmapAtomic(table, KmType.User0);
        return offset;
    }
}

//// buggy captured_by_a_work_function
internal sealed class Flusher
{
    private readonly WorkStruct _work = new();

    public void Queue(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        InitWork(_work, _ => Memset(mapped, 0, PageSize)); // DK3004
        ScheduleWork(_work);
        KunmapAtomic(mapped, KmType.User0);
    }
}

//// correct the_page_captured_by_a_work_function
internal sealed class Flusher
{
    private readonly WorkStruct _work = new();

    public void Queue(Page page)
    {
        InitWork(_work, _ =>
        {
            KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
            Memset(mapped, 0, PageSize);
            KunmapAtomic(mapped, KmType.User0);
        });
        ScheduleWork(_work);
    }
}

//// buggy handed_to_a_timer
internal sealed class Blinker
{
    private readonly TimerList _timer = new();

    public void Start(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Store(mapped, 1u);
        SetupTimer(_timer, Off, mapped); // DK3004
        ModTimer(_timer, 100);
        KunmapAtomic(mapped, KmType.User0);
    }

    public void Stop() => DelTimerSync(_timer);

    private static void Off(object? data)
    {
        if (data is KernelVirtualAddress at)
            Store(at, 0u);
    }
}

//// correct the_page_handed_to_a_timer
internal sealed class Blinker
{
    private readonly TimerList _timer = new();

    public void Start(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Store(mapped, 1u);
        SetupTimer(_timer, Off, page);
        ModTimer(_timer, 100);
        KunmapAtomic(mapped, KmType.User0);
    }

    public void Stop() => DelTimerSync(_timer);

    private static void Off(object? data)
    {
        if (data is not Page page)
            return;
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.Softirq0);
        Store(mapped, 0u);
        KunmapAtomic(mapped, KmType.Softirq0);
    }
}

//// buggy given_out_by_an_out_parameter_after_the_release
internal static class Headers
{
    public static bool TryParse(Page page, out KernelVirtualAddress body)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        uint length = Load<uint>(mapped);
        body = mapped + 4ul; // DK3004
        KunmapAtomic(mapped, KmType.User0);
        return length <= PageSize - 4;
    }
}

//// correct wrapper_gives_out_the_address_while_the_slot_is_held
internal static class Headers
{
    private static KernelVirtualAddress Begin(Page page, out KernelVirtualAddress body)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        body = mapped + 4ul;
        return mapped;
    }

    public static uint Parse(Page page)
    {
        KernelVirtualAddress mapped = Begin(page, out KernelVirtualAddress body);
        uint word = Load<uint>(body);
        KunmapAtomic(mapped, KmType.User0);
        return word;
    }
}

//// buggy helper_stores_it
internal sealed class Cache
{
    private KernelVirtualAddress _last;

    private void Remember(KernelVirtualAddress at) => _last = at;

    public uint Read(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Remember(mapped); // DK3004
        uint word = Load<uint>(mapped);
        KunmapAtomic(mapped, KmType.User0);
        return word;
    }

    public bool IsLast(KernelVirtualAddress at) => _last == at;
}

//// correct field_set_and_cleared_while_the_slot_is_held
internal sealed class Cache
{
    private KernelVirtualAddress _current;

    private uint Word(ulong index) => Load<uint>(_current + index * 4);

    public uint Sum(Page page)
    {
        _current = KmapAtomic(page, KmType.User0);
        uint sum = Word(0) + Word(1);
        KunmapAtomic(_current, KmType.User0);
        _current = default;
        return sum;
    }
}

//// buggy put_in_private_data
internal static class Viewer
{
    public static KernelResult Look(OpenFile filp, Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        bool empty = Load<uint>(mapped) == 0;
        if (!empty)
            filp.PrivateData = mapped; // DK3004
        KunmapAtomic(mapped, KmType.User0);
        return empty ? -ENODATA : 0;
    }
}

//// correct a_map_by_kmap_put_in_private_data
internal static class Viewer
{
    public static KernelResult Look(OpenFile filp, Page page)
    {
        KernelVirtualAddress mapped = Kmap(page);
        if (Load<uint>(mapped) == 0)
        {
            Kunmap(page);
            return -ENODATA;
        }

        filp.PrivateData = mapped;
        return 0;
    }
}

//// correct captured_by_a_lambda_that_is_called_at_once
internal static class Viewer
{
    private static void Each(Action<ulong> action)
    {
        for (ulong i = 0; i < 4; i++)
            action(i);
    }

    public static void Clear(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Each(i => Store(mapped + i * 4, 0u));
        KunmapAtomic(mapped, KmType.User0);
    }
}

//// correct walker_object_that_holds_the_slot
internal sealed class Walker(Page[] pages)
{
    private int _next;

    public KernelVirtualAddress Address { get; private set; }

    public bool Step()
    {
        if (_next == pages.Length)
            return false;
        Address = KmapAtomic(pages[_next++], KmType.User0);
        return true;
    }

    public void Done() => KunmapAtomic(Address, KmType.User0);
}
