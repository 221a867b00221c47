// DK5003 User memory fetched twice and checked once

//// buggy length_first_then_the_whole_message
// CVE-2016-6480, aacraid ioctl_send_fib: the size is checked in the header, and taken from the second copy.
internal static class Fib
{
    private const uint Max = 2048;

    public static KernelResult Send(UserVirtualAddress argument, KernelLogicalAddress fib, KernelVirtualAddress queue)
    {
        if (GetUser(out uint size, argument).IsError)
            return -EFAULT;
        if (size > Max)
            return -EINVAL;
        if (CopyFromUser(fib, argument, size) != 0) // DK5003
            return -EFAULT;
        Memcpy(queue, fib, Load<uint>(fib));
        return 0;
    }
}

//// correct length_of_the_second_copy_is_compared_again
internal static class Fib
{
    private const uint Max = 2048;

    public static KernelResult Send(UserVirtualAddress argument, KernelLogicalAddress fib, KernelVirtualAddress queue)
    {
        if (GetUser(out uint size, argument).IsError)
            return -EFAULT;
        if (size > Max)
            return -EINVAL;
        if (CopyFromUser(fib, argument, size) != 0)
            return -EFAULT;
        if (Load<uint>(fib) != size)
            return -EINVAL;
        Memcpy(queue, fib, size);
        return 0;
    }
}

//// correct length_of_the_second_copy_is_overwritten
internal static class Fib
{
    private const uint Max = 2048;

    public static KernelResult Send(UserVirtualAddress argument, KernelLogicalAddress fib, KernelVirtualAddress queue)
    {
        if (GetUser(out uint size, argument).IsError)
            return -EFAULT;
        if (size > Max)
            return -EINVAL;
        if (CopyFromUser(fib, argument, size) != 0)
            return -EFAULT;
        Store(fib, size);
        Memcpy(queue, fib, size);
        return 0;
    }
}

//// buggy number_fetched_to_check_and_again_to_use
internal static class Channel
{
    private static readonly uint[] Gains = new uint[16];

    public static KernelResult Gain(UserVirtualAddress argument)
    {
        if (GetUser(out uint number, argument).IsError)
            return -EFAULT;
        if (number >= 16)
            return -EINVAL;
        if (GetUser(out uint channel, argument).IsError) // DK5003
            return -EFAULT;
        return Gains[channel];
    }
}

//// correct number_fetched_once
internal static class Channel
{
    private static readonly uint[] Gains = new uint[16];

    public static KernelResult Gain(UserVirtualAddress argument)
    {
        if (GetUser(out uint channel, argument).IsError)
            return -EFAULT;
        if (channel >= 16)
            return -EINVAL;
        return Gains[channel];
    }
}

//// buggy checked_in_a_helper
internal static class Slots
{
    private static readonly ulong[] Table = new ulong[32];

    public static KernelResult Select(UserVirtualAddress argument)
    {
        if (!IsValid(argument))
            return -EINVAL;
        if (GetUser(out uint slot, argument).IsError) // DK5003
            return -EFAULT;
        return Table[slot];
    }

    private static bool IsValid(UserVirtualAddress argument) =>
        GetUser(out uint slot, argument).IsSuccess && slot < 32;
}

//// correct helper_hands_the_number_back
internal static class Slots
{
    private static readonly ulong[] Table = new ulong[32];

    public static KernelResult Select(UserVirtualAddress argument)
    {
        if (!TryFetch(argument, out uint slot))
            return -EINVAL;
        return Table[slot];
    }

    private static bool TryFetch(UserVirtualAddress argument, out uint slot) =>
        GetUser(out slot, argument).IsSuccess && slot < 32;
}

//// buggy ioctl_makes_the_pointer_twice
// CVE-2016-6156, the ChromeOS embedded controller: two copies of one command, the sizes of the first checked.
internal sealed class EcModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly byte[] _registers = new byte[256];

    public EcModule() => _misc = new() { Name = "ec", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 1:
                if (GetUser(out uint index, new UserVirtualAddress(argument)).IsError)
                    return -EFAULT;
                if (index >= 256)
                    return -EINVAL;
                if (GetUser(out index, new UserVirtualAddress(argument)).IsError) // DK5003
                    return -EFAULT;
                return (int)_registers[index];
            default:
                return -ENOTTY;
        }
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct ioctl_reads_two_fields
internal sealed class EcModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly byte[] _registers = new byte[256];

    public EcModule() => _misc = new() { Name = "ec", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 1:
                if (GetUser(out uint index, new UserVirtualAddress(argument)).IsError)
                    return -EFAULT;
                if (index >= 256)
                    return -EINVAL;
                if (GetUser(out byte value, new UserVirtualAddress(argument + 4)).IsError)
                    return -EFAULT;
                _registers[index] = value;
                return 0;
            default:
                return -ENOTTY;
        }
    }

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// buggy kind_checked_then_the_record_fetched
internal struct Record
{
    public uint Kind;
    public uint Value;
}

internal static class Records
{
    public static KernelResult Add(UserVirtualAddress from, Action<Record>[] handlers)
    {
        if (GetUser(out uint kind, from).IsError)
            return -EFAULT;
        switch (kind)
        {
            case 0 or 1:
                break;
            default:
                return -EINVAL;
        }

        if (GetUser(out Record record, from).IsError) // DK5003
            return -EFAULT;
        handlers[record.Kind](record);
        return 0;
    }
}

//// correct kind_checked_in_the_record
internal struct Record
{
    public uint Kind;
    public uint Value;
}

