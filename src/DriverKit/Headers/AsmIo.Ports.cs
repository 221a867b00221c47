using DriverKit.Contracts;
using DriverKit.Io;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <content>I/O ports, and the accessors that serve ports and device memory alike. Every context; nothing sleeps. Of a port number only the low 16 bits count.</content>
public static partial class AsmIo
{
    /// <summary><c>inb(port)</c>: reads 8 bits; all ones where no device answers.</summary>
    public static byte Inb(ulong port) => (byte)Ports("inb").Read(port, sizeof(byte));

    /// <summary><c>inw(port)</c>: reads 16 bits; all ones where no device answers.</summary>
    public static ushort Inw(ulong port) => (ushort)Ports("inw").Read(port, sizeof(ushort));

    /// <summary><c>inl(port)</c>: reads 32 bits; all ones where no device answers.</summary>
    public static uint Inl(ulong port) => Ports("inl").Read(port, sizeof(uint));

    /// <summary><c>outb(value, port)</c>: writes 8 bits. The value comes first.</summary>
    public static void Outb([ToDevice] byte value, ulong port) => Ports("outb").Write(port, sizeof(byte), value);

    /// <summary><c>outw(value, port)</c>: writes 16 bits. The value comes first.</summary>
    public static void Outw([ToDevice] ushort value, ulong port) => Ports("outw").Write(port, sizeof(ushort), value);

    /// <summary><c>outl(value, port)</c>: writes 32 bits. The value comes first.</summary>
    public static void Outl([ToDevice] uint value, ulong port) => Ports("outl").Write(port, sizeof(uint), value);

    /// <summary><c>inb_p(port)</c>: as <see cref="Inb"/>, and a pause: a write to port 0x80.</summary>
    public static byte InbP(ulong port)
    {
        PortIo ports = Ports("inb_p");
        uint value = ports.Read(port, sizeof(byte));
        ports.Pause(value);
        return (byte)value;
    }

    /// <summary><c>inw_p(port)</c>: as <see cref="Inw"/>, and a pause: a write to port 0x80.</summary>
    public static ushort InwP(ulong port)
    {
        PortIo ports = Ports("inw_p");
        uint value = ports.Read(port, sizeof(ushort));
        ports.Pause(value);
        return (ushort)value;
    }

    /// <summary><c>inl_p(port)</c>: as <see cref="Inl"/>, and a pause: a write to port 0x80.</summary>
    public static uint InlP(ulong port)
    {
        PortIo ports = Ports("inl_p");
        uint value = ports.Read(port, sizeof(uint));
        ports.Pause(value);
        return value;
    }

    /// <summary><c>outb_p(value, port)</c>: as <see cref="Outb"/>, and a pause: a write to port 0x80.</summary>
    public static void OutbP([ToDevice] byte value, ulong port)
    {
        PortIo ports = Ports("outb_p");
        ports.Write(port, sizeof(byte), value);
        ports.Pause(value);
    }

    /// <summary><c>outw_p(value, port)</c>: as <see cref="Outw"/>, and a pause: a write to port 0x80.</summary>
    public static void OutwP([ToDevice] ushort value, ulong port)
    {
        PortIo ports = Ports("outw_p");
        ports.Write(port, sizeof(ushort), value);
        ports.Pause(value);
    }

    /// <summary><c>outl_p(value, port)</c>: as <see cref="Outl"/>, and a pause: a write to port 0x80.</summary>
    public static void OutlP([ToDevice] uint value, ulong port)
    {
        PortIo ports = Ports("outl_p");
        ports.Write(port, sizeof(uint), value);
        ports.Pause(value);
    }

    /// <summary><c>insb(port, addr, count)</c>: reads one port again and again into memory.</summary>
    /// <param name="port">The port.</param>
    /// <param name="address">Where the first value goes.</param>
    /// <param name="count">How many bytes.</param>
    /// <exception cref="KernelOopsException">A bad kernel address.</exception>
    public static void Insb(ulong port, [WritesMemory(SizeParameter = nameof(count))] KernelVirtualAddress address, [MustBeBounded] ulong count) =>
        Ports("insb").ReadString(port, sizeof(byte), address, count);

    /// <summary><c>insw(port, addr, count)</c>: reads one port again and again into memory.</summary>
    /// <param name="port">The port.</param>
    /// <param name="address">Where the first value goes.</param>
    /// <param name="count">How many 16-bit words.</param>
    /// <exception cref="KernelOopsException">A bad kernel address.</exception>
    public static void Insw(
        ulong port,
        [WritesMemory(SizeParameter = nameof(count), ElementSize = 2)] KernelVirtualAddress address,
        [MustBeBounded] ulong count) => Ports("insw").ReadString(port, sizeof(ushort), address, count);

