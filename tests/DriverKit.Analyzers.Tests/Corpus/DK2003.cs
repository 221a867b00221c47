// DK2003 Processor's address given to a device

//// buggy physical_address_into_a_register
internal static class Dma
{
    public static void Start(IoAddress registers, KernelLogicalAddress buffer)
    {
        PhysicalAddress at = VirtToPhys(buffer);
        Writel((uint)at.Value, registers + 0x80ul); // DK2003
        Writel(1, registers + 0x98ul);
    }
}

//// correct bus_address_into_a_register
internal static class Dma
{
    public static void Start(IoAddress registers, BusAddress buffer)
    {
        Writel((uint)buffer.Value, registers + 0x80ul);
        Writel(1, registers + 0x98ul);
    }
}

//// buggy kernel_address_into_a_register
internal static class Scatter
{
    public static void Program(IoAddress registers, KernelVirtualAddress list, uint entries)
    {
        Iowrite32((uint)list.Value, registers); // DK2003
        Iowrite32(entries, registers + 4ul);
    }
}

//// correct offset_into_a_register
// How far into the device's own window: that is a distance, not an address.
internal static class Scatter
{
    public static void Program(IoAddress registers, KernelVirtualAddress list, KernelVirtualAddress window, uint entries)
    {
        Iowrite32((uint)(list - window), registers);
        Iowrite32(entries, registers + 4ul);
    }
}

//// buggy through_a_helper_to_a_port
internal static class Floppy
{
    public static void Read(KernelLogicalAddress buffer) =>
        SetBase(Pa(buffer).Value); // DK2003

    private static void SetBase(ulong address)
    {
        Outl((uint)address, 0x04);
        Outl(1, 0x08);
    }
}

//// correct through_a_helper_to_a_port_by_bus_address
internal static class Floppy
{
    public static void Read(BusAddress buffer) => SetBase(buffer.Value);

    private static void SetBase(ulong address)
    {
        Outl((uint)address, 0x04);
        Outl(1, 0x08);
    }
}

//// buggy field_set_in_probe_written_in_start
internal sealed class Engine
{
    private readonly ulong _descriptors;
    private readonly IoAddress _registers;

    public Engine(IoAddress registers, KernelLogicalAddress descriptors)
    {
        _registers = registers;
        _descriptors = Pa(descriptors).Value;
    }

    public void Start() => Writel((uint)_descriptors, _registers); // DK2003
}

//// correct field_holds_a_bus_address
internal sealed class Engine
{
    private readonly ulong _descriptors;
    private readonly IoAddress _registers;

    public Engine(IoAddress registers, BusAddress descriptors)
    {
        _registers = registers;
        _descriptors = descriptors.Value;
    }

    public void Start() => Writel((uint)_descriptors, _registers);
}

//// buggy bus_number_made_into_a_physical_address
internal static class Completion
{
    public static KernelLogicalAddress Finished(BusAddress done) =>
        Va(new PhysicalAddress(done.Value)); // DK2003
}

//// correct found_by_the_offset_in_the_ring
internal static class Completion
{
    public static KernelVirtualAddress Finished(BusAddress done, BusAddress ringOnBus, KernelVirtualAddress ring) =>
        ring + (done - ringOnBus);
}

//// buggy in_a_lambda
internal sealed class Grabber
{
    private readonly Action<KernelLogicalAddress> _start;

    public Grabber(IoAddress registers) => _start = frame =>
    {
        Writel((uint)VirtToPhys(frame).Value, registers + 8ul); // DK2003
        Writel(1, registers);
    };

    public void Start(KernelLogicalAddress frame) => _start(frame);
}

//// correct physical_number_for_the_log_only
internal sealed class Grabber
{
    private readonly Action<KernelLogicalAddress, BusAddress> _start;

    public Grabber(IoAddress registers) => _start = (frame, onBus) =>
    {
        Printk(LogLevel.Debug, $"grabber: frame at {VirtToPhys(frame).Value:x}");
        Writel((uint)onBus.Value, registers + 8ul);
        Writel(1, registers);
    };

    public void Start(KernelLogicalAddress frame, BusAddress onBus) => _start(frame, onBus);
}

//// buggy one_arm_of_a_conditional
internal static class Blitter
{
    public static void Source(IoAddress registers, BusAddress screen, PhysicalAddress memory, bool fromScreen)
    {
        ulong source = fromScreen ? screen.Value : memory.Value;
        Writel((uint)source, registers + 0x20ul); // DK2003
    }
}

//// correct both_arms_are_on_the_bus
internal static class Blitter
{
    public static void Source(IoAddress registers, BusAddress screen, BusAddress memory, bool fromScreen)
    {
        ulong source = fromScreen ? screen.Value : memory.Value;
        Writel((uint)source, registers + 0x20ul);
    }
}

//// correct frame_number_and_offset_in_the_page
// Legacy virtio takes the number of a frame, not an address.
internal static class Virtio
{
    public static void SetQueue(IoAddress registers, KernelLogicalAddress queue)
    {
        Iowrite32((uint)Pa(queue).ToPfn().Value, registers + 8ul);
        Iowrite16((ushort)queue.PageOffset, registers + 14ul);
    }
}
