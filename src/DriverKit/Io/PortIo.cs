using DriverKit.Hardware;
using DriverKit.Memory.Kernel;
using DriverKit.Primitives;

namespace DriverKit.Io;

/// <summary>What the kernel does to I/O ports: single accesses, string accesses from and to kernel memory, and the pause.</summary>
/// <remarks>The processor has 16 lines for ports: of a port number only the low 16 bits count. Source: include/asm-i386/io.h of Linux 2.6.20.</remarks>
internal sealed class PortIo(PortBus bus, KernelAddressSpace memory)
{
    /// <summary>A port that no device of a PC answers at; a write to it takes about a microsecond.</summary>
    private const ushort DelayPort = 0x80;

    /// <summary><c>inb</c>, <c>inw</c>, <c>inl</c>.</summary>
    public uint Read(ulong port, int width) => bus.Read((ushort)port, width);

    /// <summary><c>outb</c>, <c>outw</c>, <c>outl</c>.</summary>
    public void Write(ulong port, int width, uint value) => bus.Write((ushort)port, width, value);

    /// <summary><c>slow_down_io</c>: what is in the AL register goes to the delay port.</summary>
    public void Pause(uint al) => bus.Write(DelayPort, 1, al);

    /// <summary><c>rep ins</c>: reads the port again and again into memory, upwards. A port is read before the processor notices that its value cannot be stored.</summary>
    /// <exception cref="KernelOopsException">The memory is not there.</exception>
    public void ReadString(ulong port, int width, KernelVirtualAddress to, ulong count)
    {
        Span<byte> unit = stackalloc byte[sizeof(uint)];
        for (ulong i = 0; i < count; i++, to += (ulong)width)
        {
            BitConverter.TryWriteBytes(unit, Read(port, width));
            memory.CopyTo(to, unit[..width]);
        }
    }

    /// <summary><c>rep outs</c>: writes what is in memory to the port, unit by unit, upwards.</summary>
    /// <exception cref="KernelOopsException">The memory is not there.</exception>
    public void WriteString(ulong port, int width, KernelVirtualAddress from, ulong count)
    {
        Span<byte> unit = stackalloc byte[sizeof(uint)];
        unit.Clear();
        for (ulong i = 0; i < count; i++, from += (ulong)width)
        {
            memory.CopyFrom(unit[..width], from);
            Write(port, width, BitConverter.ToUInt32(unit));
        }
    }
}
