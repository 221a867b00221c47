// DK5004 Number from user space used without a bound

//// buggy ioctl_argument_sizes_an_allocation
internal sealed class TraceModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _buffer;

    public TraceModule() => _misc = new() { Name = "trace", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_buffer);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 1)
            return -ENOTTY;
        Kfree(_buffer);
        _buffer = Kzalloc(argument, GfpFlags.Kernel); // DK5004
        return _buffer.IsNull ? -ENOMEM : 0;
    }
}

//// correct ioctl_argument_compared_with_a_limit
internal sealed class TraceModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _buffer;

    public TraceModule() => _misc = new() { Name = "trace", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_buffer);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 1)
            return -ENOTTY;
        if (argument > 64 * 1024)
            return -EINVAL;
        Kfree(_buffer);
        _buffer = Kzalloc(argument, GfpFlags.Kernel);
        return _buffer.IsNull ? -ENOMEM : 0;
    }
}

//// buggy only_compared_with_zero
// LDD3 silly: the count is as large as the process says, and the test that should stop it asks only for nothing.
internal sealed class SillyModule : KernelModule
{
    private readonly MiscDevice _misc;

    public SillyModule() => _misc = new() { Name = "silly", Fops = new() { Owner = this, Write = Write } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (count == 0)
            return 0;
        KernelLogicalAddress copy = Kmalloc(count, GfpFlags.Kernel); // DK5004
        if (copy.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(copy, buffer, count) == 0 ? count : -EFAULT;
        Kfree(copy);
        return result;
    }
}

//// correct cut_to_a_maximum
internal sealed class SillyModule : KernelModule
{
    private readonly MiscDevice _misc;

    public SillyModule() => _misc = new() { Name = "silly", Fops = new() { Owner = this, Write = Write } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (count == 0)
            return 0;
        count = Math.Min(count, PageSize);
        KernelLogicalAddress copy = Kmalloc(count, GfpFlags.Kernel);
        if (copy.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(copy, buffer, count) == 0 ? count : -EFAULT;
        Kfree(copy);
        return result;
    }
}

//// buggy index_of_an_array
// LKMPG chardev2, IOCTL_GET_NTH_BYTE.
internal sealed class ChardevModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly byte[] _message = new byte[80];

    public ChardevModule() => _misc = new() { Name = "chardev", Fops = new() { Owner = this, Ioctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument) => command switch
    {
        2 => (int)_message[argument], // DK5004
        _ => -ENOTTY,
    };
}

//// correct index_below_the_length
internal sealed class ChardevModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly byte[] _message = new byte[80];

    public ChardevModule() => _misc = new() { Name = "chardev", Fops = new() { Owner = this, Ioctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument) => command switch
    {
        2 when argument < (ulong)_message.Length => (int)_message[argument],
        2 => -EINVAL,
        _ => -ENOTTY,
    };
}

//// buggy fetched_length_of_a_memcpy
internal static class Mailbox
{
    public static KernelResult Post(KernelVirtualAddress box, KernelVirtualAddress letter, UserVirtualAddress from)
    {
        if (GetUser(out uint length, from).IsError)
            return -EFAULT;
        Memcpy(box, letter, length); // DK5004
        return length;
    }
}

//// correct fetched_length_of_a_memcpy_is_checked_in_a_helper
internal static class Mailbox
{
    public static KernelResult Post(KernelVirtualAddress box, KernelVirtualAddress letter, UserVirtualAddress from)
    {
        if (GetUser(out uint length, from).IsError)
            return -EFAULT;
        if (!Fits(length))
            return -EMSGSIZE;
        Memcpy(box, letter, length);
        return length;
    }

    private static bool Fits(uint length) => length <= 512;
}

//// buggy field_of_a_fetched_struct
internal struct Request
{
    public uint Flags;
    public uint Entries;
}

internal static class Ring
{
    public static KernelResult Create(UserVirtualAddress from, out KernelVirtualAddress ring)
    {
        ring = default;
        if (GetUser(out Request request, from).IsError)
            return -EFAULT;
        if (request.Flags > 7)
            return -EINVAL;
        ring = Vmalloc(request.Entries * 16ul); // DK5004
        return ring.IsNull ? -ENOMEM : 0;
    }
}

//// correct field_of_a_fetched_struct_matched_by_a_pattern
internal struct Request
{
    public uint Flags;
    public uint Entries;
}

internal static class Ring
{
    public static KernelResult Create(UserVirtualAddress from, out KernelVirtualAddress ring)
    {
        ring = default;
        if (GetUser(out Request request, from).IsError)
            return -EFAULT;
        if (request is not { Flags: <= 7, Entries: > 0 and <= 4096 })
            return -EINVAL;
        ring = Vmalloc(request.Entries * 16ul);
        return ring.IsNull ? -ENOMEM : 0;
    }
}

//// buggy through_a_helper_that_allocates
internal sealed class SpoolModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelVirtualAddress _spool;

    public SpoolModule() => _misc = new() { Name = "spool", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit()
    {
        MiscDeregister(_misc);
        Vfree(_spool);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 7:
                return Resize(argument); // DK5004
            default:
                return -ENOTTY;
        }
    }

