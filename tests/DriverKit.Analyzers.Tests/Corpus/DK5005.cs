// DK5005 Unchecked user access without access_ok

//// buggy ioctl_pointer_never_checked
// The kernel checks the buffer of read and write; the pointer in an ioctl's argument is the driver's business.
internal sealed class SnapModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _frame;

    public SnapModule() => _misc = new() { Name = "snap", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init()
    {
        _frame = Kzalloc(256, GfpFlags.Kernel);
        if (_frame.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Kfree(_frame);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_frame);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 1)
            return -ENOTTY;
        return CopyToUserInatomic(new UserVirtualAddress(argument), _frame, 256) == 0 ? 0 : -EFAULT; // DK5005
    }
}

//// correct ioctl_pointer_checked
internal sealed class SnapModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _frame;

    public SnapModule() => _misc = new() { Name = "snap", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init()
    {
        _frame = Kzalloc(256, GfpFlags.Kernel);
        if (_frame.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Kfree(_frame);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_frame);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 1)
            return -ENOTTY;
        var to = new UserVirtualAddress(argument);
        if (!AccessOk(to, 256))
            return -EFAULT;
        return CopyToUserInatomic(to, _frame, 256) == 0 ? 0 : -EFAULT;
    }
}

//// buggy pointer_out_of_user_memory
// CVE-2013-6282 and kin: get_user without access_ok let processes write kernel memory.
internal static class Descriptor
{
    public static KernelResult Fill(UserVirtualAddress descriptor, KernelVirtualAddress from)
    {
        if (GetUser(out ulong pointer, descriptor).IsError)
            return -EFAULT;
        var to = new UserVirtualAddress(pointer);
        return CopyToUserInatomic(to, from, 64) == 0 ? 64 : -EFAULT; // DK5005
    }
}

//// correct pointer_out_of_user_memory_checked
internal static class Descriptor
{
    public static KernelResult Fill(UserVirtualAddress descriptor, KernelVirtualAddress from)
    {
        if (GetUser(out ulong pointer, descriptor).IsError)
            return -EFAULT;
        var to = new UserVirtualAddress(pointer);
        return AccessOk(to, 64) && CopyToUserInatomic(to, from, 64) == 0 ? 64 : -EFAULT;
    }
}

//// buggy another_address_checked
internal static class Pair
{
    public static KernelResult Swap(UserVirtualAddress pair, KernelVirtualAddress scratch)
    {
        if (GetUser(out ulong first, pair).IsError || GetUser(out ulong second, pair + 8ul).IsError)
            return -EFAULT;
        var from = new UserVirtualAddress(first);
        var to = new UserVirtualAddress(second);
        if (!AccessOk(from, 32))
            return -EFAULT;
        if (CopyFromUserInatomic(scratch, from, 32) != 0)
            return -EFAULT;
        return CopyToUserInatomic(to, scratch, 32) == 0 ? 0 : -EFAULT; // DK5005
    }
}

//// correct both_addresses_checked
internal static class Pair
{
    public static KernelResult Swap(UserVirtualAddress pair, KernelVirtualAddress scratch)
    {
        if (GetUser(out ulong first, pair).IsError || GetUser(out ulong second, pair + 8ul).IsError)
            return -EFAULT;
        var from = new UserVirtualAddress(first);
        var to = new UserVirtualAddress(second);
        if (!AccessOk(from, 32) || !AccessOk(to, 32))
            return -EFAULT;
        if (CopyFromUserInatomic(scratch, from, 32) != 0)
            return -EFAULT;
        return CopyToUserInatomic(to, scratch, 32) == 0 ? 0 : -EFAULT;
    }
}

//// buggy checked_when_it_is_too_late
internal static class Meter
{
    public static KernelResult Set(UserVirtualAddress at, KernelVirtualAddress values)
    {
        if (GetUser(out ulong pointer, at).IsError)
            return -EFAULT;
        var from = new UserVirtualAddress(pointer);
        if (CopyFromUserInatomic(values, from, 128) != 0) // DK5005
            return -EFAULT;
        return AccessOk(from, 128) ? 0 : -EINVAL;
    }
}

//// correct checked_in_time
internal static class Meter
{
    public static KernelResult Set(UserVirtualAddress at, KernelVirtualAddress values)
    {
        if (GetUser(out ulong pointer, at).IsError)
            return -EFAULT;
        var from = new UserVirtualAddress(pointer);
        if (!AccessOk(from, 128))
            return -EINVAL;
        return CopyFromUserInatomic(values, from, 128) == 0 ? 0 : -EFAULT;
    }
}

//// correct checked_for_the_direction_of_the_command
// scull: which commands have which direction is nothing that a path knows.
internal sealed class MeterModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _values;

    public MeterModule() => _misc = new() { Name = "meter", Fops = new() { Owner = this, Ioctl = Ioctl } };

    public override KernelResult Init()
    {
        _values = Kzalloc(128, GfpFlags.Kernel);
        if (_values.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Kfree(_values);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_values);
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        var at = new UserVirtualAddress(argument);
        bool isBad = false;
        if ((IocDir(command) & IocRead) != 0)
            isBad = !AccessOk(at, 128);
        else if ((IocDir(command) & IocWrite) != 0)
            isBad = !AccessOk(at, IocSize(command));
        if (isBad)
            return -EFAULT;
        switch (IocNr(command))
        {
            case 1:
                return CopyFromUserInatomic(_values, at, 128) == 0 ? 0 : -EFAULT;
            default:
                return -ENOTTY;
        }
    }
}