internal static class Records
{
    public static KernelResult Add(UserVirtualAddress from, Action<Record>[] handlers)
    {
        if (GetUser(out Record record, from).IsError)
            return -EFAULT;
        switch (record.Kind)
        {
            case 0 or 1:
                break;
            default:
                return -EINVAL;
        }

        handlers[record.Kind](record);
        return 0;
    }
}

//// buggy into_two_kernel_buffers
internal static class Packet
{
    private const uint Max = 1500;

    public static KernelResult Send(KernelVirtualAddress queue, KernelVirtualAddress header, KernelVirtualAddress packet, UserVirtualAddress buffer)
    {
        if (CopyFromUser(header, buffer, 8) != 0)
            return -EFAULT;
        uint length = Load<uint>(header);
        if (length is < 8 or > Max)
            return -EMSGSIZE;
        if (CopyFromUser(packet, buffer, length) != 0) // DK5003
            return -EFAULT;
        Memcpy(queue, packet, Load<uint>(packet));
        return length;
    }
}

//// correct header_kept_and_the_rest_fetched
internal static class Packet
{
    private const uint Max = 1500;

    public static KernelResult Send(KernelVirtualAddress packet, UserVirtualAddress buffer)
    {
        if (CopyFromUser(packet, buffer, 8) != 0)
            return -EFAULT;
        uint length = Load<uint>(packet);
        if (length is < 8 or > Max)
            return -EMSGSIZE;
        if (CopyFromUser(packet + 8ul, buffer + 8ul, length - 8) != 0)
            return -EFAULT;
        return length;
    }
}

//// buggy fetched_again_in_a_lambda_of_the_operations_table
internal sealed class GammaModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly byte[] _curve = new byte[64];

    public GammaModule() => _misc = new()
    {
        Name = "gamma",
        Fops = new()
        {
            Owner = this,
            UnlockedIoctl = (filp, command, argument) =>
            {
                if (command != 1)
                    return -ENOTTY;
                var at = new UserVirtualAddress(argument);
                if (GetUser(out int point, at).IsError)
                    return -EFAULT;
                if (point is < 0 or >= 64)
                    return -ERANGE;
                if (GetUser(out point, at).IsError) // DK5003
                    return -EFAULT;
                _curve[point] = 1;
                return 0;
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct fetched_once_in_a_lambda_of_the_operations_table
internal sealed class GammaModule : KernelModule
{
    private readonly MiscDevice _misc;
    private readonly byte[] _curve = new byte[64];

    public GammaModule() => _misc = new()
    {
        Name = "gamma",
        Fops = new()
        {
            Owner = this,
            UnlockedIoctl = (filp, command, argument) =>
            {
                if (command != 1)
                    return -ENOTTY;
                var at = new UserVirtualAddress(argument);
                if (GetUser(out int point, at).IsError)
                    return -EFAULT;
                if (point is < 0 or >= 64)
                    return -ERANGE;
                _curve[point] = 1;
                return 0;
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// buggy fetched_again_in_a_helper
internal static class Gain
{
    public static KernelResult Get(UserVirtualAddress argument, uint[] gains)
    {
        if (!Fetch(argument, out uint number))
            return -EFAULT;
        if (number >= 16)
            return -EINVAL;
        if (!Fetch(argument, out uint again)) // DK5003
            return -EFAULT;
        return gains[again];
    }

    private static bool Fetch(UserVirtualAddress argument, out uint number) => GetUser(out number, argument).IsSuccess;
}

//// correct fetched_by_a_helper_and_checked_each_time
internal static class Gain
{
    public static KernelResult Get(UserVirtualAddress argument, uint[] gains)
    {
        if (!Fetch(argument, out uint number))
            return -EFAULT;
        if (number >= 16)
            return -EINVAL;
        Printk(LogLevel.Debug, $"gain {gains[number]}");
        if (!Fetch(argument, out uint again))
            return -EFAULT;
        if (again >= 16)
            return -EINVAL;
        return gains[again];
    }

    private static bool Fetch(UserVirtualAddress argument, out uint number) => GetUser(out number, argument).IsSuccess;
}

//// correct two_words_of_a_record
internal static class Pan
{
    public static KernelResult Set(UserVirtualAddress argument, uint[] gains)
    {
        if (!Fetch(argument, out uint left, out uint right))
            return -EFAULT;
        if (left >= 16)
            return -EINVAL;
        return right < 16 ? gains[left] + gains[right] : -EINVAL;
    }

    private static bool Fetch(UserVirtualAddress argument, out uint left, out uint right)
    {
        right = 0;
        return GetUser(out left, argument).IsSuccess && GetUser(out right, argument + 4).IsSuccess;
    }
}

//// correct loop_over_an_array
internal static class Histogram
{
    private static readonly uint[] Bins = new uint[8];

    public static KernelResult Fill(UserVirtualAddress from, uint count)
    {
        for (ulong i = 0; i < count; i++)
        {
            if (GetUser(out uint bin, from + i * sizeof(uint)).IsError)
                return -EFAULT;
            if (bin >= 8)
                return -EINVAL;
            Bins[bin]++;
        }

        return 0;
    }
}

//// correct polling_a_word_that_the_process_changes
internal static class Doorbell
{
    public static KernelResult Wait(UserVirtualAddress bell)
    {
        uint value;
        do
        {
            if (GetUser(out value, bell).IsError)
                return -EFAULT;
            if (SignalPending(Current))
                return -ERESTARTSYS;
            Schedule();
        }
        while (value == 0);
        return 0;
    }
}
