// DK5007 Padding of a struct copied to user space

//// buggy hole_between_two_fields
// The hole after Ready keeps what was on the kernel stack: check_rosenberg's case.
internal struct Status
{
    public byte Ready;
    public uint Errors;
}

internal static class Drive
{
    public static KernelResult Query(UserVirtualAddress to, uint errors)
    {
        Status status;
        status.Ready = 1;
        status.Errors = errors;
        return PutUser(status, to).IsError ? -EFAULT : 0; // DK5007
    }
}

//// correct hole_filled_by_a_field
internal struct Status
{
    public byte Ready;
    public byte Reserved0;
    public ushort Reserved1;
    public uint Errors;
}

internal static class Drive
{
    public static KernelResult Query(UserVirtualAddress to, uint errors)
    {
        Status status;
        status.Ready = 1;
        status.Reserved0 = 0;
        status.Reserved1 = 0;
        status.Errors = errors;
        return PutUser(status, to).IsError ? -EFAULT : 0;
    }
}

//// buggy hole_at_the_end
// Arrays of it need the size to be a multiple of eight.
internal struct Sample
{
    public long Time;
    public int Value;
}

internal static class Adc
{
    public static KernelResult Get(UserVirtualAddress to, long now, int value) =>
        PutUser(new Sample { Time = now, Value = value }, to).IsSuccess ? 0 : -EFAULT; // DK5007
}

//// correct packed
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 1)]
internal struct Sample
{
    public long Time;
    public int Value;
}

internal static class Adc
{
    public static KernelResult Get(UserVirtualAddress to, long now, int value) =>
        PutUser(new Sample { Time = now, Value = value }, to).IsSuccess ? 0 : -EFAULT;
}

//// buggy hole_inside_a_nested_struct
internal struct Point
{
    public byte Layer;
    public int X;
}

internal struct Line
{
    public Point From;
    public Point To;
}

internal static class Plotter
{
    public static KernelResult Last(UserVirtualAddress to, int x)
    {
        var line = new Line { From = new Point { Layer = 1, X = x }, To = new Point { Layer = 2, X = x } };
        return PutUser(line, to).IsError ? -EFAULT : 0; // DK5007
    }
}

//// correct nested_structs_without_holes
internal struct Point
{
    public int Layer;
    public int X;
}

internal struct Line
{
    public Point From;
    public Point To;
    public long Length;
}

internal static class Plotter
{
    public static KernelResult Last(UserVirtualAddress to, int x)
    {
        var line = new Line { From = new Point { Layer = 1, X = x }, To = new Point { Layer = 2, X = x }, Length = 0 };
        return PutUser(line, to).IsError ? -EFAULT : 0;
    }
}

//// buggy through_a_generic_helper
internal struct Mode
{
    public ushort Width;
    public ushort Height;
    public byte Depth;
}

internal static class Screen
{
    public static KernelResult Get(UserVirtualAddress to) =>
        Answer(new Mode { Width = 640, Height = 480, Depth = 8 }, to); // DK5007

    private static KernelResult Answer<T>(T value, UserVirtualAddress to) where T : unmanaged =>
        PutUser(value, to).IsError ? -EFAULT : 0;
}

//// correct through_a_generic_helper_without_holes
internal struct Mode
{
    public ushort Width;
    public ushort Height;
    public byte Depth;
    public byte Reserved;
}

internal static class Screen
{
    public static KernelResult Get(UserVirtualAddress to) =>
        Answer(new Mode { Width = 640, Height = 480, Depth = 8 }, to);

    private static KernelResult Answer<T>(T value, UserVirtualAddress to) where T : unmanaged =>
        PutUser(value, to).IsError ? -EFAULT : 0;
}

//// buggy bytes_of_a_span
internal struct Event
{
    public ulong Time;
    public ushort Code;
}

internal static class Input
{
    public static KernelResult Read(UserVirtualAddress buffer, ulong time, ushort code)
    {
        Span<Event> events = [new Event { Time = time, Code = code }];
        return CopyToUser(buffer, System.Runtime.InteropServices.MemoryMarshal.AsBytes(events)) == 0 ? 16 : -EFAULT; // DK5007
    }
}

