using DriverKit.Memory.Kernel;
using DriverKit.Primitives;

namespace DriverKit.Io;

/// <summary><c>ioread8</c> and kin: one set of accessors for device memory and for ports. A port is mapped to an address below all of memory's.</summary>
/// <remarks>Source: lib/iomap.c of Linux 2.6.20.</remarks>
internal sealed class IoMap(PortIo ports, IoMemory memory, KernelAddressSpace kernel)
{
    private const ulong PortOffset = 0x10000;
    private const ulong PortMask = 0xffff;

    /// <summary>Below it an address is a port's, or a mistake.</summary>
    private const ulong PortReserved = 0x40000;

    /// <summary><c>ioport_map</c>: an address for a port; null beyond the last one.</summary>
    public static IoAddress Map(ulong port) => port > PortMask ? default : new(port + PortOffset);

    /// <summary><c>ioread8</c>, <c>ioread16</c>, <c>ioread32</c>.</summary>
    /// <exception cref="KernelOopsException">Neither ioremap nor ioport_map gave this address.</exception>
    public uint Read(IoAddress address, int width, string function) =>
        IsPort(address, function) ? ports.Read(address.Value & PortMask, width) : (uint)memory.Read(address, width);

    /// <summary><c>iowrite8</c>, <c>iowrite16</c>, <c>iowrite32</c>.</summary>
    /// <exception cref="KernelOopsException">Neither ioremap nor ioport_map gave this address.</exception>
    public void Write(IoAddress address, int width, uint value, string function)
    {
        if (IsPort(address, function))
            ports.Write(address.Value & PortMask, width, value);
        else
            memory.Write(address, width, value);
    }

    /// <summary><c>ioread8_rep</c> and kin: reads one address again and again into memory, as a FIFO wants it.</summary>
    /// <exception cref="KernelOopsException">Neither ioremap nor ioport_map gave this address, or the memory is not there.</exception>
    public void ReadString(IoAddress address, int width, KernelVirtualAddress to, ulong count, string function)
    {
        Span<byte> unit = stackalloc byte[sizeof(uint)];
        for (ulong i = 0; i < count; i++, to += (ulong)width)
        {
            BitConverter.TryWriteBytes(unit, Read(address, width, function));
            kernel.CopyTo(to, unit[..width]);
        }
    }

    /// <summary><c>iowrite8_rep</c> and kin: writes what is in memory to one address, unit by unit.</summary>
    /// <exception cref="KernelOopsException">Neither ioremap nor ioport_map gave this address, or the memory is not there.</exception>
    public void WriteString(IoAddress address, int width, KernelVirtualAddress from, ulong count, string function)
    {
        Span<byte> unit = stackalloc byte[sizeof(uint)];
        unit.Clear();
        for (ulong i = 0; i < count; i++, from += (ulong)width)
        {
            kernel.CopyFrom(unit[..width], from);
            Write(address, width, BitConverter.ToUInt32(unit), function);
        }
    }

    /// <summary><c>VERIFY_PIO</c>: a bare port number is no address.</summary>
    private static bool IsPort(IoAddress address, string function)
    {
        if (address.Value >= PortReserved)
            return false;
        return (address.Value & ~PortMask) == PortOffset
            ? true
            : throw new KernelOopsException($"kernel BUG in {function}: {address} comes from neither ioremap() nor ioport_map(); a port number needs ioport_map()");
    }
}
