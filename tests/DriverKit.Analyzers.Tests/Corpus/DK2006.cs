// DK2006 Physical address above low memory converted by __va

//// buggy high_page_by_its_frame
internal static class Frame
{
    public static ulong First()
    {
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return 0;
        ulong word = Load<ulong>(Va(PageToPfn(page).ToPhysical())); // DK2006
        FreePage(page);
        return word;
    }
}

//// correct low_page_by_its_frame
internal static class Frame
{
    public static ulong First()
    {
        Page? page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (page is null)
            return 0;
        ulong word = Load<ulong>(Va(PageToPfn(page).ToPhysical()));
        FreePage(page);
        return word;
    }
}

//// buggy memory_of_a_card
// Device memory has no place in the direct map: that is what ioremap is for.
internal static class Card
{
    private static readonly PhysicalAddress Start = new(0xA0000000);

    public static uint Id() => Load<uint>(PhysToVirt(Start)); // DK2006
}

//// correct memory_of_a_card_through_ioremap
internal static class Card
{
    private static readonly PhysicalAddress Start = new(0xA0000000);

    public static uint Id()
    {
        IoAddress registers = Ioremap(Start, PageSize);
        if (registers.IsNull)
            return 0;
        uint id = Readl(registers);
        Iounmap(registers);
        return id;
    }
}

//// correct memory_of_the_isa_hole
// 0xA0000 lies below high memory.
internal static class Card
{
    private static readonly PhysicalAddress Start = new(0xC0000);

    public static bool HasRom() => Load<ushort>(PhysToVirt(Start)) == 0xAA55;
}

//// buggy the_check_is_the_wrong_way_round
internal static class Memory
{
    public static KernelVirtualAddress At(PhysicalAddress address)
    {
        if (address < Pa(HighMemory))
            return default;
        return Va(address); // DK2006
    }
}

//// correct the_check_is_the_right_way_round
internal static class Memory
{
    public static KernelVirtualAddress At(PhysicalAddress address)
    {
        if (address >= Pa(HighMemory))
            return default;
        return Va(address);
    }
}

//// buggy region_that_was_requested
internal static class Region
{
    private const ulong Size = 64 * 1024;

    public static uint Probe(PhysicalAddress start)
    {
        if (RequestMemRegion(start, Size, "region") is null)
            return 0;
        uint id = Load<uint>(Va(start + 0x10ul)); // DK2006
        ReleaseMemRegion(start, Size);
        return id;
    }
}

//// correct region_that_was_requested_and_mapped
internal static class Region
{
    private const ulong Size = 64 * 1024;

    public static uint Probe(PhysicalAddress start)
    {
        if (RequestMemRegion(start, Size, "region") is null)
            return 0;
        uint id = 0;
        IoAddress registers = Ioremap(start, Size);
        if (!registers.IsNull)
        {
            id = Readl(registers + 0x10ul);
            Iounmap(registers);
        }

        ReleaseMemRegion(start, Size);
        return id;
    }
}

//// buggy helper_converts_it
internal static class Bios
{
    public static ushort Signature() => Peek(new PhysicalAddress(0xFFFF0000)); // DK2006

    private static ushort Peek(PhysicalAddress at) => Load<ushort>(PhysToVirt(at));
}

//// correct helper_converts_a_low_one
internal static class Bios
{
    public static ushort Signature() => Peek(new PhysicalAddress(0xF0000));

    private static ushort Peek(PhysicalAddress at) => Load<ushort>(PhysToVirt(at));
}

//// buggy in_a_lambda_through_a_local
internal sealed class Dump
{
    private readonly Func<ulong> _sum = static () =>
    {
        if (AllocPages(GfpFlags.HighUser | GfpFlags.Zero, 1) is not { } block)
            return 0;
        PhysicalAddress at = block.Pfn.ToPhysical() + PageSize;
        ulong sum = Load<ulong>(Va(at)); // DK2006
        FreePages(block, 1);
        return sum;
    };

    public ulong Sum() => _sum();
}

//// correct in_a_lambda_through_a_mapping
internal sealed class Dump
{
    private readonly Func<ulong> _sum = static () =>
    {
        if (AllocPage(GfpFlags.HighUser | GfpFlags.Zero) is not { } block)
            return 0;
        KernelVirtualAddress text = Kmap(block);
        ulong sum = Load<ulong>(text);
        Kunmap(block);
        FreePage(block);
        return sum;
    };

    public ulong Sum() => _sum();
}

//// correct physical_address_of_a_low_buffer
internal static class Echo
{
    public static ulong Same(KernelLogicalAddress buffer) => Load<ulong>(Va(Pa(buffer)));
}
