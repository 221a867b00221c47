using System.Text;
using Samples.Keyboard;

namespace DriverKit.Samples.Tests.Keyboard;

public sealed class KeyboardTests : IDisposable
{
    private readonly Kernel _kernel = Kernel.Boot(new() { MemorySize = 16.MiB() });
    private readonly I8042 _keyboard;
    private readonly KbdModule _kbd = new();

    public KeyboardTests()
    {
        _keyboard = new(_kernel);
        _kernel.MakeNode("/dev/kbd", new(KbdModule.Major, 0));
    }

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public void What_is_typed_is_read_once()
    {
        _kernel.InsertModule(_kbd);
        UserProcess process = _kernel.CreateProcess("test");
        int fd = process.Open("/dev/kbd");
        Assert.Equal("", Read(process, fd));
        const string All = "1234567890qwertyuiopasdfghjklzxcvbnm \n";
        Typist.Type(_kernel, _keyboard, All);
        Assert.Equal(All[..5], Read(process, fd, 5));
        Assert.Equal(All[5..], Read(process, fd));
        Assert.Equal("", Read(process, fd));
    }

    [Fact]
    public void It_logs_every_scancode()
    {
        _kernel.InsertModule(_kbd);
        UserProcess process = _kernel.CreateProcess("test");
        int fd = process.Open("/dev/kbd");
        Typist.Type(_kernel, _keyboard, "a");
        _keyboard.Send(0x3b); // F1
        _kernel.RunFor(TimeSpan.FromMilliseconds(1));
        Assert.Equal("a?", Read(process, fd));
        process.Close(fd);
        _kernel.RemoveModule(_kbd);
        Assert.Equal(
        [
            "<5>Driver kbd loaded", "<6>kbd opened", "<6>IRQ 1: scancode=0x1e (30) pressed=1 ch=a", "<6>IRQ 1: scancode=0x9e (158) pressed=0 ch=a",
            "<6>IRQ 1: scancode=0x3b (59) pressed=1 ch=?", "<6>kbd closed", "<5>Driver kbd unloaded",
        ], Logged());
    }

    [Fact]
    public void The_other_driver_on_the_line_sees_every_key_too()
    {
        var i8042 = new I8042Module();
        _kernel.InsertModule(_kbd);
        _kernel.InsertModule(i8042);
        Typist.Type(_kernel, _keyboard, "hi");
        Assert.Equal([0x23, 0xa3, 0x17, 0x97], i8042.Received);
        Assert.EndsWith("  1:          4   IO-APIC-edge      kbd, i8042", Line("/proc/interrupts", "kbd"));
        UserProcess process = _kernel.CreateProcess("test");
        Assert.Equal("hi", Read(process, process.Open("/dev/kbd")));
    }

    [Fact]
    public void Any_write_forgets_what_was_typed()
    {
        _kernel.InsertModule(_kbd);
        UserProcess process = _kernel.CreateProcess("test");
        int fd = process.Open("/dev/kbd", OpenFlags.ReadWrite);
        Typist.Type(_kernel, _keyboard, "password");
        Assert.Equal(5, process.Write(fd, "clear"u8));
        Assert.Equal("", Read(process, fd));
        Typist.Type(_kernel, _keyboard, "x");
        Assert.Equal(1_000_000_000, process.Write(fd, new UserVirtualAddress(0x1000), 1_000_000_000)); // It never looks at the bytes.
        Assert.Equal("", Read(process, fd));
        Typist.Type(_kernel, _keyboard, "y");
        Assert.Equal("y", Read(process, fd));
    }

    [Fact]
    public void A_thousand_and_twenty_four_keys_fit_and_the_rest_is_lost()
    {
        _kernel.InsertModule(_kbd);
        UserProcess process = _kernel.CreateProcess("test");
        int fd = process.Open("/dev/kbd");
        Typist.Type(_kernel, _keyboard, new string('a', KbdModule.BufferSize - 1) + "bc");
        Assert.Equal(new string('a', KbdModule.BufferSize - 1) + "b", Read(process, fd));
        Typist.Type(_kernel, _keyboard, "d");
        Assert.Equal("d", Read(process, fd));
    }

    [Fact]
    public void A_bad_address_is_EFAULT_and_costs_a_key()
    {
        _kernel.InsertModule(_kbd);
        UserProcess process = _kernel.CreateProcess("test");
        int fd = process.Open("/dev/kbd");
        Typist.Type(_kernel, _keyboard, "ab");
        Assert.Equal(Errno.EFAULT, Assert.Throws<SyscallException>(() => process.Read(fd, new UserVirtualAddress(0x1000), 2)).Errno);
        Assert.Equal("b", Read(process, fd));
    }

