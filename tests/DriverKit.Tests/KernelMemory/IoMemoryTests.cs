using DriverKit.Tests.Support;

namespace DriverKit.Tests.KernelMemory;

public sealed class IoMemoryTests : KernelTest
{
    private static readonly PhysicalAddress Window = new(0xE000_0000);

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Every_access_reaches_a_register_device_in_its_own_width_and_in_order(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        var device = new Recorder();
        kernel.AddDevice(new MmioRegisters("regs", Window, 8192, device));
        kernel.RunKernelThread(() =>
        {
            IoAddress io = Ioremap(Window + 0x10ul, 0x100);
            Assert.Equal(0x10u, io.PageOffset);
            Writel(0xAABBCCDD, io);
            Writew(0x1122, io + 4ul);
            Writeb(0x33, io + 6ul);
            Assert.Equal(0x14u, Readl(io + 4ul));
            Assert.Equal(0x1Cu, Readw(io + 12ul));
            Assert.Equal(0x10, Readb(io));
            Iounmap(io);
        });
        Assert.Equal(["w4 10 aabbccdd", "w2 14 1122", "w1 16 33", "r4 14", "r2 1c", "r1 10"], device.Log);
    }

    [Fact]
    public void Device_memory_is_memory_for_readl_and_for_memcpy_toio()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 4, "what its kernel code allocates");
        var frameBuffer = new MmioMemory("fb", Window, 1 << 20);
        kernel.AddDevice(frameBuffer);
        kernel.RunKernelThread(() =>
        {
            IoAddress io = Ioremap(Window, 1 << 20);
            KernelLogicalAddress buffer = Kmalloc(5000, GfpFlags.Kernel), back = Kzalloc(5000, GfpFlags.Kernel);
            for (ulong i = 0; i < 5000; i++)
                Store(buffer + i, (byte)(i * 7));
            MemcpyToio(io + 3000ul, buffer, 5000);
            MemcpyFromio(back, io + 3000ul, 5000);
            for (ulong i = 0; i < 5000; i++)
                Assert.Equal((byte)(i * 7), Load<byte>(back + i));
            Writel(0xDEADBEEF, io + 4094ul);
            Assert.Equal(0xDEADBEEFu, Readl(io + 4094ul));
            MemsetIo(io, 0x5A, 16);
        });
        Assert.Equal(0x5A, frameBuffer.Contents[15]);
        Assert.Equal(0xEF, frameBuffer.Contents[4094]);
        Assert.Equal(0xDE, frameBuffer.Contents[4097]);
    }

    [Fact]
    public void Where_nothing_answers_loads_give_ones_and_stores_vanish()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 0, "what its kernel code allocates");
        kernel.RunKernelThread(() =>
        {
            IoAddress io = Ioremap(new PhysicalAddress(0xF000_0000), 4096);
            Writel(1, io);
            Assert.Equal((0xFFu, 0xFFFFu, 0xFFFF_FFFFu), ((uint)Readb(io), (uint)Readw(io), Readl(io)));
        });
    }

    [Fact]
    public void Nonsense_ioremaps_give_null_and_lose_nothing()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Iounmap(Ioremap(Window, 1 << 20));
            ulong free = kernel.FreePages();
            Assert.True(Ioremap(Window, 0).IsNull);
            Assert.True(Ioremap(new PhysicalAddress(ulong.MaxValue), 2).IsNull);
            Assert.True(Ioremap(Window, ulong.MaxValue).IsNull);
            Assert.True(Ioremap(new PhysicalAddress(1ul << 32), 4096).IsNull);
            Assert.True(Ioremap(new PhysicalAddress(0xFFFF_F000), 8192).IsNull);
            Assert.True(Ioremap(new PhysicalAddress(0x4000_0000), 0xB000_0000).IsNull, "more than the vmalloc range");
            Assert.True(Ioremap(new PhysicalAddress(0x80_0000), 4096).IsNull, "RAM in use");
            Assert.Equal(free, kernel.FreePages());
        });
    }

    [Fact]
    public void Reserved_RAM_may_be_remapped_and_the_ISA_hole_is_mapped_already()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        kernel.RunKernelThread(() =>
        {
            KernelLogicalAddress buffer = GetZeroedPage(GfpFlags.Kernel);
            SetPageReserved(VirtToPage(buffer));
            IoAddress io = Ioremap(VirtToPhys(buffer), 4096);
            Writel(0x12345678, io);
            Assert.Equal(0x12345678u, Load<uint>(buffer));
            Iounmap(io);
            Assert.Equal(kernel.Memory.Layout.PageOffset + 0xB8000, Ioremap(new PhysicalAddress(0xB8000), 4000).Value);
        });
    }

    [Fact]
    public void Addresses_that_ioremap_did_not_give_are_bugs_or_logged()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "what its kernel code allocates");
        kernel.AddDevice(new MmioRegisters("regs", Window, 4096, new Recorder()));
        IoAddress gone = kernel.Run(() =>
        {
            IoAddress io = Ioremap(Window, 4096);
            Iounmap(io);
            return io;
        });
        Expect.OopsIn(kernel, "Unable to handle kernel paging request", () => Readl(gone));
        Expect.OopsIn(kernel, "Unable to handle kernel NULL pointer dereference", () => Writel(0, default));
        Expect.OopsIn(kernel, "Unable to handle kernel paging request", () => Readb(new IoAddress(0x0804_8000)));
        kernel.RunKernelThread(() =>
        {
            Iounmap(gone);
            Iounmap(new IoAddress(Vmalloc(4096).Value));
        });
        Assert.Equal(2, kernel.LogLines().Count(line => line.StartsWith("iounmap: bad address ", StringComparison.Ordinal)));
        IoAddress live = kernel.Run(() => Ioremap(Window, 4096));
        Expect.OopsIn(kernel, "use readb()…writel()", () => Load<int>(new KernelVirtualAddress(live.Value)), "DK2009");
    }

    [Fact]
    public void A_device_must_not_answer_where_RAM_or_another_device_does()
    {
        Kernel kernel = Boot();
        kernel.AddDevice(new MmioMemory("one", Window, 8192));
        Assert.Throws<ArgumentException>(() => kernel.AddDevice(new MmioMemory("two", Window + 4096ul, 4096)));
        Assert.Throws<ArgumentException>(() => kernel.AddDevice(new MmioMemory("ram", new PhysicalAddress(0x100_0000), 4096)));
        Assert.Throws<ArgumentException>(() => new MmioMemory("odd", Window + 1ul, 4096));
        Assert.Throws<ArgumentException>(() => new MmioMemory("none", Window, 0));
    }

    [Fact]
    public void A_device_in_the_PCI_hole_must_not_reach_into_RAM_above_it()
    {
        Kernel large = Boot(new MachineOptions { MemorySize = 4.GiB(), Architecture = Architecture.X8664 }), small = Boot();
        var last = new PhysicalAddress(0xFFFF_F000);
        Assert.Throws<ArgumentException>(() => large.AddDevice(new MmioMemory("over", last, 8192)));
        large.AddDevice(new MmioMemory("within", last, 4096));
        Assert.Throws<ArgumentException>(() => small.AddDevice(new MmioMemory("beyond the 4 GiB of an i386", last, 8192)));
        small.AddDevice(new MmioMemory("within", last, 4096));
    }

    [Fact]
    public void A_register_is_as_wide_as_the_access()
    {
        Kernel kernel = Boot();
        var device = new Recorder();
        kernel.AddDevice(new MmioRegisters("regs", Window, 8192, device));
        PhysicalBus bus = kernel.Machine.Bus;
        Assert.Equal((0x04ul, 0x1204ul, 0x1204ul), (bus.Read(Window + 0x1204ul, 1), bus.Read(Window + 0x1204ul, 2), bus.Read(Window + 0x1204ul, 8)));
        foreach (int width in new[] { 1, 2, 4, 8 })
            bus.Write(Window, width, 0x1122_3344_5566_7788);
        Assert.Equal(["w1 0 88", "w2 0 7788", "w4 0 55667788", "w8 0 1122334455667788"], device.Log[3..]);
    }

    private sealed class Recorder : IRegisterDevice
    {
        public List<string> Log { get; } = [];

        public ulong ReadRegister(ulong offset, int width)
        {
            Log.Add($"r{width} {offset:x}");
            return offset;
        }

        public void WriteRegister(ulong offset, int width, ulong value) => Log.Add($"w{width} {offset:x} {value:x}");
    }
}