    private KernelResult Resize(ulong size)
    {
        KernelVirtualAddress spool = Vmalloc(size);
        if (spool.IsNull)
            return -ENOMEM;
        Vfree(_spool);
        _spool = spool;
        return 0;
    }
}

//// correct through_a_helper_with_a_bound_before
internal sealed class SpoolModule : KernelModule
{
    private const ulong Max = 1 << 20;

    private readonly MiscDevice _misc;
    private KernelVirtualAddress _spool;

    public SpoolModule() => _misc = new() { Name = "spool", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit()
    {
        MiscDeregister(_misc);
        Vfree(_spool);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 7 when argument is > 0 and <= Max:
                return Resize(argument);
            case 7:
                return -EINVAL;
            default:
                return -ENOTTY;
        }
    }

    private KernelResult Resize(ulong size)
    {
        KernelVirtualAddress spool = Vmalloc(size);
        if (spool.IsNull)
            return -ENOMEM;
        Vfree(_spool);
        _spool = spool;
        return 0;
    }
}

//// buggy bound_only_on_one_branch
internal static class Stats
{
    private static readonly ulong[] Counters = new ulong[8];

    public static KernelResult Get(UserVirtualAddress from, bool strict)
    {
        if (GetUser(out uint counter, from).IsError)
            return -EFAULT;
        if (strict && counter >= 8)
            return -EINVAL;
        return Counters[counter]; // DK5004
    }
}

//// correct bound_on_every_branch
internal static class Stats
{
    private static readonly ulong[] Counters = new ulong[8];

    public static KernelResult Get(UserVirtualAddress from, bool strict)
    {
        if (GetUser(out uint counter, from).IsError)
            return -EFAULT;
        if (strict ? counter >= 8 : counter > 3)
            return -EINVAL;
        return Counters[counter];
    }
}

//// buggy length_in_a_copied_message
internal static class Command
{
    public static KernelResult Run(KernelVirtualAddress message, KernelVirtualAddress arguments, UserVirtualAddress from)
    {
        if (CopyFromUser(message, from, 64) != 0)
            return -EFAULT;
        uint length = Load<uint>(message + 4ul);
        Memcpy(arguments, message + 8ul, length); // DK5004
        return 0;
    }
}

//// correct length_in_a_copied_message_is_bounded
internal static class Command
{
    public static KernelResult Run(KernelVirtualAddress message, KernelVirtualAddress arguments, UserVirtualAddress from)
    {
        if (CopyFromUser(message, from, 64) != 0)
            return -EFAULT;
        uint length = Load<uint>(message + 4ul);
        if (length > 56)
            return -EMSGSIZE;
        Memcpy(arguments, message + 8ul, length);
        return 0;
    }
}

//// buggy offset_of_an_address
internal sealed class PeekModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _table;

    public PeekModule() => _misc = new() { Name = "peek", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init()
    {
        _table = Kzalloc(PageSize, GfpFlags.Kernel);
        if (_table.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Kfree(_table);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_table);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 3)
            return -ENOTTY;
        return Load<uint>(_table + argument); // DK5004
    }
}

//// correct offset_of_an_address_is_masked
internal sealed class PeekModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _table;

    public PeekModule() => _misc = new() { Name = "peek", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init()
    {
        _table = Kzalloc(PageSize, GfpFlags.Kernel);
        if (_table.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Kfree(_table);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_table);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (command != 3)
            return -ENOTTY;
        return Load<uint>(_table + (argument & 0xffc));
    }
}

//// correct copied_in_pieces
internal static class Sink
{
    public static KernelResult Write(KernelVirtualAddress page, UserVirtualAddress from)
    {
        if (GetUser(out ulong length, from).IsError)
            return -EFAULT;
        for (ulong done = 0; done < length;)
        {
            ulong piece = Math.Min(length - done, PageSize);
            if (CopyFromUser(page, from + 8ul + done, piece) != 0)
                return -EFAULT;
            done += piece;
        }

        return 0;
    }
}

//// correct size_in_the_command_is_small
internal static class Params
{
    public static KernelResult Read(UserVirtualAddress from, out KernelLogicalAddress copy)
    {
        copy = default;
        if (GetUser(out uint command, from).IsError)
            return -EFAULT;
        copy = Kzalloc(IocSize(command), GfpFlags.Kernel);
        return copy.IsNull ? -ENOMEM : 0;
    }
}

//// correct remainder_and_small_types
internal static class Keymap
{
    private static readonly ushort[] Keys = new ushort[256];

    public static KernelResult Get(UserVirtualAddress from)
    {
        if (GetUser(out byte key, from).IsError || GetUser(out uint bank, from + 4ul).IsError)
            return -EFAULT;
        return Keys[key] + Keys[bank % 256];
    }
}
//// correct counter_that_starts_at_a_checked_number
internal sealed class Table
{
    private readonly uint[] _entries = new uint[200];

    public KernelResult Fill(UserVirtualAddress from)
    {
        if (GetUser(out uint first, from).IsError)
            return -EFAULT;
        if (first > 100)
            return -EINVAL;
        for (uint i = first; i < 200; i++)
            _entries[i] = i;
        return 0;
    }
}
