// DK2002 Address of one kind used as another

//// buggy kernel_address_as_physical
// A remap of a kmalloc'ed buffer as it was written before there was __pa(): the kernel's number as if it were the bus's.
internal sealed class Capture
{
    private readonly KernelLogicalAddress _frame;

    public Capture(KernelLogicalAddress frame) => _frame = frame;

    public Pfn FirstFrame() => new PhysicalAddress(_frame.Value).ToPfn(); // DK2002

    public Pfn LastFrame(ulong length)
    {
        ulong number = _frame.Value;
        number += length;
        return new PhysicalAddress(number).ToPfn(); // DK2002
    }
}

//// correct kernel_address_converted
internal sealed class Capture
{
    private readonly KernelLogicalAddress _frame;

    public Capture(KernelLogicalAddress frame) => _frame = frame;

    public Pfn FirstFrame() => Pa(_frame).ToPfn();

    public Pfn LastFrame(ulong length)
    {
        ulong number = Pa(_frame).Value;
        number += length;
        return new PhysicalAddress(number).ToPfn();
    }
}

//// buggy card_memory_by_virt_to_phys
// The number is a physical address already.
internal static class CaptureCard
{
    private static readonly PhysicalAddress Start = new(0xA0000000);

    public static Pfn FrameAt(ulong offset) => VirtToPhys(new KernelLogicalAddress(Start.Value + offset)).ToPfn(); // DK2002
}

//// correct card_memory_is_physical
internal static class CaptureCard
{
    private static readonly PhysicalAddress Start = new(0xA0000000);

    public static Pfn FrameAt(ulong offset) => (Start + offset).ToPfn();
}

//// buggy bus_address_made_up
internal sealed class Engine
{
    private readonly Action<BusAddress> _program;

    public Engine(Action<BusAddress> program) => _program = program;

    public void Send(KernelLogicalAddress buffer)
    {
        PhysicalAddress physical = Pa(buffer);
        _program(FromNumber(physical.Value)); // DK2002
    }

    private static BusAddress FromNumber(ulong number) => new(number);
}

//// correct bus_address_handed_on
internal sealed class Engine
{
    private readonly Action<BusAddress> _program;

    public Engine(Action<BusAddress> program) => _program = program;

    public void Send(BusAddress buffer, ulong offset) => _program(FromNumber(buffer.Value + offset));

    private static BusAddress FromNumber(ulong number) => new(number);
}

//// buggy user_address_compared_with_kernel_address
internal static class Range
{
    public static bool Overlaps(UserVirtualAddress start, ulong length, KernelVirtualAddress area)
    {
        ulong end = start.Value + length;
        if (end > area.Value) // DK2002
            return true;
        return IsBelow(start.Value, area); // DK2002
    }

    private static bool IsBelow(ulong number, KernelVirtualAddress area) => number < area.Value;
}

//// correct distances_compared
internal static class Range
{
    public static bool IsAtTheSameOffset(UserVirtualAddress start, UserVirtualAddress end, KernelVirtualAddress area, KernelVirtualAddress limit)
    {
        ulong length = end.Value - start.Value;
        if (length > limit.Value - area.Value)
            return false;
        return (start.Value & (PageSize - 1)) == (area.Value & (PageSize - 1));
    }
}

//// buggy offset_between_two_kinds
// The difference of a user and a kernel address is no distance of anything.
internal sealed class Mapping
{
    private ulong _delta;

    public void Remember(UserVirtualAddress user, KernelVirtualAddress kernel) => _delta = kernel.Value - user.Value; // DK2002

    public KernelVirtualAddress Find(UserVirtualAddress user, UserVirtualAddress start, KernelVirtualAddress area) => area + (user - start) + _delta;
}

//// correct offset_within_one_kind
internal sealed class Mapping
{
    private ulong _offset;

    public void Remember(UserVirtualAddress user, UserVirtualAddress start) => _offset = user.Value - start.Value;

    public KernelVirtualAddress Find(KernelVirtualAddress area) => new(area.Value + _offset);
}

//// buggy through_a_lambda_and_a_local_function
internal static class Table
{
    public static void Fill(KernelVirtualAddress table, KernelLogicalAddress[] pages)
    {
        Func<ulong, PhysicalAddress> physical = static number => new PhysicalAddress(number);
        foreach (KernelLogicalAddress page in pages)
            Put(table, physical(page.Value)); // DK2002
        if (pages.Length > 0)
            Put(table, First(pages[0]));

        static PhysicalAddress First(KernelLogicalAddress page)
        {
            var (number, isFree) = (page.Value, false);
            return isFree ? default : new(number); // DK2002
        }
    }

    private static void Put(KernelVirtualAddress table, PhysicalAddress entry) => Store(table, entry.Value | 1);
}

//// correct through_a_lambda_and_a_local_function
internal static class Table
{
    public static void Fill(KernelVirtualAddress table, KernelLogicalAddress[] pages)
    {
        Func<ulong, PhysicalAddress> physical = static number => new PhysicalAddress(number);
        foreach (KernelLogicalAddress page in pages)
            Put(table, physical(Pa(page).Value));
        if (pages.Length > 0)
            Put(table, First(pages[0]));

        static PhysicalAddress First(KernelLogicalAddress page)
        {
            var (number, isFree) = (Pa(page).Value, false);
            return isFree ? default : new(number);
        }
    }

    private static void Put(KernelVirtualAddress table, PhysicalAddress entry) => Store(table, entry.Value | 1);
}

//// buggy pattern_takes_the_number
internal static class Resolve
{
    public static PhysicalAddress Of(KernelLogicalAddress at, bool isPhysical, ulong known) => (isPhysical, at) switch
    {
        (true, _) => new PhysicalAddress(known),
        (_, { Value: var number }) => new PhysicalAddress(number), // DK2002
    };
}

//// correct one_family_of_kernel_addresses
// A logical address is a kernel address, and a frame number is made of an address by a shift.
internal static class Resolve
{
    public static KernelVirtualAddress Of(KernelLogicalAddress at) => new(at.Value);

    public static Pfn FrameOf(KernelLogicalAddress at) => new(Pa(at).Value >> PageShift);

    public static bool IsBefore(KernelLogicalAddress at, KernelVirtualAddress other) => at.Value < other.Value;

    public static KernelVirtualAddress WithOffsetOf(KernelVirtualAddress page, PhysicalAddress at) => new(page.Value + (at.Value & (PageSize - 1)));
}

//// correct both_kinds_told_apart_by_a_flag
internal readonly struct Place
{
    private readonly ulong _number;
    private readonly bool _isPhysical;

    public Place(KernelLogicalAddress at) => (_number, _isPhysical) = (at.Value, false);

    public Place(PhysicalAddress at) => (_number, _isPhysical) = (at.Value, true);

    public PhysicalAddress Physical => _isPhysical ? new(_number) : Pa(new KernelLogicalAddress(_number));
}
