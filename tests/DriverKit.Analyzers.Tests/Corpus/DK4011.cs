// DK4011 Protection of an area changed after it was mapped

//// buggy noncached_after_the_remap
static class Registers
{
    private static readonly Pfn Memory = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        KernelResult result = RemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt);
        if (result.IsError)
            return result;
        vma.VmPageProt = PgprotNoncached(vma.VmPageProt); // DK4011
        return 0;
    }
}

//// correct noncached_before_the_remap
static class Registers
{
    private static readonly Pfn Memory = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
        KernelResult result = RemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt);
        if (result.IsError)
            return result;
        return 0;
    }
}

//// buggy helper_remaps_first
static class Helper
{
    private static readonly Pfn Memory = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        KernelResult result = Remap(vma);
        vma.VmPageProt = PgprotWritecombine(vma.VmPageProt); // DK4011
        return result;
    }

    private static KernelResult Remap(VmAreaStruct vma) => IoRemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt);
}

//// correct helper_remaps_last
static class Helper
{
    private static readonly Pfn Memory = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        vma.VmPageProt = PgprotWritecombine(vma.VmPageProt);
        KernelResult result = Remap(vma);
        return result;
    }

    private static KernelResult Remap(VmAreaStruct vma) => IoRemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt);
}

//// buggy after_the_inserts
static class Inserts
{
    private static readonly Page[] Pages = [];

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong pages = vma.Length >> PageShift;
        if (vma.VmPgoff != 0 || pages > (ulong)Pages.Length)
            return -EINVAL;
        for (ulong i = 0; i < pages; i++)
        {
            KernelResult result = VmInsertPage(vma, vma.VmStart + (i << PageShift), Pages[i]);
            if (result.IsError)
                return result;
        }

        vma.VmPageProt = PgprotNoncached(vma.VmPageProt); // DK4011
        return 0;
    }
}

//// correct before_the_inserts
static class Inserts
{
    private static readonly Page[] Pages = [];

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong pages = vma.Length >> PageShift;
        if (vma.VmPgoff != 0 || pages > (ulong)Pages.Length)
            return -EINVAL;
        vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
        for (ulong i = 0; i < pages; i++)
        {
            KernelResult result = VmInsertPage(vma, vma.VmStart + (i << PageShift), Pages[i]);
            if (result.IsError)
                return result;
        }

        return 0;
    }
}

//// buggy on_one_path_too_late
static class Sync
{
    private static readonly Pfn Memory = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        if (RemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt).IsError)
            return -EAGAIN;
        if ((filp.FFlags & OpenFlags.Sync) != 0)
            vma.VmPageProt = PgprotNoncached(vma.VmPageProt); // DK4011
        return 0;
    }
}

//// correct on_one_path_in_time
static class Sync
{
    private static readonly Pfn Memory = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        if ((filp.FFlags & OpenFlags.Sync) != 0)
            vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
        if (RemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt).IsError)
            return -EAGAIN;
        return 0;
    }
}

//// buggy helper_sets_it_too_late
static class Setter
{
    private static readonly Pfn Memory = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        if (RemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt).IsError)
            return -EAGAIN;
        Uncache(vma); // DK4011
        return 0;
    }

    private static void Uncache(VmAreaStruct vma) => vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
}

//// correct helper_sets_it_in_time
static class Setter
{
    private static readonly Pfn Memory = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        Uncache(vma);
        if (RemapPfnRange(vma, vma.VmStart, Memory, PageSize, vma.VmPageProt).IsError)
            return -EAGAIN;
        return 0;
    }

    private static void Uncache(VmAreaStruct vma) => vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
}

//// buggy lambda_with_a_finally
sealed class FinallyModule : KernelModule
{
    private readonly KernelMutex _lock = new("finally");
    private readonly MiscDevice _misc;

    public FinallyModule() => _misc = new()
    {
        Name = "finally",
        Fops = new()
        {
            Owner = this,
            Mmap = (filp, vma) =>
            {
                if (vma.VmPgoff != 0 || vma.Length != PageSize)
                    return -EINVAL;
                MutexLock(_lock);
                try
                {
                    return RemapPfnRange(vma, vma.VmStart, new Pfn(0xfeb00), PageSize, vma.VmPageProt);
                }
                finally
                {
                    vma.VmPageProt = PgprotNoncached(vma.VmPageProt); // DK4011
                    MutexUnlock(_lock);
                }
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct lambda_in_order
sealed class FinallyModule : KernelModule
{
    private readonly KernelMutex _lock = new("finally");
    private readonly MiscDevice _misc;

    public FinallyModule() => _misc = new()
    {
        Name = "finally",
        Fops = new()
        {
            Owner = this,
            Mmap = (filp, vma) =>
            {
                if (vma.VmPgoff != 0 || vma.Length != PageSize)
                    return -EINVAL;
                MutexLock(_lock);
                try
                {
                    vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
                    return RemapPfnRange(vma, vma.VmStart, new Pfn(0xfeb00), PageSize, vma.VmPageProt);
                }
                finally
                {
                    MutexUnlock(_lock);
                }
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// buggy bits_changed_after_the_frame
static class Frame
{
    private static readonly Pfn Memory = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.IsCopyOnWrite || vma.Length != PageSize)
            return -EINVAL;
        vma.VmFlags |= VmFlags.PfnMap;
        if (VmInsertPfn(vma, vma.VmStart, Memory).IsError)
            return -EAGAIN;
        vma.VmPageProt = new(vma.VmPageProt.Bits | PageProtection.CacheDisable); // DK4011
        return 0;
    }
}

//// correct bits_changed_before_the_frame
static class Frame
{
    private static readonly Pfn Memory = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.IsCopyOnWrite || vma.Length != PageSize)
            return -EINVAL;
        vma.VmFlags |= VmFlags.PfnMap;
        vma.VmPageProt = new(vma.VmPageProt.Bits | PageProtection.CacheDisable);
        if (VmInsertPfn(vma, vma.VmStart, Memory).IsError)
            return -EAGAIN;
        return 0;
    }
}

//// correct two_windows_with_a_protection_each
static class TwoWindows
{
    private static readonly Pfn Registers = new(0xfeb00), Pixels = new(0xfd000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != 2 * PageSize)
            return -EINVAL;
        PageProtection cached = vma.VmPageProt;
        vma.VmPageProt = PgprotNoncached(cached);
        if (RemapPfnRange(vma, vma.VmStart, Registers, PageSize, vma.VmPageProt).IsError)
            return -EAGAIN;
        vma.VmPageProt = PgprotWritecombine(cached);
        return RemapPfnRange(vma, vma.VmStart + PageSize, Pixels, PageSize, vma.VmPageProt);
    }
}
