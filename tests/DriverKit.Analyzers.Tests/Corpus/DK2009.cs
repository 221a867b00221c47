// DK2009 I/O memory accessed by plain loads and stores

//// buggy load_of_a_register
internal static class Edu
{
    public static uint Id(IoAddress registers) => Load<uint>(new KernelVirtualAddress(registers.Value)); // DK2009
}

//// correct readl_of_a_register
internal static class Edu
{
    public static uint Id(IoAddress registers) => Readl(registers);
}

//// buggy store_through_a_local
internal static class Irq
{
    public static void Acknowledge(IoAddress registers, uint bits)
    {
        var acknowledge = new KernelVirtualAddress(registers.Value + 0x64);
        Store(acknowledge, bits); // DK2009
    }
}

//// correct writel
internal static class Irq
{
    public static void Acknowledge(IoAddress registers, uint bits) => Writel(bits, registers + 0x64ul);
}

//// buggy memcpy_out_of_the_window
internal static class Rom
{
    public static KernelResult Read(PhysicalAddress start, KernelVirtualAddress to)
    {
        IoAddress rom = Ioremap(start, PageSize);
        if (rom.IsNull)
            return -ENOMEM;
        Memcpy(to, new KernelVirtualAddress(rom.Value), PageSize); // DK2009
        Iounmap(rom);
        return 0;
    }
}

//// correct memcpy_fromio
internal static class Rom
{
    public static KernelResult Read(PhysicalAddress start, KernelVirtualAddress to)
    {
        IoAddress rom = Ioremap(start, PageSize);
        if (rom.IsNull)
            return -ENOMEM;
        MemcpyFromio(to, rom, PageSize);
        Iounmap(rom);
        return 0;
    }
}

//// buggy window_kept_as_a_number
internal sealed class FrameBuffer
{
    private readonly ulong _screen;

    public FrameBuffer(IoAddress screen) => _screen = screen.Value;

    public void Clear() => Memset(new KernelVirtualAddress(_screen), 0, 64 * 1024); // DK2009
}

//// correct window_kept_as_what_it_is
internal sealed class FrameBuffer
{
    private readonly IoAddress _screen;

    public FrameBuffer(IoAddress screen) => _screen = screen;

    public void Clear() => MemsetIo(_screen, 0, 64 * 1024);
}

//// buggy helper_reads_the_number
internal static class Status
{
    public static bool IsBusy(IoAddress registers) => (Read(registers.Value + 0x20) & 1) != 0; // DK2009

    private static uint Read(ulong address) => Load<uint>(new KernelVirtualAddress(address));
}

//// correct helper_reads_the_number_of_a_buffer
internal static class Status
{
    public static bool IsBusy(KernelLogicalAddress shadow) => (Read(shadow.Value + 0x20) & 1) != 0;

    private static uint Read(ulong address) => Load<uint>(new KernelVirtualAddress(address));
}

//// buggy copied_to_the_process_at_once
internal static class Window
{
    public static KernelResult Read(UserVirtualAddress buffer, IoAddress window, ulong count)
    {
        count = Math.Min(count, PageSize);
        return CopyToUser(buffer, new KernelVirtualAddress(window.Value), count) == 0 ? count : -EFAULT; // DK2009
    }
}

//// correct copied_to_the_process_by_way_of_a_buffer
internal static class Window
{
    public static KernelResult Read(UserVirtualAddress buffer, IoAddress window, KernelVirtualAddress copy, ulong count)
    {
        count = Math.Min(count, PageSize);
        MemcpyFromio(copy, window, count);
        return CopyToUser(buffer, copy, count) == 0 ? count : -EFAULT;
    }
}

//// buggy in_a_lambda_of_a_table
internal sealed class RegisterModule : KernelModule
{
    private readonly MiscDevice _misc;
    private IoAddress _registers;

    public RegisterModule() => _misc = new()
    {
        Name = "register",
        Fops = new()
        {
            Owner = this,
            UnlockedIoctl = (filp, command, argument) => command switch
            {
                1 => Load<ushort>(new KernelVirtualAddress(_registers.Value + 2)) & 0xff, // DK2009
                _ => -ENOTTY,
            },
        },
    };

    public override KernelResult Init()
    {
        _registers = Ioremap(new PhysicalAddress(0xA0000000), PageSize);
        if (_registers.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Iounmap(_registers);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Iounmap(_registers);
    }
}

//// correct in_a_lambda_of_a_table_by_readw
internal sealed class RegisterModule : KernelModule
{
    private readonly MiscDevice _misc;
    private IoAddress _registers;

    public RegisterModule() => _misc = new()
    {
        Name = "register",
        Fops = new()
        {
            Owner = this,
            UnlockedIoctl = (filp, command, argument) => command switch
            {
                1 => Readw(_registers + 2ul) & 0xff,
                _ => -ENOTTY,
            },
        },
    };

    public override KernelResult Init()
    {
        _registers = Ioremap(new PhysicalAddress(0xA0000000), PageSize);
        if (_registers.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Iounmap(_registers);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Iounmap(_registers);
    }
}

//// correct distance_in_the_window_used_for_a_shadow
internal static class Shadow
{
    public static uint At(IoAddress register, IoAddress window, KernelVirtualAddress shadow) =>
        Load<uint>(new KernelVirtualAddress(shadow.Value + (register.Value - window.Value)));
}
