using DriverKit.Tests.Support;

namespace DriverKit.Tests.Ports;

/// <summary>A driver in the manner of the driver book's short: a process's bytes go out at a port and come in from it.</summary>
public sealed class PortDriverTests : KernelTest
{
    private const ushort Base = 0x378;

    [Fact]
    public void What_a_process_writes_comes_out_at_the_port_and_what_it_reads_comes_from_there()
    {
        Kernel kernel = Boot();
        var card = new PortCard();
        kernel.AddDevice(new PortRegion("parport", Base, 8, card));
        var driver = new ShortDriver();
        kernel.InsertModule(driver);
        Assert.EndsWith("0378-037f : short\n", kernel.ReadFile("/proc/ioports"));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/short", OpenFlags.ReadWrite);
        Assert.Equal(3, process.Write(fd, [1, 2, 3]));
        card.Bytes[0] = 9;
        byte[] back = new byte[2];
        Assert.Equal(2, process.Read(fd, back));
        Assert.Equal([9, 9], back);
        Assert.Equal(["w1 0 1", "w1 0 2", "w1 0 3", "r1 0", "r1 0"], card.Log);
        Assert.Equal(4, process.Writev(fd, [new(process.Buffer([4, 5]), 2), new(process.Buffer([6, 7]), 2)]));
        Assert.Equal(["w1 0 4", "w1 0 5", "w1 0 6", "w1 0 7"], card.Log[5..]);
        process.Close(fd);
        kernel.RemoveModule(driver);
        Assert.DoesNotContain("short", kernel.ReadFile("/proc/ioports"));
    }

    [Fact]
    public void A_second_driver_for_the_same_ports_does_not_load_and_takes_nothing_with_it()
    {
        Kernel kernel = Boot();
        ShortDriver first = new(), second = new("short2");
        kernel.InsertModule(first);
        Expect.Errno(ENODEV, () => kernel.InsertModule(second));
        Assert.Contains("0378-037f : short\n", kernel.ReadFile("/proc/ioports"));
        kernel.RemoveModule(first);
        kernel.InsertModule(second);
        Assert.Contains("0378-037f : short2\n", kernel.ReadFile("/proc/ioports"));
    }

    private sealed class ShortDriver(string name = "short") : KernelModule
    {
        private MiscDevice _device = null!;

        public override string Name => name;

        public override KernelResult Init()
        {
            if (RequestRegion(Base, 8, name) is null)
                return -ENODEV;
            _device = new MiscDevice { Name = name, Fops = new FileOperations { Owner = this, Read = Read, Write = Write } };
            KernelResult registered = MiscRegister(_device);
            if (registered.IsError)
                ReleaseRegion(Base, 8);
            return registered;
        }

        public override void Exit()
        {
            MiscDeregister(_device);
            ReleaseRegion(Base, 8);
        }

        private static KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
        {
            KernelLogicalAddress data = Kmalloc(count, GfpFlags.Kernel);
            if (data.IsNull)
                return -ENOMEM;
            Insb(Base, data, count);
            ulong missing = CopyToUser(buffer, data, count);
            Kfree(data);
            return missing != 0 ? -EFAULT : count;
        }

        private static KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
        {
            for (ulong i = 0; i < count; i++)
            {
                if (GetUser(out byte value, buffer + i).IsError)
                    return -EFAULT;
                Outb(value, Base);
            }

            return count;
        }
    }
}