    /// <summary><c>insl(port, addr, count)</c>: reads one port again and again into memory.</summary>
    /// <param name="port">The port.</param>
    /// <param name="address">Where the first value goes.</param>
    /// <param name="count">How many 32-bit words.</param>
    /// <exception cref="KernelOopsException">A bad kernel address.</exception>
    public static void Insl(
        ulong port,
        [WritesMemory(SizeParameter = nameof(count), ElementSize = 4)] KernelVirtualAddress address,
        [MustBeBounded] ulong count) => Ports("insl").ReadString(port, sizeof(uint), address, count);

    /// <summary><c>outsb(port, addr, count)</c>: writes memory to one port, unit by unit.</summary>
    /// <param name="port">The port.</param>
    /// <param name="address">Where the first value is.</param>
    /// <param name="count">How many bytes.</param>
    /// <exception cref="KernelOopsException">A bad kernel address.</exception>
    public static void Outsb(ulong port, [ReadsMemory(SizeParameter = nameof(count))] KernelVirtualAddress address, [MustBeBounded] ulong count) =>
        Ports("outsb").WriteString(port, sizeof(byte), address, count);

    /// <summary><c>outsw(port, addr, count)</c>: writes memory to one port, unit by unit.</summary>
    /// <param name="port">The port.</param>
    /// <param name="address">Where the first value is.</param>
    /// <param name="count">How many 16-bit words.</param>
    /// <exception cref="KernelOopsException">A bad kernel address.</exception>
    public static void Outsw(
        ulong port,
        [ReadsMemory(SizeParameter = nameof(count), ElementSize = 2)] KernelVirtualAddress address,
        [MustBeBounded] ulong count) => Ports("outsw").WriteString(port, sizeof(ushort), address, count);

    /// <summary><c>outsl(port, addr, count)</c>: writes memory to one port, unit by unit.</summary>
    /// <param name="port">The port.</param>
    /// <param name="address">Where the first value is.</param>
    /// <param name="count">How many 32-bit words.</param>
    /// <exception cref="KernelOopsException">A bad kernel address.</exception>
    public static void Outsl(
        ulong port,
        [ReadsMemory(SizeParameter = nameof(count), ElementSize = 4)] KernelVirtualAddress address,
        [MustBeBounded] ulong count) => Ports("outsl").WriteString(port, sizeof(uint), address, count);

    /// <summary><c>ioport_map(port, nr)</c>: an address by which <see cref="Ioread8"/> and kin reach ports; null for a port above 0xffff.</summary>
    /// <param name="port">The first port.</param>
    /// <param name="nr">How many; x86 needs no preparation, so it says nothing.</param>
    [MustCheck]
    [return: AllocatesWith(Allocator.IoportMap)]
    public static IoAddress IoportMap(ulong port, uint nr)
    {
        Kernel.Current("ioport_map");
        return IoMap.Map(port);
    }

    /// <summary><c>ioport_unmap(addr)</c>: on x86 there is nothing to take back.</summary>
    public static void IoportUnmap([FreesWith(Allocator.IoportMap, AllowsNull = true)] IoAddress address) => Kernel.Current("ioport_unmap");

    /// <summary><c>ioread8(addr)</c>: a 8-bit read of device memory or a port.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map.</exception>
    public static byte Ioread8(IoAddress address) => (byte)Map("ioread8").Read(address, sizeof(byte), "ioread8");

    /// <summary><c>ioread16(addr)</c>: a 16-bit read of device memory or a port.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map.</exception>
    public static ushort Ioread16(IoAddress address) => (ushort)Map("ioread16").Read(address, sizeof(ushort), "ioread16");

    /// <summary><c>ioread32(addr)</c>: a 32-bit read of device memory or a port.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map.</exception>
    public static uint Ioread32(IoAddress address) => Map("ioread32").Read(address, sizeof(uint), "ioread32");

    /// <summary><c>iowrite8(value, addr)</c>: a 8-bit write to device memory or a port. The value comes first.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map.</exception>
    public static void Iowrite8([ToDevice] byte value, IoAddress address) => Map("iowrite8").Write(address, sizeof(byte), value, "iowrite8");

    /// <summary><c>iowrite16(value, addr)</c>: a 16-bit write to device memory or a port. The value comes first.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map.</exception>
    public static void Iowrite16([ToDevice] ushort value, IoAddress address) => Map("iowrite16").Write(address, sizeof(ushort), value, "iowrite16");

