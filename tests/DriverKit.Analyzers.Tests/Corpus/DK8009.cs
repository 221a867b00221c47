// DK8009 Unknown ioctl command not answered with -ENOTTY

//// buggy so2_cdev
// so2_cdev.c of the device drivers lab of SO2.
public sealed class So2Cdev
{
    private const uint Print = 0x6b01, SetBuffer = 0x40086b02;

    private ulong _size;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Ioctl = Ioctl };

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case Print:
                Printk(LogLevel.Info, "Hello ioctl");
                break;
            case SetBuffer:
                _size = Math.Min(argument, PageSize);
                break;
            default:
                return -EINVAL; // DK8009
        }

        return 0;
    }
}

//// correct so2_cdev
public sealed class So2Cdev
{
    private const uint Print = 0x6b01, SetBuffer = 0x40086b02;

    private ulong _size;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Ioctl = Ioctl };

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case Print:
                Printk(LogLevel.Info, "Hello ioctl");
                break;
            case SetBuffer:
                if (argument > PageSize)
                    return -EINVAL;
                _size = argument;
                break;
            default:
                return -ENOTTY;
        }

        return 0;
    }
}

//// buggy answers_0_in_the_end
// ltp's simulated devices: an unknown command is logged, and all is well.
internal sealed class Simulated
{
    private const uint Reset = 0x7001;

    public uint Value { get; private set; } = 7;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, UnlockedIoctl = Ioctl };

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case Reset:
                Value = 0;
                break;
            default:
                Printk(LogLevel.Warning, $"unknown command {command:x}");
                break;
        }

        return 0; // DK8009
    }
}

//// correct result_set_by_the_default
internal sealed class Simulated
{
    private const uint Reset = 0x7001;

    public uint Value { get; private set; } = 7;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, UnlockedIoctl = Ioctl };

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        KernelResult result = 0;
        switch (command)
        {
            case Reset:
                Value = 0;
                break;
            default:
                Printk(LogLevel.Warning, $"unknown command {command:x}");
                result = -ENOTTY;
                break;
        }

        return result;
    }
}

//// buggy switch_expression
internal sealed class Lamp
{
    private const uint On = 0x6c01, Off = 0x6c02;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, UnlockedIoctl = Ioctl };

    private static KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command switch
    {
        On => Switch(true),
        Off => Switch(false),
        _ => -ENOSYS, // DK8009
    };

    private static KernelResult Switch(bool on)
    {
        Outb(on ? (byte)1 : (byte)0, 0x300);
        return 0;
    }
}

//// correct switch_expression
internal sealed class Lamp
{
    private const uint On = 0x6c01, Off = 0x6c02, Magic = 0x6c;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, UnlockedIoctl = Ioctl };

    private static KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        if (IocType(command) != Magic)
            return -ENOTTY;
        return command switch
        {
            On when argument > 100 => -EINVAL,
            On => Switch(true),
            Off => Switch(false),
            _ => -ENOTTY,
        };
    }

    private static KernelResult Switch(bool on)
    {
        Outb(on ? (byte)1 : (byte)0, 0x300);
        return 0;
    }
}

//// buggy chain_of_ifs
internal sealed class Motor
{
    private const uint Start = 0x6d01, Stop = 0x6d02;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Ioctl = (Inode _, OpenFile _, uint command, ulong argument) => Control(command, argument) }; // DK8009

    private static KernelResult Control(uint command, ulong speed)
    {
        if (command == Start)
        {
            if (speed > 255)
                return -ERANGE;
            Outb((byte)speed, 0x301);
            return 0;
        }

        if (command == Stop)
        {
            Outb(0, 0x301);
            return 0;
        }

        return -EINVAL;
    }
}

//// correct chain_of_ifs
internal sealed class Motor
{
    private const uint Start = 0x6d01, Stop = 0x6d02;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Ioctl = (Inode _, OpenFile _, uint command, ulong argument) => Control(command, argument) };

    private static KernelResult Control(uint command, ulong speed)
    {
        if (command == Start)
        {
            if (speed > 255)
                return -EINVAL;
            Outb((byte)speed, 0x301);
            return 0;
        }

        if (command == Stop)
        {
            Outb(0, 0x301);
            return 0;
        }

        return -ENOTTY;
    }
}

//// buggy lambda
internal static class Volume
{
    private static uint s_volume;

    public static FileOperations Operations(KernelModule owner) => new()
    {
        Owner = owner,
        UnlockedIoctl = static (_, command, argument) =>
        {
            KernelResult result = -EINVAL; // DK8009
            if (command == 0x7601)
                result = s_volume;
            else if (command == 0x7602)
                (s_volume, result) = ((uint)argument, 0);
            return result;
        },
    };
}

//// correct lambda
internal static class Volume
{
    private static uint s_volume;

    public static FileOperations Operations(KernelModule owner) => new()
    {
        Owner = owner,
        UnlockedIoctl = static (_, command, argument) =>
        {
            KernelResult result = -ENOTTY;
            if (command == 0x7601)
                result = s_volume;
            else if (command == 0x7602)
                (s_volume, result) = ((uint)argument, 0);
            return result;
        },
    };
}

//// buggy nothing_but_one_command
internal sealed class Geometry
{
    private const uint GetGeometry = 0x80046701;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Ioctl = Ioctl };

    private static KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        if (command != GetGeometry)
            return -EINVAL; // DK8009
        return PutUser(640u, new UserVirtualAddress(argument)).IsError ? -EFAULT : 0;
    }
}

//// correct command_no_number_of_a_command
// The argument is refused, not the command; and what says no such command is told to the kernel.
internal sealed class Geometry
{
    private const uint GetGeometry = 0x80046701;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Ioctl = Ioctl };

    private static KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        if (command != GetGeometry)
            return -ENOIOCTLCMD;
        switch (argument & 3)
        {
            case 0:
                return PutUser(640u, new UserVirtualAddress(argument)).IsError ? -EFAULT : 0;
            default:
                return -EINVAL;
        }
    }
}

//// correct hands_unknown_commands_on
// Whoever is below decides.
internal sealed class Layer
{
    private readonly UnlockedIoctlOperation _below;

    public Layer(UnlockedIoctlOperation below) => _below = below;

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, UnlockedIoctl = Ioctl };

    // No ioctl at all: it is asked with numbers of its own.
    private static KernelResult Select(uint mode) => mode switch
    {
        0 => 1,
        _ => -EINVAL,
    };

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 0x6201:
                return Select((uint)(argument & 0xff));
            default:
                return _below(filp, command, argument);
        }
    }
}
