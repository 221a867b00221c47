// DK1002 Function that may sleep called while holding a kmap_atomic slot

//// buggy lock_taken_under_slot
// The mutex looks harmless; it sleeps when somebody else has it.
internal sealed class FrameStore
{
    private readonly KernelMutex _lock = new("frames");
    private uint _sequence;

    public void Stamp(Page page)
    {
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        MutexLock(_lock); // DK1002
        Store(at, ++_sequence);
        MutexUnlock(_lock);
        KunmapAtomic(at, KmType.User0);
    }
}

//// correct lock_taken_before_slot
internal sealed class FrameStore
{
    private readonly KernelMutex _lock = new("frames");
    private uint _sequence;

    public void Stamp(Page page)
    {
        MutexLock(_lock);
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        Store(at, ++_sequence);
        KunmapAtomic(at, KmType.User0);
        MutexUnlock(_lock);
    }
}

//// buggy waits_two_helpers_deep
internal sealed class Scanner
{
    private const uint Busy = 0x80;
    private readonly IoAddress _registers;

    public Scanner(IoAddress registers) => _registers = registers;

    public void Fetch(Page page)
    {
        KernelVirtualAddress line = KmapAtomic(page, KmType.User1);
        for (ulong at = 0; at < PageSize; at += 4)
            Store(line + at, NextWord()); // DK1002
        KunmapAtomic(line, KmType.User1);
    }

    private uint NextWord()
    {
        Settle();
        return Readl(_registers + 8ul);
    }

    private void Settle()
    {
        while ((Readl(_registers) & Busy) != 0)
            Msleep(1);
    }
}

//// correct polls_two_helpers_deep
// Busy waiting is slow, but nothing is scheduled meanwhile.
internal sealed class Scanner
{
    private const uint Busy = 0x80;
    private readonly IoAddress _registers;

    public Scanner(IoAddress registers) => _registers = registers;

    public void Fetch(Page page)
    {
        KernelVirtualAddress line = KmapAtomic(page, KmType.User1);
        for (ulong at = 0; at < PageSize; at += 4)
            Store(line + at, NextWord());
        KunmapAtomic(line, KmType.User1);
    }

    private uint NextWord()
    {
        Settle();
        return Readl(_registers + 8ul);
    }

    private void Settle()
    {
        while ((Readl(_registers) & Busy) != 0)
            Udelay(1);
    }
}

//// buggy operation_in_a_table_sleeps
internal sealed class CodecOperations
{
    public required Action Reset { get; init; }
}

internal sealed class Codec
{
    private static readonly CodecOperations Operations = new() { Reset = ResetSlowly };

    public static void Clear(Page page)
    {
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        Memset(at, 0, PageSize);
        Operations.Reset(); // DK1002
        KunmapAtomic(at, KmType.User0);
    }

    private static void ResetSlowly() => Ssleep(1);
}

//// correct operation_of_a_table_that_was_handed_in
internal sealed class CodecOperations
{
    public required Action Reset { get; init; }
}

internal sealed class Codec
{
    private readonly CodecOperations _operations;
    private readonly CodecOperations _fallback;

    public Codec(CodecOperations operations)
    {
        _operations = operations;
        _fallback = new() { Reset = ResetSlowly };
    }

    public void Clear(Page page)
    {
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        Memset(at, 0, PageSize);
        _operations.Reset();
        KunmapAtomic(at, KmType.User0);
        _fallback.Reset();
    }

    private static void ResetSlowly() => Ssleep(1);
}

//// buggy operation_of_a_table_of_its_own_sleeps
internal sealed class CodecOperations
{
    public required Action Reset { get; init; }
}

internal sealed class Codec
{
    private readonly CodecOperations _quick = new() { Reset = () => Udelay(1) };
    private readonly CodecOperations _slow = new() { Reset = () => Ssleep(1) };

    public void Clear(Page page)
    {
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        _quick.Reset();
        _slow.Reset(); // DK1002
        KunmapAtomic(at, KmType.User0);
    }
}

//// correct operation_in_a_table_does_not_sleep
internal sealed class CodecOperations
{
    public required Action Reset { get; init; }

    public required Action Settle { get; init; }
}

internal sealed class Codec
{
    private static readonly CodecOperations Operations = new() { Reset = ResetQuickly, Settle = ResetSlowly };

    public static void Clear(Page page)
    {
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        Memset(at, 0, PageSize);
        Operations.Reset();
        KunmapAtomic(at, KmType.User0);
        Operations.Settle();
    }

    private static void ResetQuickly() => Udelay(20);

    private static void ResetSlowly() => Ssleep(1);
}

//// buggy second_slot_still_held
// One of the two has been released, and the next page is mapped the slow way.
internal static class PageCopier
{
    public static void Merge(Page from, Page into, Page last)
    {
        KernelVirtualAddress target = KmapAtomic(into, KmType.User0);
        KernelVirtualAddress source = KmapAtomic(from, KmType.User1);
        Memcpy(target, source, PageSize / 2);
        KunmapAtomic(source, KmType.User1);

        KernelVirtualAddress rest = Kmap(last); // DK1002
        Memcpy(target + (ulong)(PageSize / 2), rest, PageSize / 2);
        Kunmap(last);
        KunmapAtomic(target, KmType.User0);
    }
}

