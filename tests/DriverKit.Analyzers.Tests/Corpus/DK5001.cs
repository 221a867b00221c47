// DK5001 Result of a user access ignored

//// buggy read_drops_the_number
internal static class Motd
{
    private const ulong Size = 64;

    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress text, ulong count)
    {
        count = Math.Min(count, Size);
        CopyToUser(buffer, text, count); // DK5001
        return count;
    }
}

//// correct read_looks_at_the_number
internal static class Motd
{
    private const ulong Size = 64;

    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress text, ulong count)
    {
        count = Math.Min(count, Size);
        if (CopyToUser(buffer, text, count) != 0)
            return -EFAULT;
        return count;
    }
}

//// buggy get_user_result_dropped
// The value is 0 when the address is bad, and the driver believes it.
internal static class Volume
{
    public static KernelResult Set(UserVirtualAddress from, out int volume)
    {
        GetUser(out volume, from); // DK5001
        return 0;
    }
}

//// correct get_user_result_checked
internal static class Volume
{
    public static KernelResult Set(UserVirtualAddress from, out int volume) =>
        GetUser(out volume, from).IsError ? -EFAULT : 0;
}

//// buggy dropped_in_a_lambda_of_the_operations_table
internal sealed class EchoModule : KernelModule
{
    private readonly MiscDevice _misc;
    private uint _last;

    public EchoModule() => _misc = new()
    {
        Name = "echo",
        Fops = new()
        {
            Owner = this,
            UnlockedIoctl = (filp, command, argument) =>
            {
                if (command != 1)
                    return -ENOTTY;
                PutUser(_last, new UserVirtualAddress(argument)); // DK5001
                _last++;
                return 0;
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// correct checked_in_a_lambda_of_the_operations_table
internal sealed class EchoModule : KernelModule
{
    private readonly MiscDevice _misc;
    private uint _last;

    public EchoModule() => _misc = new()
    {
        Name = "echo",
        Fops = new()
        {
            Owner = this,
            UnlockedIoctl = (filp, command, argument) =>
            {
                if (command != 1)
                    return -ENOTTY;
                if (PutUser(_last, new UserVirtualAddress(argument)) is { IsError: true } error)
                    return error;
                _last++;
                return 0;
            },
        },
    };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);
}

//// buggy helper_hands_the_number_on_and_the_caller_drops_it
internal static class Log
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress line, ulong length)
    {
        Deliver(buffer, line, length); // DK5001: what Deliver returns is what copy_to_user returned
        return length;
    }

    private static ulong Deliver(UserVirtualAddress buffer, KernelVirtualAddress line, ulong length)
    {
        Printk(LogLevel.Debug, "log: one line read");
        return CopyToUser(buffer, line, length);
    }
}

//// correct helper_hands_the_number_on_and_the_caller_looks
internal static class Log
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress line, ulong length)
    {
        ulong left = Deliver(buffer, line, length);
        return left == 0 ? length : -EFAULT;
    }

    private static ulong Deliver(UserVirtualAddress buffer, KernelVirtualAddress line, ulong length)
    {
        Printk(LogLevel.Debug, "log: one line read");
        return CopyToUser(buffer, line, length);
    }
}

//// buggy kept_in_a_local_that_nobody_reads
internal static class Pattern
{
    public static KernelResult Write(KernelVirtualAddress pattern, UserVirtualAddress buffer, ulong count)
    {
        count = Math.Min(count, PageSize);
        ulong left = CopyFromUser(pattern, buffer, count); // DK5001
        return count;
    }
}

//// correct kept_in_a_local_and_subtracted
internal static class Pattern
{
    public static KernelResult Write(KernelVirtualAddress pattern, UserVirtualAddress buffer, ulong count)
    {
        count = Math.Min(count, PageSize);
        ulong left = CopyFromUser(pattern, buffer, count);
        return left == count && count != 0 ? -EFAULT : count - left;
    }
}

//// buggy expression_body_of_a_void_helper
internal static class Status
{
    public static KernelResult Query(UserVirtualAddress to, int temperature)
    {
        Report(to, temperature);
        return 0;
    }