//// buggy helper_copies_and_its_caller_does_not_check
internal sealed class TapModule : KernelModule
{
    private readonly MiscDevice _misc;
    private Page? _page;

    public TapModule() => _misc = new() { Name = "tap", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init()
    {
        _page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (_page is null)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(_page);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_page!);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command switch
    {
        4 => Deliver(new UserVirtualAddress(argument), _page!), // DK5005
        _ => -ENOTTY,
    };

    private static KernelResult Deliver(UserVirtualAddress to, Page page)
    {
        KernelVirtualAddress text = KmapAtomic(page, KmType.User0);
        ulong left = CopyToUserInatomic(to, text, PageSize);
        KunmapAtomic(text, KmType.User0);
        return left == 0 ? 0 : -EFAULT;
    }
}

//// correct helper_copies_and_its_caller_checks
internal sealed class TapModule : KernelModule
{
    private readonly MiscDevice _misc;
    private Page? _page;

    public TapModule() => _misc = new() { Name = "tap", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init()
    {
        _page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (_page is null)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(_page);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_page!);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command switch
    {
        4 when AccessOk(new UserVirtualAddress(argument), PageSize) => Deliver(new UserVirtualAddress(argument), _page!),
        4 => -EFAULT,
        _ => -ENOTTY,
    };

    private static KernelResult Deliver(UserVirtualAddress to, Page page)
    {
        KernelVirtualAddress text = KmapAtomic(page, KmType.User0);
        ulong left = CopyToUserInatomic(to, text, PageSize);
        KunmapAtomic(text, KmType.User0);
        return left == 0 ? 0 : -EFAULT;
    }
}

//// buggy checked_and_then_followed
// The check is for the struct; the pointer inside it is another address.
internal struct Vector
{
    public ulong Base;
    public ulong Length;
}

internal static class Gather
{
    public static KernelResult Collect(UserVirtualAddress at, KernelVirtualAddress to)
    {
        if (!AccessOk(at, 16))
            return -EFAULT;
        if (GetUser(out Vector vector, at).IsError)
            return -EFAULT;
        if (vector.Length > 128)
            return -EINVAL;
        return CopyFromUserInatomic(to, new UserVirtualAddress(vector.Base), vector.Length) == 0 ? 0 : -EFAULT; // DK5005
    }
}

//// correct checked_after_it_was_followed
internal struct Vector
{
    public ulong Base;
    public ulong Length;
}

internal static class Gather
{
    public static KernelResult Collect(UserVirtualAddress at, KernelVirtualAddress to)
    {
        if (GetUser(out Vector vector, at).IsError)
            return -EFAULT;
        if (vector.Length > 128 || !AccessOk(new UserVirtualAddress(vector.Base), vector.Length))
            return -EINVAL;
        return CopyFromUserInatomic(to, new UserVirtualAddress(vector.Base), vector.Length) == 0 ? 0 : -EFAULT;
    }
}

//// buggy the_refused_address_is_used
internal static class Reverse
{
    public static KernelResult Get(UserVirtualAddress at, KernelVirtualAddress from)
    {
        if (GetUser(out ulong pointer, at).IsError)
            return -EFAULT;
        var to = new UserVirtualAddress(pointer);
        if (AccessOk(to, 8))
            return -EINVAL;
        return CopyToUserInatomic(to, from, 8) == 0 ? 0 : -EFAULT; // DK5005
    }
}

//// correct buffer_of_read_was_checked_by_the_kernel
internal sealed class PadModule : KernelModule
{
    private readonly MiscDevice _misc;
    private Page? _page;

    public PadModule() => _misc = new() { Name = "pad", Fops = new() { Owner = this, Read = Read } };

    public override KernelResult Init()
    {
        _page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (_page is null)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(_page);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_page!);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, PageSize);
        KernelVirtualAddress text = KmapAtomic(_page!, KmType.User0);
        ulong left = CopyToUserInatomic(buffer, text, count);
        KunmapAtomic(text, KmType.User0);
        return left == 0 ? count : -EFAULT;
    }
}

//// correct checked_in_a_helper_with_a_bool
internal static class Window
{
    public static KernelResult Get(UserVirtualAddress at, KernelVirtualAddress from)
    {
        if (GetUser(out ulong pointer, at).IsError)
            return -EFAULT;
        var to = new UserVirtualAddress(pointer);
        if (!MayWrite(to))
            return -EINVAL;
        return CopyToUserInatomic(to, from, 8) == 0 ? 0 : -EFAULT;
    }

    private static bool MayWrite(UserVirtualAddress to) => !to.IsNull && AccessOk(to, 8);
}

//// correct unknown_callers_may_have_checked
// Nobody calls it here: whoever does has to check.
public static class Mirror
{
    public static ulong Show(UserVirtualAddress to, KernelVirtualAddress from) => CopyToUserInatomic(to, from, 16);
}
