// DK4010 Protection that is not derived from the area's

//// buggy page_shared
// vmmap's solution maps with PAGE_SHARED: a process that asked to read may write.
static class Vmmap
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, PageProtection.Shared); // DK4010
    }
}

//// correct page_protection_of_the_area
// vmmap's solution maps with PAGE_SHARED: a process that asked to read may write.
static class Vmmap
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt);
    }
}

//// buggy noncached_of_a_constant
static class Registers
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return IoRemapPfnRange(vma, vma.VmStart, Memory, PageSize, PgprotNoncached(PageProtection.Shared)).IsError ? -EAGAIN : 0; // DK4010
    }
}

//// correct noncached_of_the_areas
static class Registers
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return IoRemapPfnRange(vma, vma.VmStart, Memory, PageSize, PgprotNoncached(vma.VmPageProt)).IsError ? -EAGAIN : 0;
    }
}

//// buggy bits_of_its_own
static class Bits
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        PageProtection protection = new(PageProtection.Present | PageProtection.User | PageProtection.Writable);
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, protection); // DK4010
    }
}

//// correct bits_added_to_the_areas
static class Bits
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        PageProtection protection = new(vma.VmPageProt.Bits | PageProtection.CacheDisable);
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, protection);
    }
}

//// buggy helper_that_knows_only_constants
static class Helper
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        PageProtection protection = For(vma, (filp.FFlags & OpenFlags.Sync) != 0);
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, protection); // DK4010
    }

    private static PageProtection For(VmAreaStruct vma, bool uncached) =>
        uncached ? PageProtection.KernelNoCache : PageProtection.Kernel;
}

//// correct helper_that_starts_from_the_area
static class Helper
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        PageProtection protection = For(vma, (filp.FFlags & OpenFlags.Sync) != 0);
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, protection);
    }

    private static PageProtection For(VmAreaStruct vma, bool uncached) =>
        uncached ? PgprotNoncached(vma.VmPageProt) : vma.VmPageProt;
}

//// buggy put_into_the_area_first
static class Overwritten
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        vma.VmPageProt = PageProtection.ReadOnly;
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt); // DK4010
    }
}

//// correct taken_from_the_area_first
static class Overwritten
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        vma.VmPageProt = PgprotWritecombine(vma.VmPageProt);
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt);
    }
}

//// buggy one_path_with_a_constant
static class Paths
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        PageProtection protection = vma.VmPageProt;
        if ((filp.FFlags & OpenFlags.Sync) != 0)
            protection = PageProtection.KernelNoCache;
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, protection); // DK4010
    }
}

//// correct both_paths_from_the_area
static class Paths
{
    private static readonly Pfn Memory = new(0xfe400);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        PageProtection protection = vma.VmPageProt;
        if ((filp.FFlags & OpenFlags.Sync) != 0)
            protection = PgprotNoncached(protection);
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, protection);
    }
}

//// buggy field_of_the_driver
sealed class FieldModule : KernelModule
{
    private static readonly PageProtection Protection = PgprotNoncached(PageProtection.Shared);
    private static readonly Pfn Memory = new(0xfe400);
    private readonly MiscDevice _misc;

    public FieldModule() => _misc = new() { Name = "field", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, Memory, PageSize, Protection); // DK4010
    }
}

//// correct handed_to_a_helper
sealed class FieldModule : KernelModule
{
    private static readonly PageProtection Protection = PgprotNoncached(PageProtection.Shared);
    private static readonly Pfn Memory = new(0xfe400);
    private readonly MiscDevice _misc;

    public FieldModule() => _misc = new() { Name = "field", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return Remap(vma, PgprotNoncached(vma.VmPageProt));
    }

    private static KernelResult Remap(VmAreaStruct vma, PageProtection protection) =>
        RemapPfnRange(vma, vma.VmStart, Memory, PageSize, protection);
}

//// buggy default_protection_in_a_lambda
sealed class LambdaModule : KernelModule
{
    private readonly MiscDevice _misc;

    public LambdaModule() => _misc = new()
    {
        Name = "lambda",
        Fops = new()
        {
            Owner = this,
            Mmap = (filp, vma) => vma.Length != PageSize
                ? -EINVAL
                : RemapPfnRange(vma, vma.VmStart, new Pfn(0xfe400), PageSize, default), // DK4010
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct protection_copied_with_a_change
sealed class LambdaModule : KernelModule
{
    private readonly MiscDevice _misc;

    public LambdaModule() => _misc = new()
    {
        Name = "lambda",
        Fops = new()
        {
            Owner = this,
            Mmap = (filp, vma) => vma.Length != PageSize
                ? -EINVAL
                : RemapPfnRange(vma, vma.VmStart, new Pfn(0xfe400), PageSize, vma.VmPageProt with { Bits = vma.VmPageProt.Bits | PageProtection.WriteThrough }),
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}
