using System.Globalization;
using System.Text;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Sys;

/// <summary>/sys/class: devices, and attributes that drivers show and store.</summary>
public sealed class SysfsTests : KernelTest
{
    private const string Directory = "/sys/class/c/c0/";

    private DeviceClass? _class;
    private Device? _device;

    [Fact]
    public void Devices_say_their_numbers()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new TestDriver(new FileOperations()));
        Install(kernel);
        Assert.Equal("200:5\n", kernel.ReadFile(Directory + "dev"));
        Assert.Equal("10:63\n", kernel.ReadFile("/sys/class/misc/test/dev"));
        Assert.Equal("1:3\n", kernel.ReadFile("/sys/class/mem/null/dev"));
        UserProcess process = kernel.CreateProcess("p");
        Assert.Equal(["class", "module"], Names(process, "/sys"));
        Assert.Equal(["mem", "misc", "c"], Names(process, "/sys/class"));
        Assert.Equal(Mkdev(200, 5), process.Stat("/dev/c0").StRdev);
        Expect.Errno(EACCES, () => process.Open(Directory + "dev", OpenFlags.WriteOnly));
        Expect.Errno(EPERM, () => process.Mkdir("/sys/class/new"));
        Expect.Errno(EPERM, () => process.Unlink(Directory + "dev"));
        Expect.Errno(EPERM, () => process.Rmdir("/sys/class/c"));
        Expect.Errno(EACCES, () => process.Open("/sys/new", OpenFlags.Create | OpenFlags.WriteOnly));
        kernel.RunKernelThread(() => DeviceDestroy(_class!, Mkdev(200, 5)));
        Expect.Errno(ENOENT, () => process.Stat(Directory));
        Expect.Errno(ENOENT, () => process.Stat("/dev/c0"));
        kernel.RunKernelThread(() => ClassDestroy(_class!));
        Expect.Errno(ENOENT, () => process.Stat("/sys/class/c"));
        Assert.Equal(["mem", "misc"], Names(process, "/sys/class"));
    }

    [Fact]
    public void Names_that_are_taken_or_none_are_refused()
    {
        Kernel kernel = Boot();
        Install(kernel);
        kernel.RunKernelThread(() =>
        {
            foreach (string bad in new[] { "c", "misc", "", ".", "..", "a/b", new string('x', 256) })
                Assert.Null(ClassCreate(null, bad));
            var attribute = new DeviceAttribute("value", SIrugo, null, null);
            Assert.Equal(KernelResult.Success, DeviceCreateFile(_device!, attribute));
            Assert.Equal(-EEXIST, DeviceCreateFile(_device!, attribute));
            Assert.Equal(-EEXIST, DeviceCreateFile(_device!, new DeviceAttribute("dev", SIrugo, null, null)));
            Assert.Equal(-EINVAL, DeviceCreateFile(_device!, new DeviceAttribute("a/b", SIrugo, null, null)));
            Assert.Equal(KernelResult.Success, ClassCreateFile(_class!, new ClassAttribute("version", SIrugo, null, null)));
            Assert.Equal(-EEXIST, DeviceCreate(_class!, Mkdev(200, 6), "version", out Device? none));
            Assert.Null(none);
            Assert.Equal(-EINVAL, ClassCreateFile(_class!, new ClassAttribute("", SIrugo, null, null)));
            DeviceRemoveFile(_device!, attribute);
            DeviceRemoveFile(_device!, attribute);
            ClassRemoveFile(_class!, new ClassAttribute("never", SIrugo, null, null));
            ClassRemoveFile(_class!, new ClassAttribute("c0", SIrugo, null, null));
            ClassDestroy(_class!);
            ClassDestroy(_class!);
        });
    }

    [Fact]
    public void An_attribute_is_shown_once_an_opening_and_stored_at_each_write()
    {
        Kernel kernel = Boot();
        int value = 7, shown = 0;
        var attribute = new DeviceAttribute(
            "value",
            SIrugo | SIwusr,
            (device, attr, page) =>
            {
                shown++;
                return Sprintf(page, $"{device.DriverData} {attr.Name} {value}\n");
            },
            (_, _, page, count) =>
            {
                string text = LoadString(page);
                Assert.Equal(count, (ulong)text.Length);
                return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value) ? count : -EINVAL;
            });
        Install(kernel, attribute);
        _device!.DriverData = "mine";
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Directory + "value", OpenFlags.ReadWrite);
        Assert.Equal("mine val", Read(process, fd, 8));
        Assert.Equal("ue 7\n", Read(process, fd, 100));
        Assert.Equal("", Read(process, fd, 100));
        value = 8;
        process.Lseek(fd, 0);
        Assert.Equal("mine value 7\n", Read(process, fd, 100));
        Assert.Equal(1, shown);
        Assert.Equal(3, process.Write(fd, "42\n"u8));
        process.Lseek(fd, 0);
        Assert.Equal("mine value 42\n", Read(process, fd, 100));
        Assert.Equal((42, 2), (value, shown));
        Expect.Errno(EINVAL, () => process.Write(fd, "x"u8));
        Assert.Equal(0, process.Write(fd, []));
        kernel.WriteFile(Directory + "value", "1");
        Assert.Equal("mine value 1\n", kernel.ReadFile(Directory + "value"));
        Expect.Errno(EFAULT, () => process.Write(fd, new UserVirtualAddress(0x3000_0000), 2));
        process.Lseek(fd, 0);
        Expect.Errno(EFAULT, () => process.Read(fd, new UserVirtualAddress(0x3000_0000), 2));
    }

    [Fact]
    public void A_write_takes_less_than_a_page_and_a_value_has_at_most_one()
    {
        Kernel kernel = Boot();
        int length = 4096;
        ulong stored = 0;
        Install(kernel, new DeviceAttribute("value", SIrugo | SIwugo, (_, _, page) =>
        {
            Memset(page, (byte)'x', 4096);
            return length;
        }, (_, _, page, count) =>
        {
            Assert.Equal((byte)0, Load<byte>(page + count));
            return stored = count;
        }));
        UserProcess process = kernel.CreateProcess("p");
        Assert.Equal(4096, Read(process, process.Open(Directory + "value"), 8192).Length);
        Assert.Equal(4095, process.Write(process.Open(Directory + "value", OpenFlags.WriteOnly), new byte[5000]));
        Assert.Equal(4095ul, stored);
        length = 4097;
        Expect.Oops("kernel BUG at fill_read_buffer(): show of value returned 4097", () => Read(process, process.Open(Directory + "value"), 10));
    }

    [Fact]
    public void The_mode_decides_what_it_can_be_opened_for_even_for_root()
    {
        Kernel kernel = Boot();
        Install(
            kernel,
            new DeviceAttribute("r", SIrugo, null, null),
            new DeviceAttribute("w", SIwusr, null, null),
            new DeviceAttribute("none", 0, null, null));
        UserProcess root = kernel.CreateProcess("root"), user = kernel.CreateProcess("user");
        user.Setuid(1000);
        Expect.Errno(EACCES, () => root.Open(Directory + "r", OpenFlags.ReadWrite));
        Expect.Errno(EACCES, () => root.Open(Directory + "w"));
        Expect.Errno(EACCES, () => root.Open(Directory + "none"));
        Expect.Errno(EACCES, () => user.Open(Directory + "w", OpenFlags.WriteOnly));
        Expect.Errno(EIO, () => Read(user, user.Open(Directory + "r"), 10));
        int fd = root.Open(Directory + "w", OpenFlags.WriteOnly);
        Expect.Errno(EIO, () => root.Write(fd, "x"u8));
        Expect.Errno(EBADF, () => Read(root, fd, 1));
        root.Chmod(Directory + "w", SIwugo);
        user.Close(user.Open(Directory + "w", OpenFlags.WriteOnly));
    }

    [Fact]
    public void Show_that_fails_has_shown_nothing()
    {
        Kernel kernel = Boot();
        Install(kernel, new DeviceAttribute("value", SIrugo, (_, _, _) => -EPROTO, null), new DeviceAttribute("odd", SIrugo, (_, _, _) => -5000, null));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Directory + "value");
        Expect.Errno(EPROTO, () => Read(process, fd, 10));
        Assert.Equal("", Read(process, fd, 10));
        Expect.Oops("show of odd returned -5000", () => Read(process, process.Open(Directory + "odd"), 10));
    }

    [Fact]
    public void An_attribute_that_is_removed_while_it_is_open_is_ENODEV()
    {
        Kernel kernel = Boot();
        var attribute = new DeviceAttribute("value", SIrugo | SIwusr, (_, _, page) => Sprintf(page, "text"), (_, _, _, count) => count);
        Install(kernel, attribute);
        UserProcess process = kernel.CreateProcess("p");
        int shown = process.Open(Directory + "value"), fresh = process.Open(Directory + "value", OpenFlags.ReadWrite);
        Assert.Equal("te", Read(process, shown, 2));
        kernel.RunKernelThread(() => DeviceDestroy(_class!, Mkdev(200, 5)));
        Assert.Equal("xt", Read(process, shown, 2));
        Expect.Errno(ENODEV, () => Read(process, fresh, 2));
        Expect.Errno(ENODEV, () => process.Write(fresh, "x"u8));
        Expect.Errno(ENOENT, () => process.Open(Directory + "value"));
    }

    [Fact]
    public void The_owner_of_an_attribute_stays_while_it_is_open()
    {
        Kernel kernel = Boot();
        ProcModule module = null!;
        module = new ProcModule(
            () =>
            {
                DeviceClass made = ClassCreate(module, "owned")!;
                Assert.Same(module, made.Owner);
                Assert.Equal(KernelResult.Success, ClassDeviceCreate(made, Mkdev(201, 0), "o0", out Device? device));
                Assert.Equal(("o0", Mkdev(201, 0), made), (device!.BusId, device.Devt, device.Class));
                Assert.Equal(KernelResult.Success, ClassDeviceCreateFile(device, new DeviceAttribute("value", SIrugo, (_, _, page) => Sprintf(page, "v"), null) { Owner = module }));
                Assert.Equal(KernelResult.Success, ClassCreateFile(made, new ClassAttribute("version", SIrugo, (c, page) => Sprintf(page, c.Name), null) { Owner = module }));
                _class = made;
            },
            () => ClassDestroy(_class!));
        kernel.InsertModule(module);
        UserProcess process = kernel.CreateProcess("p");
        foreach (string path in new[] { "/sys/class/owned/o0/value", "/sys/class/owned/version" })
        {
            int fd = process.Open(path);
            Assert.Equal(1, module.RefCount);
            Expect.Errno(EAGAIN, () => kernel.RemoveModule(module));
            process.Close(fd);
        }

        Assert.Equal("owned", kernel.ReadFile("/sys/class/owned/version"));
        Expect.Errno(EACCES, () => kernel.WriteFile("/sys/class/owned/version", "x"));
        kernel.RemoveModule(module);
        Expect.Errno(ENOENT, () => process.Stat("/sys/class/owned"));
    }

    [Fact]
    public void A_class_attribute_takes_values()
    {
        Kernel kernel = Boot();
        string value = "";
        Install(kernel);
        kernel.RunKernelThread(() => Assert.Equal(KernelResult.Success, ClassCreateFile(_class!, new ClassAttribute("value", SIwusr, null, (_, page, count) =>
        {
            value = LoadString(page);
            return count;
        }))));
        kernel.WriteFile("/sys/class/c/value", "some text");
        Assert.Equal("some text", value);
    }

    [Fact]
    public void A_misc_device_has_a_place_for_attributes_while_it_is_registered()
    {
        Kernel kernel = Boot();
        var misc = new MiscDevice { Name = "m", Fops = new FileOperations() };
        kernel.RunKernelThread(() =>
        {
            Assert.Null(misc.Class);
            Assert.Equal(KernelResult.Success, MiscRegister(misc));
            Assert.Equal(KernelResult.Success, DeviceCreateFile(misc.Class!, new DeviceAttribute("value", SIrugo, (_, _, page) => Sprintf(page, "v"), null)));
        });
        Assert.Equal("v", kernel.ReadFile("/sys/class/misc/m/value"));
        kernel.RunKernelThread(() => Assert.Equal(KernelResult.Success, MiscDeregister(misc)));
        Assert.Null(misc.Class);
        Expect.Errno(ENOENT, () => kernel.ReadFile("/sys/class/misc/m/value"));
    }

    [Fact]
    public void Texts_in_kernel_memory_are_read_up_to_their_zero()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            KernelLogicalAddress buffer = Kmalloc(8192, GfpFlags.Kernel);
            Sprintf(buffer, "0x1F rest");
            Assert.Equal("0x1F rest", LoadString(buffer));
            Assert.Equal((31ul, 4ul), (SimpleStrtoul(buffer, out KernelVirtualAddress end, 0), end - buffer));
            Sprintf(buffer, "-077");
            Assert.Equal(-63, SimpleStrtol(buffer, out end, 0));
            Assert.Equal(4ul, end - buffer);
            Assert.Equal(-77, SimpleStrtol(buffer, out end, 10));
            Sprintf(buffer, "zz");
            Assert.Equal((0ul, 0ul), (SimpleStrtoul(buffer, out end, 10), end - buffer));
            Assert.Equal((35ul * 36 + 35, 2ul), (SimpleStrtoul(buffer, out end, 36), end - buffer));
            string longText = new('y', 5000);
            Sprintf(buffer, longText);
            Assert.Equal(longText, LoadString(buffer));
            Kfree(buffer);
        });
        Expect.OopsIn(kernel, "NULL pointer", () => LoadString(default));
    }

    private void Install(Kernel kernel, params DeviceAttribute[] attributes) => kernel.RunKernelThread(() =>
    {
        _class = ClassCreate(null, "c")!;
        Assert.Equal(KernelResult.Success, DeviceCreate(_class, Mkdev(200, 5), "c0", out _device));
        foreach (DeviceAttribute attribute in attributes)
            Assert.Equal(KernelResult.Success, DeviceCreateFile(_device!, attribute));
    });

    private static string[] Names(UserProcess process, string path)
    {
        int fd = process.Open(path);
        string[] names = [.. process.Getdents(fd).Select(entry => entry.DName).Skip(2)];
        process.Close(fd);
        return names;
    }

    private static string Read(UserProcess process, int fd, int size)
    {
        byte[] buffer = new byte[size];
        return Encoding.UTF8.GetString(buffer, 0, process.Read(fd, buffer));
    }
}
