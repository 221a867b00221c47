// DK4005 vm_insert_pfn in an area that does not allow it

//// buggy area_not_marked
static class Insert
{
    private static readonly Pfn Doorbell = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize || vma.IsCopyOnWrite)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Io;
        return VmInsertPfn(vma, vma.VmStart, Doorbell); // DK4005
    }
}

//// correct area_marked
static class Insert
{
    private static readonly Pfn Doorbell = new(0xfeb00);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize || vma.IsCopyOnWrite)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Io | VmFlags.PfnMap;
        return VmInsertPfn(vma, vma.VmStart, Doorbell);
    }
}

//// buggy private_writable_maps_let_in
sealed class DoorbellModule : KernelModule
{
    private static readonly Pfn Doorbell = new(0xfeb00);
    private readonly MiscDevice _misc;

    public DoorbellModule() => _misc = new() { Name = "doorbell", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        vma.VmFlags |= VmFlags.PfnMap;
        return VmInsertPfn(vma, vma.VmStart, Doorbell); // DK4005
    }
}

//// correct private_writable_maps_turned_away
sealed class DoorbellModule : KernelModule
{
    private static readonly Pfn Doorbell = new(0xfeb00);
    private readonly MiscDevice _misc;

    public DoorbellModule() => _misc = new() { Name = "doorbell", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize || vma.IsCopyOnWrite)
            return -EINVAL;
        vma.VmFlags |= VmFlags.PfnMap;
        return VmInsertPfn(vma, vma.VmStart, Doorbell);
    }
}

//// buggy loop_over_an_area_not_marked
static class Frames
{
    private const ulong Pages = 8;
    private static readonly Pfn First = new(0xfd000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong pages = vma.Length >> PageShift;
        if (vma.VmPgoff >= Pages || pages > Pages - vma.VmPgoff || (vma.VmFlags & VmFlags.Shared) == 0)
            return -EINVAL;
        for (ulong i = 0; i < pages; i++)
        {
            KernelResult result = VmInsertPfn(vma, vma.VmStart + (i << PageShift), First + vma.VmPgoff + i); // DK4005
            if (result.IsError)
                return result;
        }

        return 0;
    }
}

//// correct loop_over_a_marked_area
static class Frames
{
    private const ulong Pages = 8;
    private static readonly Pfn First = new(0xfd000);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong pages = vma.Length >> PageShift;
        if (vma.VmPgoff >= Pages || pages > Pages - vma.VmPgoff || (vma.VmFlags & VmFlags.Shared) == 0)
            return -EINVAL;
        vma.VmFlags |= VmFlags.PfnMap | VmFlags.DontExpand;
        for (ulong i = 0; i < pages; i++)
        {
            KernelResult result = VmInsertPfn(vma, vma.VmStart + (i << PageShift), First + vma.VmPgoff + i);
            if (result.IsError)
                return result;
        }

        return 0;
    }
}

//// buggy marked_on_one_path_only
static class Sometimes
{
    private static readonly Pfn Registers = new(0xfec10);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.IsCopyOnWrite || vma.Length != PageSize)
            return -EINVAL;
        if ((filp.FFlags & OpenFlags.Sync) != 0)
        {
            vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
            vma.VmFlags |= VmFlags.PfnMap;
        }

        return VmInsertPfn(vma, vma.VmStart, Registers); // DK4005
    }
}

//// correct marked_on_both_paths
static class Sometimes
{
    private static readonly Pfn Registers = new(0xfec10);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.IsCopyOnWrite || vma.Length != PageSize)
            return -EINVAL;
        if ((filp.FFlags & OpenFlags.Sync) != 0)
        {
            vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
        }

        vma.VmFlags |= VmFlags.PfnMap;
        return VmInsertPfn(vma, vma.VmStart, Registers);
    }
}

//// buggy helper_that_marks_something_else
static class Marked
{
    private static readonly Pfn Registers = new(0xfec10);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize || vma.IsCopyOnWrite)
            return -EINVAL;
        Mark(vma);
        return Insert(vma); // DK4005
    }

    private static void Mark(VmAreaStruct vma) => vma.VmFlags |= VmFlags.Reserved | VmFlags.DontCopy;

    private static KernelResult Insert(VmAreaStruct vma) => VmInsertPfn(vma, vma.VmStart, Registers);
}

//// correct helper_that_marks
static class Marked
{
    private static readonly Pfn Registers = new(0xfec10);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize || vma.IsCopyOnWrite)
            return -EINVAL;
        Mark(vma);
        return Insert(vma);
    }

    private static void Mark(VmAreaStruct vma) => vma.VmFlags |= VmFlags.Reserved | VmFlags.PfnMap;

    private static KernelResult Insert(VmAreaStruct vma) => VmInsertPfn(vma, vma.VmStart, Registers);
}

//// buggy flag_cleared_again
static class Cleared
{
    private static readonly Pfn Registers = new(0xfec10);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.IsCopyOnWrite || vma.Length != PageSize)
            return -EINVAL;
        vma.VmFlags &= ~VmFlags.PfnMap;
        return VmInsertPfn(vma, vma.VmStart, Registers); // DK4005
    }
}

//// correct flag_set_again
static class Cleared
{
    private static readonly Pfn Registers = new(0xfec10);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.IsCopyOnWrite || vma.Length != PageSize)
            return -EINVAL;
        vma.VmFlags &= ~VmFlags.MayWrite;
        vma.VmFlags |= VmFlags.PfnMap;
        return VmInsertPfn(vma, vma.VmStart, Registers);
    }
}

//// buggy lambda_that_never_marks
sealed class MailboxModule : KernelModule
{
    private const VmFlags Needed = VmFlags.Shared;
    private readonly MiscDevice _misc;

    public MailboxModule() => _misc = new()
    {
        Name = "mailbox",
        Fops = new()
        {
            Owner = this,
            Mmap = (filp, vma) =>
            {
                if ((vma.VmFlags & Needed) != Needed || vma.Length != PageSize)
                    return -EINVAL;
                vma.VmFlags = vma.VmFlags | VmFlags.DontExpand;
                return VmInsertPfn(vma, vma.VmStart, new Pfn(0xfea00)); // DK4005
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct lambda_that_tests_the_flags
sealed class MailboxModule : KernelModule
{
    private const VmFlags Needed = VmFlags.Shared;
    private readonly MiscDevice _misc;

    public MailboxModule() => _misc = new()
    {
        Name = "mailbox",
        Fops = new()
        {
            Owner = this,
            Mmap = (filp, vma) =>
            {
                if ((vma.VmFlags & Needed) != Needed || vma.Length != PageSize)
                    return -EINVAL;
                vma.VmFlags = vma.VmFlags | VmFlags.DontExpand | VmFlags.PfnMap;
                return VmInsertPfn(vma, vma.VmStart, new Pfn(0xfea00));
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct area_marked_by_code_out_of_sight
interface IMarker
{
    void Mark(VmAreaStruct vma);
}

sealed class Marker(IMarker marker)
{
    public KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        marker.Mark(vma);
        return VmInsertPfn(vma, vma.VmStart, new Pfn(0xfec10));
    }
}

//// correct remap_marks_the_area_itself
static class Remapped
{
    private static readonly Pfn First = new(0xfd000), Second = new(0xfd800);

    public static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != 2 * PageSize || vma.VmPgoff != 0 || vma.IsCopyOnWrite)
            return -EINVAL;
        KernelResult result = RemapPfnRange(vma, vma.VmStart, First, PageSize, vma.VmPageProt);
        return result.IsError ? result : VmInsertPfn(vma, vma.VmStart + PageSize, Second);
    }
}