//// correct bytes_of_a_span_without_holes
internal struct Event
{
    public ulong Time;
    public ushort Code;
    public ushort Type;
    public int Value;
}

internal static class Input
{
    public static KernelResult Read(UserVirtualAddress buffer, ulong time, ushort code)
    {
        Span<Event> events = [new Event { Time = time, Code = code }];
        return CopyToUser(buffer, System.Runtime.InteropServices.MemoryMarshal.AsBytes(events)) == 0 ? 16 : -EFAULT;
    }
}

//// buggy in_a_lambda_of_the_operations_table
internal readonly record struct Info(byte Version, ulong Size);

internal sealed class InfoModule : KernelModule
{
    private readonly MiscDevice _misc;

    public InfoModule() => _misc = new()
    {
        Name = "info",
        Fops = new()
        {
            Owner = this,
            UnlockedIoctl = static (filp, command, argument) => command == 1
                ? PutUser(new Info(2, PageSize), new UserVirtualAddress(argument)) // DK5007
                : -ENOTTY,
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct in_a_lambda_of_the_operations_table_without_holes
internal readonly record struct Info(ulong Version, ulong Size);

internal sealed class InfoModule : KernelModule
{
    private readonly MiscDevice _misc;

    public InfoModule() => _misc = new()
    {
        Name = "info",
        Fops = new()
        {
            Owner = this,
            UnlockedIoctl = static (filp, command, argument) => command == 1
                ? PutUser(new Info(2, PageSize), new UserVirtualAddress(argument))
                : -ENOTTY,
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// buggy enum_and_bool_fields
internal enum Speed : ushort
{
    Slow,
    Fast,
}

internal struct Link
{
    public bool Up;
    public Speed Speed;
}

internal static class Phy
{
    public static KernelResult Get(UserVirtualAddress to)
    {
        Link link = default;
        link.Up = true;
        link.Speed = Speed.Fast;
        return Put(link, to);

        static KernelResult Put(Link link, UserVirtualAddress to) => PutUser(link, to).IsError ? -EFAULT : 0; // DK5007
    }
}

//// correct enum_and_bool_fields_side_by_side
internal enum Speed : byte
{
    Slow,
    Fast,
}

internal struct Link
{
    public bool Up;
    public Speed Speed;
}

internal static class Phy
{
    public static KernelResult Get(UserVirtualAddress to)
    {
        Link link = default;
        link.Up = true;
        link.Speed = Speed.Fast;
        return Put(link, to);

        static KernelResult Put(Link link, UserVirtualAddress to) => PutUser(link, to).IsError ? -EFAULT : 0;
    }
}

//// correct the_process_gets_its_own_bytes_back
// The holes hold what the process has put there.
internal struct Query
{
    public byte Kind;
    public uint Answer;
}

internal static class Oracle
{
    public static KernelResult Ask(UserVirtualAddress at)
    {
        if (GetUser(out Query query, at).IsError)
            return -EFAULT;
        query.Answer = 42;
        return PutUser(query, at).IsError ? -EFAULT : 0;
    }
}

//// correct numbers_and_arrays_of_numbers
[System.Runtime.CompilerServices.InlineArray(12)]
internal struct Letters
{
    public byte First;
}

internal struct Name
{
    public uint Length;
    public Letters Text;
}

internal static class Names
{
    public static KernelResult Get(UserVirtualAddress to)
    {
        if (PutUser(12ul, to).IsError || PutUser('x', to + 8ul).IsError)
            return -EFAULT;
        return PutUser(new Name { Length = 0 }, to + 16ul).IsError ? -EFAULT : 0;
    }
}

//// correct fields_put_one_by_one
internal struct Status
{
    public byte Ready;
    public uint Errors;
}

internal static class Drive
{
    public static KernelResult Query(UserVirtualAddress to, Status status) =>
        PutUser(status.Ready, to).IsError || PutUser(status.Errors, to + 4ul).IsError ? -EFAULT : 0;
}
