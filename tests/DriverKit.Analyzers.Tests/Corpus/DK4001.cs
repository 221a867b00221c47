// DK4001 Mapping of as many bytes as a process asks for, without a check

//// buggy length_not_compared_with_the_region
// uio_mmap_physical, CVE-2013-4511.
static class UioPhysical
{
    private const ulong Size = 0x4000;
    private static readonly PhysicalAddress Start = new(0xfeb00000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, Start.ToPfn(), vma.Length, vma.VmPageProt); // DK4001
    }
}

//// correct length_compared_with_the_region
// uio_mmap_physical, CVE-2013-4511.
static class UioPhysical
{
    private const ulong Size = 0x4000;
    private static readonly PhysicalAddress Start = new(0xfeb00000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0)
            return -EINVAL;
        if (vma.Length > Size)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, Start.ToPfn(), vma.Length, vma.VmPageProt);
    }
}

//// buggy offset_used_and_never_compared
// The au1100 frame buffer, CVE-2013-4511's twin: the length is checked, the offset is not.
sealed class Au1100Module : KernelModule
{
    private const ulong Pages = 256;
    private static readonly PhysicalAddress Pixels = new(0xfe000000);
    private readonly MiscDevice _misc;

    public Au1100Module() => _misc = new() { Name = "au1100", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong pages = vma.Length >> PageShift;
        if (pages > Pages)
            return -EINVAL;
        vma.VmPageProt = PgprotWritecombine(vma.VmPageProt);
        return IoRemapPfnRange(vma, vma.VmStart, Pixels.ToPfn() + vma.VmPgoff, vma.Length, vma.VmPageProt); // DK4001
    }
}

//// correct offset_and_length_compared_in_pages
// The au1100 frame buffer, CVE-2013-4511's twin: the length is checked, the offset is not.
sealed class Au1100Module : KernelModule
{
    private const ulong Pages = 256;
    private static readonly PhysicalAddress Pixels = new(0xfe000000);
    private readonly MiscDevice _misc;

    public Au1100Module() => _misc = new() { Name = "au1100", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong pages = vma.Length >> PageShift;
        if (vma.VmPgoff >= Pages || pages > Pages - vma.VmPgoff)
            return -EINVAL;
        vma.VmPageProt = PgprotWritecombine(vma.VmPageProt);
        return IoRemapPfnRange(vma, vma.VmStart, Pixels.ToPfn() + vma.VmPgoff, vma.Length, vma.VmPageProt);
    }
}

//// buggy helper_checks_nothing
static class Window
{
    private const ulong Pages = 64;
    private static readonly Pfn First = new(0xfd000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (!IsGood(vma))
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, First + vma.VmPgoff, vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0; // DK4001
    }

    private static bool IsGood(VmAreaStruct vma) => (vma.VmFlags & VmFlags.Exec) == 0;
}

//// correct helper_checks_both
static class Window
{
    private const ulong Pages = 64;
    private static readonly Pfn First = new(0xfd000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (!IsGood(vma))
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, First + vma.VmPgoff, vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    private static bool IsGood(VmAreaStruct vma) => vma.VmPgoff < Pages && vma.Length >> PageShift <= Pages - vma.VmPgoff;
}

//// buggy lambda_in_the_operations_table
sealed class SensorModule : KernelModule
{
    private static readonly PhysicalAddress Registers = new(0xfec10000);
    private readonly MiscDevice _misc;

