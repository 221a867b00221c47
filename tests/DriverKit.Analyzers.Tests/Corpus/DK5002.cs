// DK5002 Number of bytes not copied returned as the result

//// buggy returned_at_once
// The process takes the number for the bytes it has got. The same slip went through the tree with check_return_efault.
internal static class Version
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress text) =>
        CopyToUser(buffer, text, 16); // DK5002
}

//// correct turned_into_an_error
internal static class Version
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress text) =>
        CopyToUser(buffer, text, 16) != 0 ? -EFAULT : 16;
}

//// buggy through_a_local
internal static class Palette
{
    public static KernelResult Set(KernelVirtualAddress palette, UserVirtualAddress from)
    {
        ulong left = CopyFromUser(palette, from, 768);
        if (left != 0)
            return left; // DK5002
        return 0;
    }
}

//// correct local_is_zero_where_it_is_returned
internal static class Palette
{
    public static KernelResult Set(KernelVirtualAddress palette, UserVirtualAddress from)
    {
        ulong left = CopyFromUser(palette, from, 768);
        if (left != 0)
            return -EFAULT;
        return left;
    }
}

//// buggy one_arm_of_a_conditional
internal static class Cursor
{
    public static KernelResult Get(UserVirtualAddress to, KernelVirtualAddress shape, ulong size)
    {
        ulong left = CopyToUser(to, shape, size);
        return left != 0 ? left : size; // DK5002
    }
}

//// correct the_rest_is_what_was_copied
// A partial copy answers how much it got through: that is read's contract.
internal static class Cursor
{
    public static KernelResult Get(UserVirtualAddress to, KernelVirtualAddress shape, ulong size)
    {
        ulong left = CopyToUser(to, shape, size);
        return left == size ? -EFAULT : size - left;
    }
}

//// buggy arm_of_a_switch_expression
internal static class Eeprom
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress image, ulong count)
    {
        ulong left = CopyToUser(buffer, image, count);
        return left switch
        {
            0 => count,
            _ => left, // DK5002
        };
    }
}

//// correct arm_of_a_switch_expression_is_an_error
internal static class Eeprom
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress image, ulong count) =>
        CopyToUser(buffer, image, count) switch
        {
            0 => count,
            _ => -EFAULT,
        };
}

//// buggy helper_hands_it_on
internal static class Trace
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress record)
    {
        ulong failed = Deliver(buffer, record);
        if (failed > 0)
            return failed; // DK5002
        return 32;
    }

    private static ulong Deliver(UserVirtualAddress buffer, KernelVirtualAddress record)
    {
        ulong left = CopyToUser(buffer, record, 32);
        if (left != 0)
            Printk(LogLevel.Debug, "trace: reader gave a bad address");
        return left;
    }
}

//// correct helper_hands_it_on_and_the_caller_translates
internal static class Trace
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelVirtualAddress record)
    {
        ulong failed = Deliver(buffer, record);
        if (failed > 0)
            return -EFAULT;
        return 32;
    }

    private static ulong Deliver(UserVirtualAddress buffer, KernelVirtualAddress record)
    {
        ulong left = CopyToUser(buffer, record, 32);
        if (left != 0)
            Printk(LogLevel.Debug, "trace: reader gave a bad address");
        return left;
    }
}

//// buggy result_variable_on_the_way_out
// The result variable of an exit label takes the number, and out it goes.
internal static class Firmware
{
    public static KernelResult Load(UserVirtualAddress from, ulong size)
    {
        if (size > 64 * 1024)
            return -EINVAL;
        KernelVirtualAddress image = Vmalloc(size);
        if (image.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(image, from, size);
        if (result.Value != 0)
            goto Out;
        Printk(LogLevel.Info, LoadString(image));
        result = (long)size;
    Out:
        Vfree(image);
        return result; // DK5002
    }
}

//// correct result_variable_gets_an_error
internal static class Firmware
{
    public static KernelResult Load(UserVirtualAddress from, ulong size)
    {
        if (size > 64 * 1024)
            return -EINVAL;
        KernelVirtualAddress image = Vmalloc(size);
        if (image.IsNull)
            return -ENOMEM;
        KernelResult result = -EFAULT;
        if (CopyFromUser(image, from, size) != 0)
            goto Out;
        Printk(LogLevel.Info, LoadString(image));
        result = (long)size;
    Out:
        Vfree(image);
        return result;
    }
}

//// buggy lambda_in_the_operations_table
internal sealed class ProbeModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _sample;

    public ProbeModule() => _misc = new()
    {
        Name = "probe",
        Fops = new()
        {
            Owner = this,
            Read = (OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
            {
                if (count < 8)
                    return -EINVAL;
                return CopyToUser(buffer, _sample, 8); // DK5002
            },
        },
    };

    public override KernelResult Init()
    {
        _sample = Kzalloc(8, GfpFlags.Kernel);
        if (_sample.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Kfree(_sample);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_sample);
    }
}

//// correct lambda_in_the_operations_table_answers_efault
internal sealed class ProbeModule : KernelModule
{
    private readonly MiscDevice _misc;
    private KernelLogicalAddress _sample;

    public ProbeModule() => _misc = new()
    {
        Name = "probe",
        Fops = new()
        {
            Owner = this,
            Read = (OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
            {
                if (count < 8)
                    return -EINVAL;
                return CopyToUser(buffer, _sample, 8) == 0 ? 8 : -EFAULT;
            },
        },
    };

    public override KernelResult Init()
    {
        _sample = Kzalloc(8, GfpFlags.Kernel);
        if (_sample.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Kfree(_sample);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Kfree(_sample);
    }
}

//// buggy clear_user_in_a_local_function
internal static class Blank
{
    public static KernelResult Read(UserVirtualAddress buffer, ulong count)
    {
        return Clear(Math.Min(count, PageSize));

        KernelResult Clear(ulong bytes)
        {
            if (ClearUser(buffer, bytes) is not 0 and var left)
                return left; // DK5002
            return bytes;
        }
    }
}

//// correct clear_user_in_a_local_function_answers_efault
internal static class Blank
{
    public static KernelResult Read(UserVirtualAddress buffer, ulong count)
    {
        return Clear(Math.Min(count, PageSize));

        KernelResult Clear(ulong bytes)
        {
            if (ClearUser(buffer, bytes) is not 0)
                return -EFAULT;
            return bytes;
        }
    }
}

//// correct count_of_what_is_left_is_asked_for
// The helper's own contract is the number; nobody returns it to a process.
internal static class Spill
{
    public static KernelResult Write(KernelVirtualAddress to, UserVirtualAddress from, ulong count)
    {
        ulong done = count - Missing(to, from, count);
        return done == 0 ? -EFAULT : done;
    }

    private static ulong Missing(KernelVirtualAddress to, UserVirtualAddress from, ulong count) => CopyFromUser(to, from, count);
}
