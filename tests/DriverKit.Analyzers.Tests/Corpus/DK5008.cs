// DK5008 Arithmetic that can wrap inside access_ok

//// buggy count_times_size
internal static class Batch
{
    public static KernelResult Begin(UserVirtualAddress at)
    {
        if (GetUser(out ulong count, at).IsError)
            return -EFAULT;
        if (!AccessOk(at + 8ul, count * 24)) // DK5008
            return -EFAULT;
        return 0;
    }
}

//// correct count_compared_before_it_is_multiplied
internal static class Batch
{
    public static KernelResult Begin(UserVirtualAddress at)
    {
        if (GetUser(out ulong count, at).IsError)
            return -EFAULT;
        if (count > 1024)
            return -EINVAL;
        if (!AccessOk(at + 8ul, count * 24))
            return -EFAULT;
        return 0;
    }
}

//// buggy offset_and_length
internal sealed class SpanModule : KernelModule
{
    private readonly MiscDevice _misc;

    public SpanModule() => _misc = new() { Name = "span", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 1)
            return -ENOTTY;
        var at = new UserVirtualAddress(argument);
        if (GetUser(out ulong offset, at).IsError || GetUser(out ulong length, at + 8ul).IsError)
            return -EFAULT;
        return AccessOk(at, offset + length) ? 0 : -EFAULT; // DK5008
    }
}

//// correct length_compared_with_what_is_left
internal sealed class SpanModule : KernelModule
{
    private const ulong Max = 1 << 20;

    private readonly MiscDevice _misc;

    public SpanModule() => _misc = new() { Name = "span", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 1)
            return -ENOTTY;
        var at = new UserVirtualAddress(argument);
        if (GetUser(out ulong offset, at).IsError || GetUser(out ulong length, at + 8ul).IsError)
            return -EFAULT;
        if (offset > Max || length > Max - offset)
            return -EINVAL;
        return AccessOk(at, offset + length) ? 0 : -EFAULT;
    }
}

//// buggy product_of_thirty_two_bits
// 0x20000000 entries of eight bytes are none.
internal struct Header
{
    public uint Entries;
    public uint Flags;
}

internal static class Relocations
{
    public static KernelResult Check(UserVirtualAddress list, UserVirtualAddress from)
    {
        if (GetUser(out Header header, from).IsError)
            return -EFAULT;
        return AccessOk(list, header.Entries * 8) ? 0 : -EFAULT; // DK5008
    }
}

//// correct product_of_sixty_four_bits
internal struct Header
{
    public uint Entries;
    public uint Flags;
}

internal static class Relocations
{
    public static KernelResult Check(UserVirtualAddress list, UserVirtualAddress from)
    {
        if (GetUser(out Header header, from).IsError)
            return -EFAULT;
        return AccessOk(list, header.Entries * 8ul) ? 0 : -EFAULT;
    }
}

//// buggy product_in_a_local
internal static class Vectors
{
    public static KernelResult Import(UserVirtualAddress vectors, UserVirtualAddress from)
    {
        if (GetUser(out ulong segments, from).IsError)
            return -EFAULT;
        ulong bytes = segments * 16;
        if (!AccessOk(vectors, bytes)) // DK5008
            return -EFAULT;
        return 0;
    }
}

//// correct product_in_a_local_of_a_small_number
internal static class Vectors
{
    public static KernelResult Import(UserVirtualAddress vectors, UserVirtualAddress from)
    {
        if (GetUser(out ulong segments, from).IsError)
            return -EFAULT;
        ulong bytes = Math.Min(segments, 1024) * 16;
        if (!AccessOk(vectors, bytes))
            return -EFAULT;
        return 0;
    }
}

//// buggy helper_asks_for_entries
internal static class Queue
{
    public static KernelResult Map(UserVirtualAddress entries, UserVirtualAddress from)
    {
        if (GetUser(out ulong number, from).IsError)
            return -EFAULT;
        return IsReachable(entries, number) ? 0 : -EFAULT; // DK5008
    }

    private static bool IsReachable(UserVirtualAddress entries, ulong number) => AccessOk(entries, number * 32);
}

//// correct helper_bounds_the_entries
internal static class Queue
{
    public static KernelResult Map(UserVirtualAddress entries, UserVirtualAddress from)
    {
        if (GetUser(out ulong number, from).IsError)
            return -EFAULT;
        return IsReachable(entries, number) ? 0 : -EFAULT;
    }

    private static bool IsReachable(UserVirtualAddress entries, ulong number) => number <= ulong.MaxValue / 32 && AccessOk(entries, number * 32);
}

//// buggy header_added_in_a_lambda
internal sealed class FrameModule : KernelModule
{
    private readonly MiscDevice _misc;

    public FrameModule() => _misc = new()
    {
        Name = "frame",
        Fops = new()
        {
            Owner = this,
            Ioctl = static (inode, filp, command, argument) =>
            {
                if (command != 5)
                    return -ENOTTY;
                var at = new UserVirtualAddress(argument);
                if (GetUser(out ulong body, at).IsError)
                    return -EFAULT;
                return AccessOk(at, body + 8) ? 0 : -EFAULT; // DK5008
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct header_checked_apart_in_a_lambda
internal sealed class FrameModule : KernelModule
{
    private readonly MiscDevice _misc;

    public FrameModule() => _misc = new()
    {
        Name = "frame",
        Fops = new()
        {
            Owner = this,
            Ioctl = static (inode, filp, command, argument) =>
            {
                if (command != 5)
                    return -ENOTTY;
                var at = new UserVirtualAddress(argument);
                if (GetUser(out ulong body, at).IsError)
                    return -EFAULT;
                return AccessOk(at + 8ul, body) ? 0 : -EFAULT;
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// buggy two_counts_multiplied
internal static class Matrix
{
    public static KernelResult Load(UserVirtualAddress cells, UserVirtualAddress from)
    {
        if (GetUser(out uint rows, from).IsError || GetUser(out uint columns, from + 4ul).IsError)
            return -EFAULT;
        if (rows == 0 || columns == 0)
            return -EINVAL;
        return AccessOk(cells, rows * columns) ? 0 : -EFAULT; // DK5008
    }
}

//// correct two_small_counts_multiplied
internal static class Matrix
{
    public static KernelResult Load(UserVirtualAddress cells, UserVirtualAddress from)
    {
        if (GetUser(out ushort rows, from).IsError || GetUser(out byte columns, from + 4ul).IsError)
            return -EFAULT;
        if (rows == 0 || columns == 0)
            return -EINVAL;
        return AccessOk(cells, (uint)rows * columns) ? 0 : -EFAULT;
    }
}

//// correct numbers_of_the_driver
internal static class Fixed
{
    public static KernelResult Check(UserVirtualAddress at, ulong[] table) =>
        AccessOk(at, (ulong)table.Length * sizeof(ulong) + 16) ? 0 : -EFAULT;
}