    private static void Report(UserVirtualAddress to, int temperature) => PutUser(temperature, to); // DK5001
}

//// correct expression_body_that_returns_the_result
internal static class Status
{
    public static KernelResult Query(UserVirtualAddress to, int temperature)
    {
        KernelResult result = Report(to, temperature);
        return result.IsError ? result : 0;
    }

    private static KernelResult Report(UserVirtualAddress to, int temperature) => PutUser(temperature, to);
}

//// buggy second_copy_hides_the_first_number
// Two parts are copied; only the second number is looked at.
internal static class Frame
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress header, KernelVirtualAddress body, ulong length)
    {
        ulong left = CopyToUser(buffer, header, 16); // DK5001
        left = CopyToUser(buffer + 16ul, body, length);
        return left != 0 ? -EFAULT : 16 + length;
    }
}

//// correct both_numbers_are_looked_at
internal static class Frame
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress header, KernelVirtualAddress body, ulong length)
    {
        ulong left = CopyToUser(buffer, header, 16);
        left |= CopyToUser(buffer + 16ul, body, length);
        return left != 0 ? -EFAULT : 16 + length;
    }
}

//// buggy clear_user_in_a_loop_with_finally
internal static class Zeroes
{
    private static readonly KernelMutex Lock = new("zeroes");

    public static KernelResult Fill(UserVirtualAddress buffer, ulong pages)
    {
        MutexLock(Lock);
        try
        {
            for (ulong done = 0; done < pages; done++)
            {
                ClearUser(buffer + done * PageSize, PageSize); // DK5001
                CondResched();
            }

            return 0;
        }
        finally
        {
            MutexUnlock(Lock);
        }
    }
}

//// correct clear_user_in_a_loop_checked
internal static class Zeroes
{
    private static readonly KernelMutex Lock = new("zeroes");

    public static KernelResult Fill(UserVirtualAddress buffer, ulong pages)
    {
        MutexLock(Lock);
        try
        {
            for (ulong done = 0; done < pages; done++)
            {
                if (ClearUser(buffer + done * PageSize, PageSize) != 0)
                    return -EFAULT;
                CondResched();
            }

            return 0;
        }
        finally
        {
            MutexUnlock(Lock);
        }
    }
}

//// buggy local_function_drops_it
internal static class Table
{
    public static KernelResult Export(UserVirtualAddress to, uint[] values)
    {
        for (ulong i = 0; i < (ulong)values.Length; i++)
            Put(i);
        return values.Length;

        void Put(ulong i)
        {
            PutUser(values[i], to + i * sizeof(uint)); // DK5001
        }
    }
}

//// correct local_function_returns_it
internal static class Table
{
    public static KernelResult Export(UserVirtualAddress to, uint[] values)
    {
        for (ulong i = 0; i < (ulong)values.Length; i++)
        {
            if (!Put(i))
                return -EFAULT;
        }

        return values.Length;

        bool Put(ulong i) => PutUser(values[i], to + i * sizeof(uint)).IsSuccess;
    }
}

//// correct discarded_on_purpose
// Best effort, as select() writes the time that is left: a discard says that this is meant.
internal static class TimeLeft
{
    public static KernelResult Wait(UserVirtualAddress timeout, long jiffies)
    {
        long left = ScheduleTimeoutInterruptible(jiffies);
        _ = PutUser(left, timeout);
        return left == 0 ? 0 : -ERESTARTSYS;
    }
}

//// correct number_collected_by_ref_and_in_a_field
internal sealed class Scatter
{
    private ulong _missing;

    public KernelResult Write(KernelVirtualAddress first, KernelVirtualAddress second, UserVirtualAddress buffer)
    {
        ulong left = 0;
        Add(ref left, CopyFromUser(first, buffer, 512));
        _missing = CopyFromUser(second, buffer + 512ul, 512);
        return left + _missing == 0 ? 1024 : -EFAULT;
    }

    private static void Add(ref ulong sum, ulong left) => sum += left;
}