    [Theory]
    [InlineData("0x61", "EBUSY", null)]
    [InlineData("0x65", "EBUSY", null)]
    [InlineData("line", "EBUSY", "<3>request_irq failed: -16")]
    [InlineData("major", "EBUSY", "<3>register_region failed: -16")]
    public void When_something_is_taken_loading_fails_and_all_is_given_back(string taken, string errno, string? logged)
    {
        string free = Registered();
        Take(taken, true);
        string before = Registered();
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(errno, Assert.Throws<SyscallException>(() => _kernel.InsertModule(_kbd)).Errno.Name);
            Assert.Equal(before, Registered());
        }

        Assert.Equal(logged is null ? [] : [logged, logged], Logged());
        Take(taken, false);
        Assert.Equal(free, Registered());
        _kernel.InsertModule(_kbd);
        _kernel.RemoveModule(_kbd);
        Assert.Equal(free, Registered());
    }

    [Fact]
    public void Loaded_and_unloaded_twice_it_leaves_nothing()
    {
        string before = Registered();
        for (int i = 0; i < 2; i++)
        {
            var module = new KbdModule();
            _kernel.InsertModule(module);
            Assert.Equal(" 42 kbd", Line("/proc/devices", "kbd"));
            Assert.Equal(["0061-0061 : kbd", "0065-0065 : kbd"], _kernel.ReadFile("/proc/ioports").Split('\n').Where(line => line.Contains("kbd")));
            _kernel.RemoveModule(module);
            Assert.Equal(before, Registered());
        }
    }

    [Fact]
    public void Alone_on_the_line_it_has_the_kernel_disable_it_in_the_end()
    {
        _kernel.InsertModule(_kbd);
        _kernel.RunKernelThread(() =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                _kernel.Machine.Interrupts[1].Raise();
                Udelay(1);
            }
        });
        Assert.Contains(_kernel.Log.Lines, line => line.Message.Contains("irq 1: nobody cared"));
        Assert.Contains(_kernel.Log.Lines, line => line.Message.Contains("Disabling IRQ #1"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_key_is_read_once_and_in_order_whenever_it_comes(int cpus) => ScheduleExplorer.Check(
        kernel =>
        {
            var keyboard = new I8042(kernel);
            kernel.InsertModule(new KbdModule());
            kernel.MakeNode("/dev/kbd", new(KbdModule.Major, 0));
            const string Text = "keys";
            kernel.SpawnKernelThread("typist", () =>
            {
                foreach (char key in Text)
                {
                    keyboard.Send(Scancodes.Of(key));
                    Udelay(1);
                }
            });
            string read = "";
            kernel.Spawn("reader", p =>
            {
                int fd = p.Open("/dev/kbd");
                for (int i = 0; i < 3; i++)
                    read += Read(p, fd);
            });
            kernel.Run();
            kernel.RunFor(TimeSpan.FromMilliseconds(1));
            UserProcess process = kernel.CreateProcess("end");
            read += Read(process, process.Open("/dev/kbd"));
            process.Exit();
            Assert.Equal(Text, read);
        },
        new() { Search = ScheduleSearch.Random(1), Schedules = 2000, Machine = new() { MemorySize = 16.MiB(), Cpus = cpus } });

    private static string Read(UserProcess process, int fd, int count = 2 * KbdModule.BufferSize)
    {
        byte[] buffer = new byte[count];
        return Encoding.ASCII.GetString(buffer, 0, process.Read(fd, buffer));
    }

    private void Take(string what, bool take) => _kernel.RunKernelThread(() =>
    {
        switch (what, take)
        {
            case ("line", true):
                Assert.Equal(0, RequestIrq(I8042.Line, (_, _) => IrqHandled, Irqf.None, "other", null));
                break;
            case ("line", false):
                FreeIrq(I8042.Line, null);
                break;
            case ("major", true):
                Assert.Equal(0, RegisterChrdevRegion(Mkdev(KbdModule.Major, 0), 1, "other"));
                break;
            case ("major", false):
                UnregisterChrdevRegion(Mkdev(KbdModule.Major, 0), 1);
                break;
            case (_, true):
                Assert.NotNull(RequestRegion(Convert.ToUInt64(what, 16), 1, "other"));
                break;
            default:
                ReleaseRegion(Convert.ToUInt64(what, 16), 1);
                break;
        }
    });

    private string[] Logged() => [.. _kernel.Log.Lines.Select(line => line.ToString()).Where(line => line.Contains("kbd") || line.Contains("IRQ 1:") || line.Contains("failed:"))];

    private string Line(string file, string word) => Assert.Single(_kernel.ReadFile(file).Split('\n'), line => line.Contains(word));

    private string Registered()
    {
        string[] interrupts = [.. _kernel.ReadFile("/proc/interrupts").Split('\n').Where(line => line.Contains("edge") && !line.Contains("timer"))];
        return string.Join('\n', string.Join('\n', interrupts), _kernel.ReadFile("/proc/ioports"), _kernel.ReadFile("/proc/devices"));
    }
}
