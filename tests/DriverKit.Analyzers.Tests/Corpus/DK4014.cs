// DK4014 Address where a page frame number belongs

//// buggy number_of_a_physical_address
static class Value
{
    private static readonly PhysicalAddress Registers = new(0xfeb00000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, new Pfn(Registers.Value), PageSize, vma.VmPageProt); // DK4014
    }
}

//// correct frame_of_a_physical_address
static class Value
{
    private static readonly PhysicalAddress Registers = new(0xfeb00000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, Registers.ToPfn(), PageSize, vma.VmPageProt);
    }
}

//// buggy number_in_a_local
static class Local
{
    private static readonly PhysicalAddress Registers = new(0xfeb00000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        ulong start = Registers.Value;
        Pfn first = new(start);
        return IoRemapPfnRange(vma, vma.VmStart, first, PageSize, PgprotNoncached(vma.VmPageProt)); // DK4014
    }
}

//// correct number_shifted_in_a_local
static class Local
{
    private static readonly PhysicalAddress Registers = new(0xfeb00000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        ulong start = Registers.Value >> PageShift;
        Pfn first = new(start);
        return IoRemapPfnRange(vma, vma.VmStart, first, PageSize, PgprotNoncached(vma.VmPageProt));
    }
}

//// buggy bytes_of_the_offset
// The offset of a memory device, made into bytes and not back into a frame.
static class Offset
{
    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        return RemapPfnRange(vma, vma.VmStart, new Pfn(offset), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0; // DK4014
    }
}

//// correct pages_of_the_offset
// The offset of a memory device, made into bytes and not back into a frame.
static class Offset
{
    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff;
        return RemapPfnRange(vma, vma.VmStart, new Pfn(offset), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }
}

//// buggy number_of_pa_through_a_helper
static class Helper
{
    private static readonly KernelLogicalAddress Buffer = Va(new PhysicalAddress(0x9f000));

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, FrameOf(Buffer), PageSize, vma.VmPageProt); // DK4014
    }

    private static Pfn FrameOf(KernelLogicalAddress address) => new(Pa(address).Value);
}

//// correct frame_of_pa_through_a_helper
static class Helper
{
    private static readonly KernelLogicalAddress Buffer = Va(new PhysicalAddress(0x9f000));

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, FrameOf(Buffer), PageSize, vma.VmPageProt);
    }

    private static Pfn FrameOf(KernelLogicalAddress address) => new(Pa(address).Value >> PageShift);
}

//// buggy inserted_by_its_address
sealed class DoorbellModule : KernelModule
{
    private static readonly PhysicalAddress Doorbell = new(0xfeb01000);
    private readonly MiscDevice _misc;

    public DoorbellModule() => _misc = new() { Name = "doorbell", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize || vma.IsCopyOnWrite)
            return -EINVAL;
        vma.VmFlags |= VmFlags.PfnMap;
        return VmInsertPfn(vma, vma.VmStart, new(Doorbell.Value & PageMask)); // DK4014
    }
}

//// correct inserted_by_its_frame
sealed class DoorbellModule : KernelModule
{
    private static readonly PhysicalAddress Doorbell = new(0xfeb01000);
    private readonly MiscDevice _misc;

    public DoorbellModule() => _misc = new() { Name = "doorbell", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize || vma.IsCopyOnWrite)
            return -EINVAL;
        vma.VmFlags |= VmFlags.PfnMap;
        return VmInsertPfn(vma, vma.VmStart, new((Doorbell.Value & PageMask) >> PageShift));
    }
}

//// buggy base_and_offset_in_bytes
static class Sum
{
    private const ulong Pages = 16;
    private static readonly PhysicalAddress Window = new(0xfe000000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff >= Pages || vma.Length >> PageShift > Pages - vma.VmPgoff)
            return -EINVAL;
        PhysicalAddress start = Window + (vma.VmPgoff << PageShift);
        Pfn first = new(start.Value);
        return RemapPfnRange(vma, vma.VmStart, first, vma.Length, vma.VmPageProt); // DK4014
    }
}

//// correct base_and_offset_in_pages
static class Sum
{
    private const ulong Pages = 16;
    private static readonly PhysicalAddress Window = new(0xfe000000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff >= Pages || vma.Length >> PageShift > Pages - vma.VmPgoff)
            return -EINVAL;
        PhysicalAddress start = Window + (vma.VmPgoff << PageShift);
        Pfn first = new(start.Value / PageSize);
        return RemapPfnRange(vma, vma.VmStart, first, vma.Length, vma.VmPageProt);
    }
}

//// buggy lambda_with_a_cast
sealed class CastModule : KernelModule
{
    private static readonly PhysicalAddress Window = new(0xfe000000);
    private readonly MiscDevice _misc;

    public CastModule() => _misc = new()
    {
        Name = "cast",
        Fops = new()
        {
            Owner = this,
            Mmap = (filp, vma) => vma.VmPgoff != 0 || vma.Length != PageSize
                ? -EINVAL
                : RemapPfnRange(vma, vma.VmStart, new Pfn((uint)Window.Value), PageSize, vma.VmPageProt), // DK4014
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct lambda_with_a_shift_and_a_cast
sealed class CastModule : KernelModule
{
    private static readonly PhysicalAddress Window = new(0xfe000000);
    private readonly MiscDevice _misc;

    public CastModule() => _misc = new()
    {
        Name = "cast",
        Fops = new()
        {
            Owner = this,
            Mmap = (filp, vma) => vma.VmPgoff != 0 || vma.Length != PageSize
                ? -EINVAL
                : RemapPfnRange(vma, vma.VmStart, new Pfn((uint)Window.Value >> PageShift), PageSize, vma.VmPageProt),
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}