//// correct both_slots_released_first
internal static class PageCopier
{
    public static void Merge(Page from, Page into, Page last)
    {
        KernelVirtualAddress target = KmapAtomic(into, KmType.User0);
        KernelVirtualAddress source = KmapAtomic(from, KmType.User1);
        Memcpy(target, source, PageSize / 2);
        KunmapAtomic(source, KmType.User1);
        KunmapAtomic(target, KmType.User0);

        KernelVirtualAddress rest = Kmap(last);
        target = KmapAtomic(into, KmType.User0);
        Memcpy(target + (ulong)(PageSize / 2), rest, PageSize / 2);
        KunmapAtomic(target, KmType.User0);
        Kunmap(last);
    }
}

//// buggy lambda_and_local_function
internal static class Scrubber
{
    public static void Scrub(Page page, bool slowly)
    {
        Action pause = () => Msleep(10);
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        if (slowly)
            pause(); // DK1002
        Wipe(); // DK1002
        KunmapAtomic(at, KmType.User0);

        void Wipe()
        {
            Memset(at, 0, PageSize);
            CondResched();
        }
    }
}

//// correct lambda_called_when_released
internal static class Scrubber
{
    public static void Scrub(Page page, bool slowly)
    {
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        Action pause = () => Msleep(10);
        Wipe();
        KunmapAtomic(at, KmType.User0);
        if (slowly)
            pause();

        void Wipe()
        {
            Memset(at, 0, PageSize);
            CpuRelax();
        }
    }
}

//// buggy waits_on_the_early_path_only
internal sealed class Mailbox
{
    private readonly WaitQueueHead _wait = new("mailbox");
    private readonly AtomicT _letters = new();

    public KernelResult Take(Page page)
    {
        KernelVirtualAddress box = KmapAtomic(page, KmType.User0);
        uint letter = Load<uint>(box);
        if (letter != 0)
        {
            KunmapAtomic(box, KmType.User0);
            return letter;
        }

        KernelResult result = WaitEventInterruptible(_wait, () => AtomicRead(_letters) > 0); // DK1002
        if (result.IsSuccess)
            result = Load<uint>(box);
        KunmapAtomic(box, KmType.User0);
        return result;
    }
}

//// correct released_on_every_path_before_waiting
internal sealed class Mailbox
{
    private readonly WaitQueueHead _wait = new("mailbox");
    private readonly AtomicT _letters = new();

    public KernelResult Take(Page page)
    {
        uint letter = Peek(page);
        if (letter != 0)
            return letter;

        KernelResult result = WaitEventInterruptible(_wait, () => AtomicRead(_letters) > 0);
        return result.IsError ? result : Peek(page);
    }

    private static uint Peek(Page page)
    {
        KernelVirtualAddress box = KmapAtomic(page, KmType.User0);
        try
        {
            return Load<uint>(box);
        }
        finally
        {
            KunmapAtomic(box, KmType.User0);
        }
    }
}

//// buggy recursion_sleeps_at_the_bottom
internal static class TreeWalker
{
    public static void Show(Page page, int depth)
    {
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        Visit(at, depth); // DK1002
        KunmapAtomic(at, KmType.User0);
    }

    private static void Visit(KernelVirtualAddress node, int depth)
    {
        if (depth > 0)
            Visit(node + 16ul, depth - 1);
        else
            Schedule();
    }
}

//// correct conditional_slot_is_released_under_the_same_condition
internal static class Checksum
{
    public static uint Of(Page page, KernelMutex gate)
    {
        bool high = PageHighMem(page);
        KernelVirtualAddress at = high ? KmapAtomic(page, KmType.User0) : PageAddress(page);
        uint sum = 0;
        for (ulong offset = 0; offset < PageSize; offset += 4)
            sum += Load<uint>(at + offset);
        if (high)
            KunmapAtomic(at, KmType.User0);

        MutexLock(gate);
        sum ^= 1;
        MutexUnlock(gate);
        return sum;
    }
}

//// buggy slot_taken_by_a_callee_that_a_guard_chose
// The helper takes the slot when it says that it has; what follows its yes is under the slot.
internal static class Window
{
    public static KernelResult Show(Page page, KernelSemaphore gate)
    {
        if (!Open(page, out KernelVirtualAddress at))
            return -EIO;
        Down(gate); // DK1002
        Memset(at, 1, 16);
        Up(gate);
        KunmapAtomic(at, KmType.User0);
        return 0;
    }

    private static bool Open(Page page, out KernelVirtualAddress at)
    {
        at = default;
        if (PageReserved(page))
            return false;
        at = KmapAtomic(page, KmType.User0);
        return true;
    }
}

//// correct no_slot_after_the_refusal
internal static class Window
{
    public static KernelResult Show(Page page, KernelSemaphore gate)
    {
        Down(gate);
        if (!Open(page, out KernelVirtualAddress at))
        {
            Up(gate);
            Msleep(1);
            return -EIO;
        }

        Memset(at, 1, 16);
        KunmapAtomic(at, KmType.User0);
        Up(gate);
        return 0;
    }

    private static bool Open(Page page, out KernelVirtualAddress at)
    {
        at = default;
        if (PageReserved(page))
            return false;
        at = KmapAtomic(page, KmType.User0);
        return true;
    }
}

//// correct goto_unwinding_and_retry
internal sealed class Drain
{
    private readonly IoAddress _fifo;

    public Drain(IoAddress fifo) => _fifo = fifo;

    public KernelResult Into(Page page)
    {
        int tries = 0;
    again:
        KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
        uint word = Readl(_fifo);
        if (word == 0)
            goto empty;
        Store(at, word);
        KunmapAtomic(at, KmType.User0);
        return 4;

    empty:
        KunmapAtomic(at, KmType.User0);
        if (++tries > 10)
            return -EIO;
        Msleep(1);
        goto again;
    }
}
