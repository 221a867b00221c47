using DriverKit.Tests.Support;

namespace DriverKit.Tests.Ports;

/// <summary>inb, outb and kin, and who answers.</summary>
public sealed class PortTests : KernelTest
{
    private const ushort Base = 0x378;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Every_access_reaches_the_card_in_the_widths_it_has_and_in_order(Architecture architecture)
    {
        (Kernel kernel, PortCard card) = BootWith(4, architecture);
        kernel.RunKernelThread(() =>
        {
            Outb(0x11, Base);
            Outw(0x3322, Base + 2);
            Outl(0x77665544, Base + 4);
            Assert.Equal((0x11u, 0x3322u, 0x77665544u), (Inb(Base), Inw(Base + 2), Inl(Base + 4)));
        });
        Assert.Equal(["w1 0 11", "w2 2 3322", "w4 4 77665544", "r1 0", "r2 2", "r4 4"], card.Log);
    }

    [Fact]
    public void The_bus_splits_what_is_wider_than_the_card_or_off_its_boundary_lowest_port_first()
    {
        (Kernel kernel, PortCard card) = BootWith(1);
        kernel.RunKernelThread(() =>
        {
            Outw(0x2211, Base);
            Assert.Equal(0x2211u, Inl(Base));
        });
        Assert.Equal(["w1 0 11", "w1 1 22", "r1 0", "r1 1", "r1 2", "r1 3"], card.Log);

        (kernel, card) = BootWith(2);
        kernel.RunKernelThread(() =>
        {
            Outl(0x44332211, Base);
            Outl(0x88776655, Base + 5);
        });
        Assert.Equal(["w2 0 2211", "w2 2 4433", "w1 5 55", "w2 6 7766", "w1 8 88"], card.Log);
    }

