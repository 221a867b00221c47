// DK2007 User address dereferenced by the kernel

//// buggy memcpy_from_the_buffer_of_write
// The first driver of many beginners; it works until the page is not there.
internal sealed class NotesModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _notes;

    public NotesModule() => _misc = new() { Name = "notes", Fops = new() { Owner = this, Write = Write } };

    public override KernelResult Init()
    {
        _notes = Kzalloc(PageSize, GfpFlags.Kernel);
        if (_notes.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Kfree(_notes);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_notes);
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, PageSize);
        Memcpy(_notes, new KernelVirtualAddress(buffer.Value), count); // DK2007
        return count;
    }
}

//// correct copy_from_user_of_the_buffer_of_write
internal sealed class NotesModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _notes;

    public NotesModule() => _misc = new() { Name = "notes", Fops = new() { Owner = this, Write = Write } };

    public override KernelResult Init()
    {
        _notes = Kzalloc(PageSize, GfpFlags.Kernel);
        if (_notes.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Kfree(_notes);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_notes);
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, PageSize);
        return CopyFromUser(_notes, buffer, count) == 0 ? count : -EFAULT;
    }
}

//// buggy store_through_an_ioctl_argument
internal sealed class ClockModule : KernelModule
{
    private readonly MiscDevice _misc;

    public ClockModule() => _misc = new() { Name = "clock", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 1)
            return -ENOTTY;
        Store(new KernelVirtualAddress(argument), Jiffies); // DK2007: a process chose that number
        return 0;
    }
}

//// correct put_user_through_an_ioctl_argument
internal sealed class ClockModule : KernelModule
{
    private readonly MiscDevice _misc;

    public ClockModule() => _misc = new() { Name = "clock", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 1)
            return -ENOTTY;
        return PutUser(Jiffies, new UserVirtualAddress(argument)).IsError ? -EFAULT : 0;
    }
}

//// buggy load_in_a_local_function
internal static class Number
{
    public static KernelResult Get(UserVirtualAddress from)
    {
        return Fetch() + 1;

        int Fetch()
        {
            var at = new KernelVirtualAddress(from.Value);
            return Load<int>(at); // DK2007
        }
    }
}

//// correct get_user_in_a_local_function
internal static class Number
{
    public static KernelResult Get(UserVirtualAddress from)
    {
        return Fetch(out int number) ? number + 1 : -EFAULT;

        bool Fetch(out int value) => GetUser(out value, from).IsSuccess;
    }
}

//// buggy helper_reads_a_string
// faulty and crusher: the name is where the process says, and not in the kernel.
internal static class Name
{
    public static void Set(UserVirtualAddress name) => Log(name.Value); // DK2007

    private static void Log(ulong address) => Printk(LogLevel.Info, LoadString(new KernelVirtualAddress(address)));
}

//// correct helper_reads_a_string_of_the_kernel
internal static class Name
{
    public static KernelResult Set(UserVirtualAddress name)
    {
        KernelLogicalAddress copy = Kzalloc(64, GfpFlags.Kernel);
        if (copy.IsNull)
            return -ENOMEM;
        ulong left = CopyFromUser(copy, name, 63);
        if (left == 0)
            Log(copy.Value);
        Kfree(copy);
        return left == 0 ? 0 : -EFAULT;
    }

    private static void Log(ulong address) => Printk(LogLevel.Info, LoadString(new KernelVirtualAddress(address)));
}

//// buggy kept_in_a_field_and_cleared_later
internal sealed class Session
{
    private readonly ulong _area;

    public Session(UserVirtualAddress area) => _area = area.Value;

    public void Reset() => Memset(new KernelVirtualAddress(_area), 0, 64); // DK2007
}

//// correct kept_in_a_field_and_cleared_by_clear_user
internal sealed class Session
{
    private readonly UserVirtualAddress _area;

    public Session(UserVirtualAddress area) => _area = area;

    public KernelResult Reset() => ClearUser(_area, 64) == 0 ? 0 : -EFAULT;
}

//// buggy loop_over_the_buffer
internal sealed class RotModule : KernelModule
{
    private readonly MiscDevice _misc;

    public RotModule() => _misc = new()
    {
        Name = "rot",
        Fops = new()
        {
            Owner = this,
            Write = (OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
            {
                ulong sum = 0;
                for (ulong i = 0; i < count; i++)
                    sum += Load<byte>(new KernelVirtualAddress(buffer.Value + i)); // DK2007
                Printk(LogLevel.Info, $"rot: {sum}");
                return count;
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct loop_over_the_buffer_with_get_user
internal sealed class RotModule : KernelModule
{
    private readonly MiscDevice _misc;

    public RotModule() => _misc = new()
    {
        Name = "rot",
        Fops = new()
        {
            Owner = this,
            Write = (OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
            {
                ulong sum = 0;
                for (ulong i = 0; i < count; i++)
                {
                    if (GetUser(out byte one, buffer + i).IsError)
                        return -EFAULT;
                    sum += one;
                }

                Printk(LogLevel.Info, $"rot: {sum}");
                return count;
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// buggy printed_into_the_process
internal static class Banner
{
    public static KernelResult Get(UserVirtualAddress to, uint version)
    {
        KernelVirtualAddress line = new(to.Value);
        return Snprintf(line, 32, $"version {version}\n"); // DK2007
    }
}

//// correct printed_and_copied
internal static class Banner
{
    public static KernelResult Get(UserVirtualAddress to, uint version)
    {
        KernelLogicalAddress line = Kzalloc(32, GfpFlags.Kernel);
        if (line.IsNull)
            return -ENOMEM;
        Snprintf(line, 32, $"version {version}\n");
        ulong left = CopyToUser(to, line, 32);
        Kfree(line);
        return left == 0 ? 32 : -EFAULT;
    }
}

//// buggy pages_of_the_process_are_another_matter
// Only the number at the first page is right.
internal static class Pin
{
    public static KernelResult Clear(UserVirtualAddress at)
    {
        Span<Page?> pages = [null];
        if (GetUserPages(at, write: true, force: false, pages).Value != 1)
            return -EFAULT;
        Store(new KernelVirtualAddress(at.PageAlignDown.Value), 0u); // DK2007
        SetPageDirtyLock(pages[0]!);
        PutPage(pages[0]!);
        return 0;
    }
}

//// correct pages_of_the_process_are_mapped
internal static class Pin
{
    public static KernelResult Clear(UserVirtualAddress at)
    {
        Span<Page?> pages = [null];
        if (GetUserPages(at, write: true, force: false, pages).Value != 1)
            return -EFAULT;
        KernelVirtualAddress mapped = Kmap(pages[0]!);
        Store(mapped + at.PageOffset, 0u);
        Kunmap(pages[0]!);
        SetPageDirtyLock(pages[0]!);
        PutPage(pages[0]!);
        return 0;
    }
}
