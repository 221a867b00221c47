// DK4002 Range check of a mapping that can wrap

//// buggy sum_of_offset_and_length_in_bytes
// fb_mmap before fc9bbca8f650.
static class FbMmap
{
    private const ulong Size = 0x100000;
    private static readonly PhysicalAddress Pixels = new(0xfe000000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        if (offset + vma.Length > Size) // DK4002
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, (Pixels + offset).ToPfn(), vma.Length, vma.VmPageProt);
    }
}

//// correct difference_in_bytes
// fb_mmap before fc9bbca8f650.
static class FbMmap
{
    private const ulong Size = 0x100000;
    private static readonly PhysicalAddress Pixels = new(0xfe000000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        if (offset > Size || vma.Length > Size - offset)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, (Pixels + offset).ToPfn(), vma.Length, vma.VmPageProt);
    }
}

//// buggy sum_written_in_place
// cpia2, CVE-2019-18675. Offset and length in pages are both below 2^52: their sum cannot wrap.
static class Cpia2
{
    private const ulong Pages = 0x40;
    private static readonly Pfn First = new(0xfd000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if ((vma.VmPgoff << PageShift) + vma.Length > Pages << PageShift) // DK4002
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, First + vma.VmPgoff, vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }
}

//// correct sum_of_pages
// cpia2, CVE-2019-18675. Offset and length in pages are both below 2^52: their sum cannot wrap.
static class Cpia2
{
    private const ulong Pages = 0x40;
    private static readonly Pfn First = new(0xfd000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff + (vma.Length >> PageShift) > Pages)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, First + vma.VmPgoff, vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }
}

//// buggy length_bounded_but_not_the_offset
// gbefb, 04f8afbec37f. Once the offset is below the size, and the length a process's, the sum is far from 2^64.
sealed class GbefbModule : KernelModule
{
    private const ulong Size = 0x800000;
    private static readonly PhysicalAddress Memory = new(0xfd000000);
    private readonly MiscDevice _misc;

    public GbefbModule() => _misc = new() { Name = "gbefb", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong size = vma.VmEnd - vma.VmStart;
        ulong offset = vma.VmPgoff << PageShift;
        if (size > Size)
            return -EINVAL;
        if (offset + size > Size) // DK4002
            return -EINVAL;
        vma.VmPageProt = PgprotWritecombine(vma.VmPageProt);
        return IoRemapPfnRange(vma, vma.VmStart, (Memory + offset).ToPfn(), size, vma.VmPageProt);
    }
}

//// correct offset_bounded_first
// gbefb, 04f8afbec37f. Once the offset is below the size, and the length a process's, the sum is far from 2^64.
sealed class GbefbModule : KernelModule
{
    private const ulong Size = 0x800000;
    private static readonly PhysicalAddress Memory = new(0xfd000000);
    private readonly MiscDevice _misc;

    public GbefbModule() => _misc = new() { Name = "gbefb", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong size = vma.VmEnd - vma.VmStart;
        ulong offset = vma.VmPgoff << PageShift;
        if (offset > Size)
            return -EINVAL;
        if (offset + size > Size)
            return -EINVAL;
        vma.VmPageProt = PgprotWritecombine(vma.VmPageProt);
        return IoRemapPfnRange(vma, vma.VmStart, (Memory + offset).ToPfn(), size, vma.VmPageProt);
    }
}

//// buggy helper_adds
static class Helper
{
    private const ulong Size = 0x20000;
    private static readonly PhysicalAddress Start = new(0xfe400000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff * PageSize;
        if (!Fits(vma, offset)) // DK4002
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, (Start + offset).ToPfn(), vma.Length, vma.VmPageProt);
    }

    private static bool Fits(VmAreaStruct area, ulong offset) => offset + area.Length <= Size;
}

//// correct helper_subtracts
static class Helper
{
    private const ulong Size = 0x20000;
    private static readonly PhysicalAddress Start = new(0xfe400000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff * PageSize;
        if (!Fits(vma, offset))
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, (Start + offset).ToPfn(), vma.Length, vma.VmPageProt);
    }

    private static bool Fits(VmAreaStruct area, ulong offset) => offset <= Size && area.Length <= Size - offset;
}