    [Fact]
    public void An_access_across_the_edge_of_a_card_is_shared_with_the_neighbour_or_with_nobody()
    {
        Kernel kernel = Boot();
        PortCard low = new(), high = new();
        low.Bytes[7] = 0xA1;
        high.Bytes[0] = 0xB2;
        kernel.AddDevice(new PortRegion("high", 0x308, 1, high, width: 4));
        kernel.AddDevice(new PortRegion("low", 0x300, 8, low, width: 4));
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0xFFFF_B2A1u, Inl(0x307));
            Outl(0x04030201, 0x306);
        });
        Assert.Equal((2, 3), (low.Bytes[7], high.Bytes[0]));
        Assert.Equal("w2 6 201", low.Log[^1]);
        Assert.Equal(["high", "low"], kernel.Machine.Ports.Regions.Select(region => region.Name).Order());
        Assert.Equal("low", kernel.Machine.Ports.Regions[0].Name);
    }

    [Fact]
    public void Where_nothing_answers_reads_give_ones_and_writes_vanish()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Outl(0, 0x500);
            Assert.Equal((0xFFu, 0xFFFFu, 0xFFFF_FFFFu), (Inb(0x500), Inw(0x500), Inl(0x500)));
            Assert.Equal(0xFFFF_FFFFu, Inl(0xFFFE));
            Outl(0, 0xFFFF);
        });
    }

    [Fact]
    public void Of_a_port_number_16_bits_count()
    {
        (Kernel kernel, PortCard card) = BootWith(1);
        card.Bytes[0] = 0x5A;
        kernel.RunKernelThread(() => Assert.Equal(0x5A, Inb(0xFFFF_FFFF_0000_0000 + Base)));
    }

    [Fact]
    public void The_pausing_forms_write_to_the_delay_port_after_the_access()
    {
        (Kernel kernel, PortCard card) = BootWith(4);
        var post = new PortCard();
        kernel.AddDevice(new PortRegion("post", 0x80, 1, post));
        kernel.RunKernelThread(() =>
        {
            OutbP(1, Base);
            OutwP(2, Base);
            OutlP(0x12345678, Base);
            Assert.Equal((0x78u, 0x5678u, 0x12345678u), (InbP(Base), InwP(Base), InlP(Base)));
        });
        Assert.Equal(["w1 0 1", "w2 0 2", "w4 0 12345678", "r1 0", "r2 0", "r4 0"], card.Log);
        Assert.Equal(["w1 0 1", "w1 0 2", "w1 0 78", "w1 0 78", "w1 0 78", "w1 0 78"], post.Log);
    }

    [Fact]
    public void String_forms_go_on_at_one_port_and_climb_in_memory()
    {
        (Kernel kernel, PortCard card) = BootWith(4);
        kernel.RunKernelThread(() =>
        {
            KernelLogicalAddress buffer = Kzalloc(64, GfpFlags.Kernel);
            for (ulong i = 0; i < 8; i++)
                Store(buffer + i, (byte)(i + 1));
            Outsb(Base, buffer, 2);
            Outsw(Base + 2, buffer, 2);
            Outsl(Base + 4, buffer, 2);
            Outsl(Base, buffer, 0);
            Insb(Base, buffer + 16ul, 3);
            Insw(Base + 2, buffer + 20ul, 2);
            Insl(Base + 4, buffer + 24ul, 2);
            Insl(Base, default(KernelLogicalAddress), 0);
            Assert.Equal(0x00020202u, Load<uint>(buffer + 16ul));
            Assert.Equal(0x04030403u, Load<uint>(buffer + 20ul));
            Assert.Equal((0x08070605u, 0x08070605u), (Load<uint>(buffer + 24ul), Load<uint>(buffer + 28ul)));
            Kfree(buffer);
        });
        Assert.Equal(
            ["w1 0 1", "w1 0 2", "w2 2 201", "w2 2 403", "w4 4 4030201", "w4 4 8070605", "r1 0", "r1 0", "r1 0", "r2 2", "r2 2", "r4 4", "r4 4"], card.Log);
    }

    [Fact]
    public void A_string_form_with_a_bad_pointer_is_a_bug_after_the_port_was_read()
    {
        (Kernel kernel, PortCard card) = BootWith(1);
        Expect.OopsIn(kernel, "Unable to handle kernel NULL pointer dereference", () => Insb(Base, default, 4));
        Assert.Equal(["r1 0"], card.Log);
        Expect.OopsIn(kernel, "Unable to handle kernel paging request", () => Outsw(Base, new KernelVirtualAddress(0x0804_8000), 1), "DK2002");
        Assert.Single(card.Log);
    }

    [Fact]
    public void Ioread_and_iowrite_serve_ports_and_device_memory_alike()
    {
        (Kernel kernel, PortCard card) = BootWith(4);
        var memory = new MmioMemory("fb", new PhysicalAddress(0xE000_0000), 4096);
        kernel.AddDevice(memory);
        kernel.RunKernelThread(() =>
        {
            IoAddress ports = IoportMap(Base, 8), io = Ioremap(memory.Start, 4096);
            foreach (IoAddress either in new[] { ports, io })
            {
                Iowrite8(0x11, either);
                Iowrite16(0x3322, either + 2ul);
                Iowrite32(0x77665544, either + 4ul);
                Assert.Equal((0x11u, 0x3322u, 0x77665544u), (Ioread8(either), Ioread16(either + 2ul), Ioread32(either + 4ul)));
            }

            IoportUnmap(ports);
            Iounmap(io);
        });
        Assert.Equal(card.Bytes[..8], memory.Contents[..8].ToArray());
    }

    [Fact]
    public void The_repeating_forms_stay_at_one_address_and_climb_in_memory()
    {
        (Kernel kernel, PortCard card) = BootWith(4);
        var registers = new Registers(card);
        kernel.AddDevice(new MmioRegisters("regs", new PhysicalAddress(0xE000_0000), 4096, registers));
        kernel.RunKernelThread(() =>
        {
            IoAddress ports = IoportMap(Base, 8), io = Ioremap(new PhysicalAddress(0xE000_0000), 4096);
            KernelLogicalAddress buffer = Kzalloc(64, GfpFlags.Kernel);
            foreach (IoAddress either in new[] { ports, io })
            {
                for (ulong i = 0; i < 8; i++)
                    Store(buffer + i, (byte)(i + 1));
                Iowrite8Rep(either, buffer, 2);
                Iowrite16Rep(either, buffer, 2);
                Iowrite32Rep(either, buffer, 2);
                Iowrite32Rep(either, buffer, 0);
                Ioread8Rep(either, buffer + 16ul, 3);
                Ioread16Rep(either, buffer + 20ul, 2);
                Ioread32Rep(either, buffer + 24ul, 1);
                Assert.Equal((0x00050505u, 0x06050605u, 0x08070605u), (Load<uint>(buffer + 16ul), Load<uint>(buffer + 20ul), Load<uint>(buffer + 24ul)));
                Store(buffer + 16ul, default(ulong));
            }

            Kfree(buffer);
            Iounmap(io);
        });
        string[] half = ["w1 0 1", "w1 0 2", "w2 0 201", "w2 0 403", "w4 0 4030201", "w4 0 8070605", "r1 0", "r1 0", "r1 0", "r2 0", "r2 0", "r4 0"];
        Assert.Equal([.. half, .. half], card.Log);
        Expect.OopsIn(kernel, "kernel BUG in ioread16_rep", () => Ioread16Rep(default, default, 1));
        Expect.OopsIn(kernel, "NULL pointer dereference", () => Iowrite8Rep(IoportMap(Base, 1), default, 1));
    }

    [Fact]
    public void What_ioport_map_did_not_give_is_a_bug_for_ioread8_and_what_it_gave_is_one_for_readb()
    {
        (Kernel kernel, _) = BootWith(1);
        kernel.RunKernelThread(() =>
        {
            Assert.True(IoportMap(0x10000, 1).IsNull);
            Assert.True(IoportMap(ulong.MaxValue, 1).IsNull);
            Assert.False(IoportMap(0xFFFF, 1).IsNull);
        });
        Expect.OopsIn(kernel, "a port number needs ioport_map()", () => Ioread8(new IoAddress(Base)));
        Expect.OopsIn(kernel, "kernel BUG in iowrite32", () => Iowrite32(0, default));
        Expect.OopsIn(kernel, "kernel BUG in ioread16", () => Ioread16(IoportMap(0xFFFF, 1) + 1ul));
        Expect.OopsIn(kernel, "Unable to handle kernel paging request", () => Readb(IoportMap(Base, 1)));
    }

    [Fact]
    public void Cards_must_not_overlap_and_must_lie_in_IO_space()
    {
        Kernel kernel = Boot();
        var card = new PortCard();
        kernel.AddDevice(new PortRegion("one", 0x300, 16, card));
        Assert.Contains("overlaps one at 0300-030f", Assert.Throws<ArgumentException>(() => kernel.AddDevice(new PortRegion("two", 0x30F, 1, card))).Message);
        kernel.AddDevice(new PortRegion("three", 0x310, 1, card));
        kernel.AddDevice(new PortRegion("last", 0xFFFF, 1, card));
        Assert.Equal(0xFFFF, new PortRegion("all", 0, 0x10000, card).End);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PortRegion("none", 0x300, 0, card));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PortRegion("over", 0xFFFF, 2, card));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PortRegion("odd", 0x300, 2, card, width: 3));
        Assert.Throws<ArgumentNullException>(() => new PortRegion("dead", 0x300, 2, null!));
        Assert.Throws<ArgumentNullException>(() => kernel.AddDevice((PortRegion)null!));
    }

    [Fact]
    public void Dev_port_is_a_port_for_each_byte_and_ends_after_the_last()
    {
        (Kernel kernel, PortCard card) = BootWith(1);
        kernel.AddDevice(new PortRegion("last", 0xFFFE, 2, new PortCard { Bytes = { [0] = 7, [1] = 8 } }));
        UserProcess process = kernel.CreateProcess("outp");
        int fd = process.Open("/dev/port", OpenFlags.ReadWrite);
        Assert.Equal(3, process.Pwrite(fd, process.Buffer([1, 2, 3]), 3, Base));
        process.Lseek(fd, Base + 1);
        byte[] back = new byte[2];
        Assert.Equal(2, process.Read(fd, back));
        Assert.Equal([2, 3], back);
        Assert.Equal(Base + 3, process.Lseek(fd, 0, SeekWhence.Current));
        Assert.Equal(["w1 0 1", "w1 1 2", "w1 2 3", "r1 1", "r1 2"], card.Log);
        byte[] end = new byte[8];
        process.Lseek(fd, 0xFFFE);
        Assert.Equal((2, 7, 8), (process.Read(fd, end), end[0], end[1]));
        Assert.Equal(0, process.Write(fd, end));
        Expect.Errno(EFAULT, () => process.Pread(fd, new UserVirtualAddress(0x1000), 1, Base));
        Expect.Errno(EFAULT, () => process.Pwrite(fd, new UserVirtualAddress(0x1000), 1, Base));
        Expect.Errno(EINVAL, () => process.Lseek(fd, 0, SeekWhence.End));
        Expect.Errno(ENODEV, () => process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd));
    }

    private (Kernel Kernel, PortCard Card) BootWith(int width, Architecture architecture = Architecture.I386)
    {
        Kernel kernel = Boot(architecture);
        var card = new PortCard();
        kernel.AddDevice(new PortRegion("card", Base, 16, card, width));
        return (kernel, card);
    }

    /// <summary>The card with its ports in memory instead.</summary>
    private sealed class Registers(PortCard card) : IRegisterDevice
    {
        public ulong ReadRegister(ulong offset, int width) => card.ReadPort((ushort)offset, width);

        public void WriteRegister(ulong offset, int width, ulong value) => card.WritePort((ushort)offset, width, (uint)value);
    }
}