    /// <summary><c>iowrite32(value, addr)</c>: a 32-bit write to device memory or a port. The value comes first.</summary>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map.</exception>
    public static void Iowrite32([ToDevice] uint value, IoAddress address) => Map("iowrite32").Write(address, sizeof(uint), value, "iowrite32");

    /// <summary><c>ioread8_rep(addr, dst, count)</c>: reads one address again and again into memory.</summary>
    /// <param name="address">Of ioremap or ioport_map.</param>
    /// <param name="destination">Where the first value goes.</param>
    /// <param name="count">How many bytes.</param>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map, or a bad kernel address.</exception>
    public static void Ioread8Rep(
        IoAddress address,
        [WritesMemory(SizeParameter = nameof(count))] KernelVirtualAddress destination,
        [MustBeBounded] ulong count) =>
        Map("ioread8_rep").ReadString(address, sizeof(byte), destination, count, "ioread8_rep");

    /// <summary><c>ioread16_rep(addr, dst, count)</c>: reads one address again and again into memory.</summary>
    /// <param name="address">Of ioremap or ioport_map.</param>
    /// <param name="destination">Where the first value goes.</param>
    /// <param name="count">How many 16-bit words.</param>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map, or a bad kernel address.</exception>
    public static void Ioread16Rep(
        IoAddress address,
        [WritesMemory(SizeParameter = nameof(count), ElementSize = 2)] KernelVirtualAddress destination,
        [MustBeBounded] ulong count) =>
        Map("ioread16_rep").ReadString(address, sizeof(ushort), destination, count, "ioread16_rep");

    /// <summary><c>ioread32_rep(addr, dst, count)</c>: reads one address again and again into memory.</summary>
    /// <param name="address">Of ioremap or ioport_map.</param>
    /// <param name="destination">Where the first value goes.</param>
    /// <param name="count">How many 32-bit words.</param>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map, or a bad kernel address.</exception>
    public static void Ioread32Rep(
        IoAddress address,
        [WritesMemory(SizeParameter = nameof(count), ElementSize = 4)] KernelVirtualAddress destination,
        [MustBeBounded] ulong count) =>
        Map("ioread32_rep").ReadString(address, sizeof(uint), destination, count, "ioread32_rep");

    /// <summary><c>iowrite8_rep(addr, src, count)</c>: writes memory to one address, unit by unit.</summary>
    /// <param name="address">Of ioremap or ioport_map.</param>
    /// <param name="source">Where the first value is.</param>
    /// <param name="count">How many bytes.</param>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map, or a bad kernel address.</exception>
    public static void Iowrite8Rep(
        IoAddress address,
        [ReadsMemory(SizeParameter = nameof(count))] KernelVirtualAddress source,
        [MustBeBounded] ulong count) =>
        Map("iowrite8_rep").WriteString(address, sizeof(byte), source, count, "iowrite8_rep");

    /// <summary><c>iowrite16_rep(addr, src, count)</c>: writes memory to one address, unit by unit.</summary>
    /// <param name="address">Of ioremap or ioport_map.</param>
    /// <param name="source">Where the first value is.</param>
    /// <param name="count">How many 16-bit words.</param>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map, or a bad kernel address.</exception>
    public static void Iowrite16Rep(
        IoAddress address,
        [ReadsMemory(SizeParameter = nameof(count), ElementSize = 2)] KernelVirtualAddress source,
        [MustBeBounded] ulong count) =>
        Map("iowrite16_rep").WriteString(address, sizeof(ushort), source, count, "iowrite16_rep");

    /// <summary><c>iowrite32_rep(addr, src, count)</c>: writes memory to one address, unit by unit.</summary>
    /// <param name="address">Of ioremap or ioport_map.</param>
    /// <param name="source">Where the first value is.</param>
    /// <param name="count">How many 32-bit words.</param>
    /// <exception cref="KernelOopsException">Not an address of ioremap or ioport_map, or a bad kernel address.</exception>
    public static void Iowrite32Rep(
        IoAddress address,
        [ReadsMemory(SizeParameter = nameof(count), ElementSize = 4)] KernelVirtualAddress source,
        [MustBeBounded] ulong count) =>
        Map("iowrite32_rep").WriteString(address, sizeof(uint), source, count, "iowrite32_rep");

    private static PortIo Ports(string function) => Kernel.Current(function).PortIo;

    private static IoMap Map(string function) => Kernel.Current(function).IoMap;
}