//// buggy sum_kept_in_a_local
static class Local
{
    private const ulong Size = 0x20000;
    private static readonly PhysicalAddress Start = new(0xfe400000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        ulong end = offset + vma.Length;
        if (end > Size) // DK4002
            return -EINVAL;

        return RemapPfnRange(vma, vma.VmStart, (Start + offset).ToPfn(), vma.Length, vma.VmPageProt);
    }
}

//// correct sum_that_is_only_printed
static class Local
{
    private const ulong Size = 0x20000;
    private static readonly PhysicalAddress Start = new(0xfe400000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        ulong end = offset + vma.Length;
        if (offset > Size || vma.Length > Size - offset)
        {
            Printk(LogLevel.Notice, $"asked for bytes up to {end:x}");
            return -EINVAL;
        }

        return RemapPfnRange(vma, vma.VmStart, (Start + offset).ToPfn(), vma.Length, vma.VmPageProt);
    }
}

//// buggy sum_in_32_bits
// As written for i386, where unsigned long has 32 bits.
static class ThirtyTwo
{
    private const uint Size = 0x20000;
    private static readonly PhysicalAddress Start = new(0xfe400000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        uint offset = (uint)(vma.VmPgoff << PageShift);
        uint size = (uint)vma.Length;
        if (offset + size > Size) // DK4002
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, (Start + offset).ToPfn(), size, vma.VmPageProt);
    }
}

//// correct pages_counted_in_64_bits
// As written for i386, where unsigned long has 32 bits.
static class ThirtyTwo
{
    private const uint Size = 0x20000;
    private static readonly PhysicalAddress Start = new(0xfe400000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong first = vma.VmPgoff, pages = vma.Length >> PageShift;
        if (first + pages > Size >> PageShift)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, Start.ToPfn() + first, pages << PageShift, vma.VmPageProt);
    }
}

//// buggy turned_round_with_end_minus_start
static class Turned
{
    private const ulong Size = 0x20000;
    private static readonly PhysicalAddress Start = new(0xfe400000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        if (Size < vma.VmEnd - vma.VmStart + offset) // DK4002
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, (Start + offset).ToPfn(), vma.Length, vma.VmPageProt);
    }
}

//// correct short_circuit_after_the_offset
static class Turned
{
    private const ulong Size = 0x20000;
    private static readonly PhysicalAddress Start = new(0xfe400000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        if (offset >= Size || Size < vma.VmEnd - vma.VmStart + offset)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, (Start + offset).ToPfn(), vma.Length, vma.VmPageProt);
    }
}

//// buggy local_function_in_a_lambda
sealed class OverlayModule : KernelModule
{
    private readonly MiscDevice _misc;

    public OverlayModule()
    {
        _misc = new()
        {
            Name = "overlay",
            Fops = new()
            {
                Owner = this,
                Mmap = (filp, vma) =>
                {
                    ulong offset = vma.VmPgoff << PageShift;
                    return Ends(offset, vma) ? RemapPfnRange(vma, vma.VmStart, new Pfn(0xfd000) + vma.VmPgoff, vma.Length, vma.VmPageProt) : -EINVAL; // DK4002
                },
            },
        };

        static bool Ends(ulong offset, VmAreaStruct vma) => offset + vma.Length <= 0x8000;
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct local_function_that_bounds_the_offset
sealed class OverlayModule : KernelModule
{
    private readonly MiscDevice _misc;

    public OverlayModule()
    {
        _misc = new()
        {
            Name = "overlay",
            Fops = new()
            {
                Owner = this,
                Mmap = (filp, vma) =>
                {
                    ulong offset = vma.VmPgoff << PageShift;
                    return Ends(offset, vma) ? RemapPfnRange(vma, vma.VmStart, new Pfn(0xfd000) + vma.VmPgoff, vma.Length, vma.VmPageProt) : -EINVAL;
                },
            },
        };

        static bool Ends(ulong offset, VmAreaStruct vma) => offset <= 0x8000 && offset + vma.Length <= 0x8000;
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}
