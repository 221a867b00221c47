using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

public sealed class CharDeviceTests : KernelTest
{
    [Fact]
    public void Device_numbers_are_claimed_once_and_dynamic_majors_come_from_254_down()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(KernelResult.Success, AllocChrdevRegion(out DeviceNumber first, 0, 4, "one"));
            Assert.Equal(KernelResult.Success, AllocChrdevRegion(out DeviceNumber second, 5, 1, "two"));
            Assert.Equal((Mkdev(254, 0), Mkdev(253, 5)), (first, second));
            Assert.Equal(KernelResult.Success, RegisterChrdevRegion(Mkdev(240, 10), 10, "ten"));
            foreach ((uint minor, uint count) in new[] { (10u, 10u), (0u, 11u), (19u, 1u), (5u, 100u), (12u, 2u) })
                Assert.Equal(-EBUSY, RegisterChrdevRegion(Mkdev(240, minor), count, "x"));
            Assert.Equal(-EBUSY, RegisterChrdevRegion(Mkdev(10, 1), 1, "x"));
            Assert.Equal(KernelResult.Success, RegisterChrdevRegion(Mkdev(240, 20), 5, "after"));
            Assert.Equal(KernelResult.Success, RegisterChrdevRegion(Mkdev(241, DeviceNumber.MaxMinor), 2, "over"));
            Assert.Equal(-EINVAL, RegisterChrdevRegion(Mkdev(240, 0), 0, "none"));
            Assert.Equal(-EINVAL, RegisterChrdevRegion(Mkdev(4095, 1), uint.MaxValue, "many"));
            Assert.Equal(-EINVAL, AllocChrdevRegion(out _, 1, DeviceNumber.MaxMinor + 1, "many"));
            UnregisterChrdevRegion(Mkdev(240, 10), 9);
            UnregisterChrdevRegion(first, 4);
            Assert.Equal(KernelResult.Success, AllocChrdevRegion(out DeviceNumber again, 0, 1, "again"));
            Assert.Equal(254u, Major(again));
            for (KernelResult result = 0; result.IsSuccess;)
                result = AllocChrdevRegion(out _, 0, 1, "all");
            Assert.Equal(-EBUSY, AllocChrdevRegion(out _, 0, 1, "all"));
        });
        string[] lines = kernel.ReadFile("/proc/devices").Split('\n');
        Assert.Equal("Character devices:", lines[0]);
        Assert.Contains(" 10 misc", lines);
        Assert.Contains("240 ten", lines);
        Assert.Equal(["241 over", "242 over"], lines.Where(line => line.EndsWith("over", StringComparison.Ordinal)));
        Assert.Contains("unregister_chrdev_region: 240:10 with 9 minors is not registered", kernel.LogLines());
    }

    [Fact]
    public void An_old_style_device_has_256_minors_of_a_known_or_a_free_major()
    {
        Kernel kernel = Boot();
        FileOperations operations = new() { Open = (inode, _) => Iminor(inode) == 255 ? -ENODEV : 0 };
        kernel.MakeNode("/dev/last", new(60, 255));
        kernel.MakeNode("/dev/next", new(60, 256));
        UserProcess process = kernel.CreateProcess("p");
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(0, RegisterChrdev(60, "old", operations));
            Assert.Equal(-EBUSY, RegisterChrdev(60, "again", operations));
            Assert.Equal(-EBUSY, RegisterChrdevRegion(Mkdev(60, 255), 1, "within"));
            Assert.Equal(KernelResult.Success, RegisterChrdevRegion(Mkdev(60, 256), 1, "behind"));
            Assert.Equal(-EINVAL, RegisterChrdev(DeviceNumber.MaxMajor + 1, "large", operations));
            Assert.Equal(-EINVAL, RegisterChrdev(61, "", operations));
            Assert.Equal(254, RegisterChrdev(0, "free", operations));
        });
        Expect.Errno(ENODEV, () => process.Open("/dev/last"));
        Expect.Errno(ENXIO, () => process.Open("/dev/next"));
        Assert.Contains("254 free\n", kernel.ReadFile("/proc/devices"));
        kernel.RunKernelThread(() =>
        {
            UnregisterChrdev(60, "old");
            UnregisterChrdev(60, "old");
            UnregisterChrdev(254, "free");
            Assert.Equal(254, RegisterChrdev(0, "free", operations));
            UnregisterChrdev(254, "free");
            UnregisterChrdevRegion(Mkdev(60, 256), 1);
        });
        Expect.Errno(ENXIO, () => process.Open("/dev/last"));
        Assert.DoesNotContain("60 ", kernel.ReadFile("/proc/devices"));
        Assert.Contains("unregister_chrdev: major 60 is not registered", kernel.LogLines());
    }

    [Fact]
    public void A_node_opens_the_cdev_with_the_narrowest_range_and_none_is_ENXIO()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        kernel.MakeNode("/dev/a", Mkdev(200, 1));
        kernel.MakeNode("/dev/b", Mkdev(200, 2));
        Expect.Errno(ENXIO, () => process.Open("/dev/a"));
        var wide = new Device("wide");
        var narrow = new Device("narrow");
        kernel.RunKernelThread(() =>
        {
            Assert.Equal(-EINVAL, CdevAdd(new Cdev(), Mkdev(200, 0), 1));
            Assert.Equal(-EINVAL, CdevAdd(wide, Mkdev(200, 0), 0));
            Assert.Equal(KernelResult.Success, CdevAdd(wide, Mkdev(200, 0), 256));
            Assert.Equal(-EBUSY, CdevAdd(wide, Mkdev(200, 0), 256));
            Assert.Equal(KernelResult.Success, CdevAdd(narrow, Mkdev(200, 1), 1));
        });
        int a = process.Open("/dev/a"), b = process.Open("/dev/b");
        Assert.Equal(["narrow 1"], narrow.Opened);
        Assert.Equal(["wide 2"], wide.Opened);
        kernel.RunKernelThread(() =>
        {
            CdevDel(narrow);
            CdevDel(wide);
            CdevDel(wide);
        });
        Assert.Equal(0, process.Ioctl(b, 1));
        Expect.Errno(ENXIO, () => process.Open("/dev/a"));
        process.Close(a);
        Assert.Contains("cdev_del: device 200:0 has not been added", kernel.LogLines());
    }

    [Fact]
    public void Misc_devices_share_major_10_and_get_minors_from_63_down()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            MiscDevice Make(string name, uint minor = MiscDynamicMinor) => new() { Name = name, Fops = new FileOperations(), Minor = minor };
            MiscDevice first = Make("first"), second = Make("second"), fixedMinor = Make("fixed", 130);
            Assert.Equal(KernelResult.Success, MiscRegister(first));
            Assert.Equal(KernelResult.Success, MiscRegister(second));
            Assert.Equal(KernelResult.Success, MiscRegister(fixedMinor));
            Assert.Equal((63u, 62u, 130u), (first.Minor, second.Minor, fixedMinor.Minor));
            Assert.Equal(-EBUSY, MiscRegister(Make("other", 130)));
            Assert.Equal(-EBUSY, MiscRegister(Make("first")));
            Assert.Equal(-EINVAL, MiscRegister(Make("a/b")));
            Assert.Equal(-EINVAL, MiscRegister(Make("", 1)));
            Assert.Equal(-EINVAL, MiscRegister(Make("big", 256)));
            Assert.Equal(KernelResult.Success, MiscDeregister(second));
            Assert.Equal(-EINVAL, MiscDeregister(second));
            Assert.Equal(KernelResult.Success, MiscRegister(Make("third")));
            for (int i = 0; i < 62; i++)
                Assert.Equal(KernelResult.Success, MiscRegister(Make($"m{i}")));
            Assert.Equal(-EBUSY, MiscRegister(Make("too many")));
        });
        kernel.MakeNode("/dev/ghost", Mkdev(10, 200));
        Expect.Errno(ENODEV, () => kernel.CreateProcess("p").Open("/dev/ghost"));
    }

    [Fact]
    public void A_class_makes_nodes_and_takes_them_away()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            DeviceClass deviceClass = ClassCreate(null, "c")!;
            Assert.Equal(KernelResult.Success, DeviceCreate(deviceClass, Mkdev(200, 0), "c0"));
            Assert.Equal(KernelResult.Success, DeviceCreate(deviceClass, Mkdev(200, 1), "c1"));
            Assert.Equal(-EEXIST, DeviceCreate(deviceClass, Mkdev(200, 1), "c2"));
            Assert.Equal(-EEXIST, DeviceCreate(deviceClass, Mkdev(200, 2), "c0"));
            Assert.Equal(-EINVAL, DeviceCreate(deviceClass, Mkdev(200, 2), "x/y"));
            DeviceDestroy(deviceClass, Mkdev(200, 0));
            DeviceDestroy(deviceClass, Mkdev(200, 99));
            UserProcess process = kernel.CreateProcess("p");
            Expect.Errno(ENOENT, () => process.Open("/dev/c0"));
            Expect.Errno(ENXIO, () => process.Open("/dev/c1"));
            ClassDestroy(deviceClass);
            Expect.Errno(ENOENT, () => process.Open("/dev/c1"));
        });
    }

    [Fact]
    public void A_module_stays_while_a_file_of_it_is_open_and_goes_after()
    {
        Kernel kernel = Boot();
        var driver = new PagesDriver();
        kernel.InsertModule(driver);
        Expect.Errno(EEXIST, () => kernel.InsertModule(new PagesDriver()));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/nopage");
        UserProcess child = process.Fork();
        process.Close(fd);
        Expect.Errno(EAGAIN, () => kernel.RemoveModule(driver));
        child.Exit();
        kernel.RemoveModule(driver);
        Expect.Errno(ENOENT, () => kernel.RemoveModule(driver));
        Expect.Errno(ENOENT, () => process.Open("/dev/nopage"));
        Assert.Empty(kernel.Modules);
    }

    [Fact]
    public void A_module_is_held_while_its_open_runs_and_no_longer_when_that_fails()
    {
        Kernel kernel = Boot();
        TestDriver driver = null!;
        driver = new TestDriver(new FileOperations
        {
            Open = (_, filp) =>
            {
                Expect.Errno(EAGAIN, () => kernel.RemoveModule(driver));
                return filp.FFlags.HasFlag(OpenFlags.NonBlock) ? -EPROTO : 0;
            },
        });
        kernel.InsertModule(driver);
        UserProcess process = kernel.CreateProcess("p");
        Expect.Errno(EPROTO, () => process.Open(TestDriver.Node, OpenFlags.NonBlock));
        Assert.Equal(0, driver.RefCount);
        int fd = process.Open(TestDriver.Node);
        Assert.Equal(1, driver.RefCount);
        process.Close(fd);
        kernel.RemoveModule(driver);
    }

    [Fact]
    public void A_module_whose_Init_fails_is_not_loaded_and_its_name_is_free()
    {
        Kernel kernel = Boot();
        Expect.Errno(ENODEV, () => kernel.InsertModule(new FailingModule()));
        Expect.Errno(ENODEV, () => kernel.InsertModule(new FailingModule()));
        Assert.Equal("failing", new FailingModule().Name);
        Assert.Empty(kernel.Modules);
    }

    [Fact]
    public void A_device_left_behind_by_rmmod_is_a_bug_for_whoever_opens_it_and_the_kernel_lives_on()
    {
        Kernel kernel = Boot();
        var module = new ForgetfulModule();
        kernel.InsertModule(module);
        kernel.RemoveModule(module);
        UserProcess process = kernel.CreateProcess("p");
        Expect.Oops("the code of module forgetful is gone", () => process.Open("/dev/forget"), "DK8002");
        Assert.False(process.IsAlive);
        kernel.CreateProcess("q").Exit();
    }

    private sealed class ForgetfulModule : KernelModule
    {
        public override KernelResult Init() => MiscRegister(new MiscDevice { Name = "forget", Fops = new FileOperations { Owner = this } });
    }

    private sealed class FailingModule : KernelModule
    {
        public override KernelResult Init() => -ENODEV;
    }

    private sealed class Device : Cdev
    {
        private readonly string _name;

        public Device(string name)
        {
            _name = name;
            Ops = new FileOperations
            {
                Open = (inode, _) =>
                {
                    Opened.Add($"{((Device)inode.ICdev!)._name} {Iminor(inode)}");
                    return 0;
                },
                Ioctl = (_, _, _, _) => 0,
                Release = (_, _) => -EIO,
            };
        }

        public List<string> Opened { get; } = [];
    }
}