    public SensorModule() => _misc = new()
    {
        Name = "sensor",
        Fops = new()
        {
            Owner = this,
            Mmap = (filp, vma) =>
            {
                if ((vma.VmFlags & VmFlags.Write) != 0)
                    return -EPERM;
                vma.VmFlags &= ~VmFlags.MayWrite;
                return RemapPfnRange(vma, vma.VmStart, Registers.ToPfn(), vma.Length, PgprotNoncached(vma.VmPageProt)); // DK4001
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct lambda_that_compares
sealed class SensorModule : KernelModule
{
    private static readonly PhysicalAddress Registers = new(0xfec10000);
    private readonly MiscDevice _misc;

    public SensorModule() => _misc = new()
    {
        Name = "sensor",
        Fops = new()
        {
            Owner = this,
            Mmap = (filp, vma) =>
            {
                if ((vma.VmFlags & VmFlags.Write) != 0 || vma.VmPgoff != 0 || vma.Length != PageSize)
                    return -EPERM;
                vma.VmFlags &= ~VmFlags.MayWrite;
                return RemapPfnRange(vma, vma.VmStart, Registers.ToPfn(), vma.Length, PgprotNoncached(vma.VmPageProt));
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// buggy one_path_without_the_check
static class Trusted
{
    private const ulong Size = 0x10000;
    private static readonly PhysicalAddress Buffer = new(0xfd800000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0)
            return -EINVAL;
        if ((filp.FFlags & OpenFlags.Sync) != 0)
        {
            vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
            if (vma.Length > Size)
                return -EINVAL;
        }

        return RemapPfnRange(vma, vma.VmStart, Buffer.ToPfn(), vma.Length, vma.VmPageProt); // DK4001
    }
}

//// correct check_on_every_path
static class Trusted
{
    private const ulong Size = 0x10000;
    private static readonly PhysicalAddress Buffer = new(0xfd800000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0)
            return -EINVAL;
        if ((filp.FFlags & OpenFlags.Sync) != 0)
            vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
        if (vma.Length > Size)
            return -EINVAL;

        return RemapPfnRange(vma, vma.VmStart, Buffer.ToPfn(), vma.Length, vma.VmPageProt);
    }
}

//// buggy size_from_end_minus_start
static class Legacy
{
    private const ulong Size = 8 * PageSize;
    private static readonly Pfn First = new(0xfe800);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong size = vma.VmEnd - vma.VmStart;
        if (vma.VmPgoff >= Size >> PageShift)
            return -EINVAL;
        if (RemapPfnRange(vma, vma.VmStart, First + vma.VmPgoff, size, vma.VmPageProt) is { IsError: true }) // DK4001
            return -EAGAIN;
        return 0;
    }
}

//// correct size_from_end_minus_start_compared
static class Legacy
{
    private const ulong Size = 8 * PageSize;
    private static readonly Pfn First = new(0xfe800);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong size = vma.VmEnd - vma.VmStart;
        if (vma.VmPgoff >= Size >> PageShift || size > Size - (vma.VmPgoff << PageShift))
            return -EINVAL;
        if (RemapPfnRange(vma, vma.VmStart, First + vma.VmPgoff, size, vma.VmPageProt) is { IsError: true })
            return -EAGAIN;
        return 0;
    }
}

//// buggy switch_over_the_offset
static class TwoWindows
{
    private static readonly PhysicalAddress Control = new(0xfeb00000), Data = new(0xfeb10000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma) => vma.VmPgoff switch
    {
        0 => Map(vma, Control, PageSize), // DK4001
        1 => Map(vma, Data, 16 * PageSize), // DK4001
        _ => -ENXIO,
    };

    private static KernelResult Map(VmAreaStruct vma, PhysicalAddress start, ulong size)
    {
        Printk(LogLevel.Debug, $"window of {size} bytes");
        return RemapPfnRange(vma, vma.VmStart, start.ToPfn(), vma.Length, vma.VmPageProt);
    }
}

//// correct switch_over_the_offset_with_lengths
static class TwoWindows
{
    private static readonly PhysicalAddress Control = new(0xfeb00000), Data = new(0xfeb10000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma) => vma.VmPgoff switch
    {
        0 => Map(vma, Control, PageSize),
        1 => Map(vma, Data, 16 * PageSize),
        _ => -ENXIO,
    };

    private static KernelResult Map(VmAreaStruct vma, PhysicalAddress start, ulong size)
    {
        if (vma.Length > size)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, start.ToPfn(), vma.Length, vma.VmPageProt);
    }
}

//// buggy pattern_of_the_offset_only
static class Hpet
{
    private static readonly Pfn Registers = new(0xfed00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma is not { VmPgoff: 0 })
            return -EINVAL;
        return IoRemapPfnRange(vma, vma.VmStart, Registers, vma.Length, PgprotNoncached(vma.VmPageProt)); // DK4001
    }
}

//// correct pattern_of_offset_and_length
static class Hpet
{
    private static readonly Pfn Registers = new(0xfed00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma is not { VmPgoff: 0, Length: PageSize })
            return -EINVAL;
        return IoRemapPfnRange(vma, vma.VmStart, Registers, vma.Length, PgprotNoncached(vma.VmPageProt));
    }
}

//// correct all_of_physical_memory
// simple: the offset is the physical address, whatever it is.
static class AllMemory
{
    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma) =>
        RemapPfnRange(vma, vma.VmStart, new Pfn(vma.VmPgoff), vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
}

//// correct one_page_whatever_is_asked_for
static class FirstPage
{
    private static readonly Pfn Clock = new(0xfed01);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma) =>
        vma.VmPgoff != 0 ? -EINVAL : RemapPfnRange(vma, vma.VmStart, Clock, PageSize, vma.VmPageProt);
}

//// correct length_clamped
static class Clamped
{
    private const ulong Size = 4 * PageSize;
    private static readonly Pfn First = new(0xfea00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0)
            return -EINVAL;
        ulong size = Math.Min(vma.Length, Size);
        return RemapPfnRange(vma, vma.VmStart, First, size, vma.VmPageProt);
    }
}
