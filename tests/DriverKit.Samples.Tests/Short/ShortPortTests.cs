using System.Text;
using Samples.Short;

namespace DriverKit.Samples.Tests.Short;

/// <summary>The plain nodes of short, and what it claims and gives back.</summary>
public sealed class ShortPortTests
{
    [Theory]
    [InlineData("/dev/short0", "")]
    [InlineData("/dev/short0p", "")]
    [InlineData("/dev/short0s", "")]
    [InlineData("/dev/short0m", "")]
    [InlineData("/dev/short0", "use_mem=1 base=0xf0000000")]
    [InlineData("/dev/short0s", "use_mem=1 base=0xf0000000")]
    public void Each_byte_written_is_an_access_to_the_port_and_each_byte_read_another(string node, string parameters)
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel, parameters);
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open(node, OpenFlags.ReadWrite);
        Assert.Equal(5, process.Write(fd, "hello"u8));
        (ParallelPort port, ParallelPort other) = parameters.Length == 0 ? (bench.Port, bench.MemoryPort) : (bench.MemoryPort, bench.Port);
        Assert.Equal("hello", Encoding.ASCII.GetString([.. port.Written]));
        Assert.Empty(other.Written);
        Assert.Equal("ooo", Workbench.Read(process, fd, 3));
        Assert.Equal(0, process.Write(fd, []));
        Assert.Equal("", Workbench.Read(process, fd, 0));
    }

    [Fact]
    public void The_low_bits_of_the_minor_are_the_port()
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel);
        UserProcess process = bench.Kernel.CreateProcess("test");
        Assert.Equal([0x3f], ReadBytes("/dev/short1"));
        process.Write(process.Open("/dev/short0", OpenFlags.WriteOnly), [0x80]);
        Assert.Equal([0x7f], ReadBytes("/dev/short1p"));
        Assert.Equal([0xd0], ReadBytes("/dev/short2s"));
        Assert.Equal([0xff], ReadBytes("/dev/short7m"));

        byte[] ReadBytes(string node)
        {
            byte[] one = new byte[1];
            process.Read(process.Open(node), one);
            return one;
        }
    }

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x7f)]
    public void Other_modes_are_invalid(int minor)
    {
        using var bench = new Workbench();
        ShortModule module = ShortLoad.Load(bench.Kernel, "major=60");
        bench.Kernel.MakeNode("/dev/shortx", new(60, (uint)minor));
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open("/dev/shortx", OpenFlags.ReadWrite);
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => process.Read(fd, new byte[1].AsSpan())).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => process.Write(fd, [1])).Errno);
        Assert.Empty(bench.Port.Written);
        process.Exit();
        ShortLoad.Unload(bench.Kernel, module);
    }

    [Fact]
    public void A_bad_address_is_EFAULT_and_loses_no_memory()
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel);
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open("/dev/short0", OpenFlags.ReadWrite);
        process.Write(fd, [1]);
        var nowhere = new UserVirtualAddress(0x1000);
        string? slabs = null; // After the first round: the cache keeps an empty slab.
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(Errno.EFAULT, Assert.Throws<SyscallException>(() => process.Write(fd, nowhere, 100)).Errno);
            Assert.Equal(Errno.EFAULT, Assert.Throws<SyscallException>(() => process.Read(fd, nowhere, 100)).Errno);
            Assert.Equal(slabs ??= bench.Kernel.SlabReport(), bench.Kernel.SlabReport());
        }

        Assert.Equal([1], bench.Port.Written);
    }

    [Fact]
    public void A_length_that_no_kmalloc_has_is_ENOMEM()
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel);
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open("/dev/short0", OpenFlags.ReadWrite);
        UserVirtualAddress area = process.Mmap(default, 8.MiB(), Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        Assert.Equal(Errno.ENOMEM, Assert.Throws<SyscallException>(() => process.Write(fd, area, 8.MiB())).Errno);
        Assert.Equal(Errno.ENOMEM, Assert.Throws<SyscallException>(() => process.Read(fd, area, 8.MiB())).Errno);
    }

    [Fact]
    public void It_can_always_be_read_and_written()
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel);
        UserProcess process = bench.Kernel.CreateProcess("test");
        int fd = process.Open("/dev/short0", OpenFlags.ReadWrite);
        Assert.Equal(PollEvents.In | PollEvents.Out, process.Poll(fd, PollEvents.In | PollEvents.Out, 0));
    }

    [Theory]
    [InlineData("", "/proc/ioports", "0378-037f : short")]
    [InlineData("base=0x278", "/proc/ioports", "0278-027f : short")]
    [InlineData("use_mem=1 base=0xf0000000", "/proc/iomem", "f0000000-f0000007 : short")]
    public void It_claims_eight_ports_or_bytes(string parameters, string file, string line)
    {
        using var bench = new Workbench();
        ShortLoad.Load(bench.Kernel, parameters);
        Assert.Equal([line], bench.Grep(file).Select(text => text.Trim()));
    }

    [Theory]
    [InlineData("base=0x60", "<6>short: can't get I/O port address 0x60")]
    [InlineData("base=0x59", "<6>short: can't get I/O port address 0x59")]
    [InlineData("base=0xfffc", "<6>short: can't get I/O port address 0xfffc")]
    [InlineData("use_mem=1 base=0x100000", "<6>short: can't get I/O mem address 0x100000")]
    public void What_others_have_is_ENODEV(string parameters, string logged)
    {
        using var bench = new Workbench();
        string before = Registered(bench);
        Assert.Equal(Errno.ENODEV, Assert.Throws<SyscallException>(() => Insert(bench, parameters)).Errno);
        Assert.Equal([logged], Logged(bench));
        Assert.Equal(before, Registered(bench));
    }

    [Fact]
    public void Of_two_drivers_for_a_port_the_second_fails_until_the_first_is_gone()
    {
        using var bench = new Workbench();
        ShortModule module = ShortLoad.Load(bench.Kernel);
        bench.Kernel.RunKernelThread(() => Assert.Null(RequestRegion(0x37f, 1, "other")));
        ShortLoad.Unload(bench.Kernel, module);
        bench.Kernel.RunKernelThread(() => Assert.NotNull(RequestRegion(0x37f, 1, "other")));
        Assert.Equal(Errno.ENODEV, Assert.Throws<SyscallException>(() => Insert(bench, "")).Errno);
        Assert.Equal(["<6>short: can't get I/O port address 0x378"], Logged(bench));
        bench.Kernel.RunKernelThread(() => ReleaseRegion(0x37f, 1));
        ShortLoad.Load(bench.Kernel);
    }

    [Theory]
    [InlineData("")]
    [InlineData("use_mem=1 base=0xf0000000")]
    public void A_major_that_is_taken_is_EBUSY_and_nothing_stays_claimed(string parameters)
    {
        using var bench = new Workbench();
        string before = Registered(bench), slabs = bench.Kernel.SlabReport();
        Assert.Equal(Errno.EBUSY, Assert.Throws<SyscallException>(() => Insert(bench, parameters + " major=1")).Errno);
        Assert.Equal(["<6>short: can't get major number"], Logged(bench));
        Assert.Equal(before, Registered(bench));
        Assert.Equal(slabs, bench.Kernel.SlabReport());
    }

    [Theory]
    [InlineData("")]
    [InlineData("major=60 irq=5")]
    [InlineData("tasklet=1")]
    [InlineData("wq=1")]
    [InlineData("share=1")]
    [InlineData("probe=1")]
    [InlineData("probe=2")]
    [InlineData("use_mem=1 base=0xf0000000 irq=7")]
    public void After_unloading_nothing_is_left_and_it_can_be_loaded_again(string parameters)
    {
        using var bench = new Workbench();
        string before = Registered(bench);
        string? loaded = null;
        for (int i = 0; i < 3; i++)
        {
            ShortModule module = ShortLoad.Load(bench.Kernel, parameters);
            UserProcess process = bench.Kernel.CreateProcess("test");
            process.Write(process.Open("/dev/shortint", OpenFlags.WriteOnly), new byte[4]);
            process.Exit();
            Assert.Equal(loaded ??= Registered(bench), Registered(bench));
            Assert.NotEqual(before, loaded);
            ShortLoad.Unload(bench.Kernel, module);
            Assert.Equal(before, Registered(bench));
            Assert.False(bench.Port.IsEnabled || bench.MemoryPort.IsEnabled);
        }
    }

    [Fact]
    public void It_cannot_be_unloaded_while_a_node_is_open()
    {
        using var bench = new Workbench();
        ShortModule module = ShortLoad.Load(bench.Kernel);
        UserProcess process = bench.Kernel.CreateProcess("test");
        process.Open("/dev/shortint");
        Assert.Equal(Errno.EAGAIN, Assert.Throws<SyscallException>(() => bench.Kernel.RemoveModule(module)).Errno);
        process.Exit();
        ShortLoad.Unload(bench.Kernel, module);
    }

    private static ShortModule Insert(Workbench bench, string parameters)
    {
        var module = new ShortModule();
        bench.Kernel.InsertModule(module, parameters);
        return module;
    }

    private static string[] Logged(Workbench bench) =>
        [.. bench.Kernel.Log.Lines.Where(line => line.Message.StartsWith("short")).Select(line => line.ToString())];

    /// <summary>Who has what; of the interrupts not the counts, which stay.</summary>
    private static string Registered(Workbench bench)
    {
        string interrupts = string.Join('\n', bench.Grep("/proc/interrupts").Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where((_, i) => i != 1))));
        return string.Join('\n', interrupts, bench.Kernel.ReadFile("/proc/ioports"), bench.Kernel.ReadFile("/proc/iomem"), bench.Kernel.ReadFile("/proc/devices"));
    }
}
