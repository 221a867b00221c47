using DriverKit.Tests.Support;

namespace DriverKit.Tests.Rights;

/// <summary>Users, groups and capabilities of processes, and what drivers see of them.</summary>
public sealed class CredentialTests : KernelTest
{
    private const uint Alice = 1000;
    private const uint Bob = 1001;
    private const UnixFileMode GroupReads = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    [Fact]
    public void Root_becomes_a_user_for_good_and_loses_all_capabilities()
    {
        UserProcess process = Boot().CreateProcess("p");
        Assert.Equal((0u, 0u, 0u, 0u), (process.Getuid(), process.Geteuid(), process.Getgid(), process.Getegid()));
        process.Setgid(Alice);
        process.Setuid(Alice);
        Assert.Equal((Alice, Alice, Alice, Alice), (process.Getuid(), process.Geteuid(), process.Getgid(), process.Getegid()));
        Assert.Equal((Capability.None, Capability.None, Capability.None), process.Capget());
        foreach (uint other in new[] { 0u, Bob })
        {
            Expect.Errno(EPERM, () => process.Setuid(other));
            Expect.Errno(EPERM, () => process.Seteuid(other));
            Expect.Errno(EPERM, () => process.Setgid(other));
            Expect.Errno(EPERM, () => process.Setegid(other));
            Expect.Errno(EPERM, () => process.Setresuid(null, null, other));
            Expect.Errno(EPERM, () => process.Setresgid(other, null, null));
        }

        process.Setuid(Alice);
        process.Setgid(Alice);
        process.Setresuid(Alice, null, Alice);
        process.Setresgid(null, Alice, Alice);
    }

    [Fact]
    public void Root_that_lends_its_rights_away_comes_back()
    {
        UserProcess process = Boot().CreateProcess("p");
        (Capability effective, Capability permitted, _) = process.Capget();
        process.Setegid(Alice);
        process.Seteuid(Alice);
        Assert.Equal((Capability.None, permitted), (process.Cred.CapEffective, process.Cred.CapPermitted));
        Expect.Errno(EPERM, () => process.Seteuid(Bob));
        Expect.Errno(EPERM, () => process.Setuid(Bob));
        process.Setuid(0);
        Assert.Equal((0u, effective), (process.Geteuid(), process.Cred.CapEffective));
        process.Setresuid(Alice, Alice, 0);
        process.Seteuid(0);
        Assert.Equal(effective, process.Cred.CapEffective);
        process.Setresuid(null, Bob, Bob);
        Assert.Equal((Alice, Bob, Bob, Capability.None), (process.Cred.Uid, process.Cred.Euid, process.Cred.Suid, process.Cred.CapPermitted));
    }

    [Fact]
    public void Nobody_is_user_minus_one()
    {
        UserProcess process = Boot().CreateProcess("p");
        Expect.Errno(EINVAL, () => process.Setuid(uint.MaxValue));
        Expect.Errno(EINVAL, () => process.Setgid(uint.MaxValue));
        process.Setuid(uint.MaxValue - 1);
        Assert.Equal(uint.MaxValue - 1, process.Getuid());
        process.Exit();
        Expect.Errno(ESRCH, () => process.Setuid(1));
    }

    [Fact]
    public void Capset_gives_away_and_never_takes()
    {
        UserProcess process = Boot().CreateProcess("p");
        Capability all = process.Capget().Permitted;
        Assert.Equal(Capability.All & ~(Capability.IpcLock | Capability.SysResource), all);
        Expect.Errno(EPERM, () => process.Capset(all, all | Capability.IpcLock));
        Expect.Errno(EPERM, () => process.Capset(Capability.SysAdmin, Capability.Chown));
        Expect.Errno(EPERM, () => process.Capset(all, all, Capability.IpcLock));
        process.Capset(Capability.Chown, Capability.Chown | Capability.SysAdmin, Capability.Chown);
        Expect.Errno(EPERM, () => process.Capset(Capability.Chown, all));
        Expect.Errno(EPERM, () => process.Setuid(Alice));
        process.Capset(Capability.SysAdmin | (Capability)(1u << 31), Capability.SysAdmin | (Capability)(1u << 31), Capability.Chown);
        Assert.Equal((Capability.SysAdmin, Capability.SysAdmin, Capability.Chown), process.Capget());
        Expect.Errno(EPERM, () => process.Capset(Capability.None, Capability.None, Capability.SysTime));
        process.Capset(Capability.None, Capability.None);
        Expect.Errno(EPERM, () => process.Capset(Capability.SysAdmin, Capability.SysAdmin));
    }

    [Fact]
    public void Fork_inherits_and_each_side_goes_its_own_way()
    {
        UserProcess parent = Boot().CreateProcess("p");
        parent.Setgid(Bob);
        parent.Seteuid(Alice);
        UserProcess child = parent.Fork();
        Assert.Equal((0u, Alice, Bob, Capability.None), (child.Getuid(), child.Geteuid(), child.Getgid(), child.Cred.CapEffective));
        child.Setuid(0);
        child.Setuid(Bob);
        Assert.Equal(Alice, parent.Geteuid());
        parent.Setuid(0);
        Assert.NotEqual(Capability.None, parent.Cred.CapEffective);
    }

    [Fact]
    public void Execve_gives_root_its_capabilities_back_and_others_none()
    {
        Kernel kernel = Boot();
        kernel.InstallProgram("/bin/true", new ElfProgram());
        UserProcess root = kernel.CreateProcess("root"), user = kernel.CreateProcess("user"), mixed = kernel.CreateProcess("mixed");
        Capability all = root.Capget().Permitted;
        root.Capset(Capability.None, Capability.None);
        root.Execve("/bin/true", ["true"]);
        Assert.Equal((all, all), (root.Cred.CapEffective, root.Cred.CapPermitted));
        user.Setuid(Alice);
        user.Cred.CapEffective = user.Cred.CapPermitted = Capability.SysAdmin;
        user.Execve("/bin/true", ["true"]);
        Assert.Equal((Capability.None, Capability.None), (user.Cred.CapEffective, user.Cred.CapPermitted));
        mixed.Seteuid(Alice);
        mixed.Execve("/bin/true", ["true"]);
        Assert.Equal((Capability.None, all, Alice), (mixed.Cred.CapEffective, mixed.Cred.CapPermitted, mixed.Cred.Suid));
    }

    [Fact]
    public void A_program_with_the_set_user_bit_runs_as_its_owner()
    {
        Kernel kernel = Boot();
        kernel.InstallProgram("/bin/su", new ElfProgram());
        UserProcess root = kernel.CreateProcess("root"), user = kernel.CreateProcess("user");
        root.Chown("/bin/su", 0, Bob);
        root.Chmod("/bin/su", (UnixFileMode)0xDC9);
        user.Setgid(Alice);
        user.Setuid(Alice);
        user.Execve("/bin/su", ["su"]);
        Assert.Equal((Alice, 0u, Alice, Bob), (user.Getuid(), user.Geteuid(), user.Getgid(), user.Getegid()));
        Assert.True(user.Cred.Has(Capability.SysAdmin));
        Assert.Contains("Uid:\t1000\t0\t0\t0\nGid:\t1000\t1001\t1001\t1001\n", kernel.ReadFile($"/proc/{user.Pid}/status"));
        Assert.Contains("CapEff:\t000000007effbfff\n", kernel.ReadFile($"/proc/{user.Pid}/status"));
    }

    [Fact]
    public void A_program_needs_permission_to_execute_and_none_to_read()
    {
        Kernel kernel = Boot();
        kernel.InstallProgram("/bin/p", new ElfProgram());
        UserProcess root = kernel.CreateProcess("root"), user = kernel.CreateProcess("user");
        user.Setgid(Alice);
        user.Setuid(Alice);
        root.Chmod("/bin/p", UnixFileMode.UserExecute);
        Expect.Errno(EACCES, () => user.Execve("/bin/p", ["p"]));
        root.Chmod("/bin/p", UnixFileMode.OtherExecute);
        Expect.Errno(EACCES, () => user.Open("/bin/p"));
        user.Execve("/bin/p", ["p"]);
        root.Chmod("/bin/p", 0);
        Expect.Errno(EACCES, () => root.Execve("/bin/p", ["p"]));
        Assert.Equal(0, root.Open("/bin/p"));
    }

    [Fact]
    public void A_driver_asks_who_calls_and_what_the_caller_may_do()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Ioctl = (_, _, command, _) => command switch
            {
                1 => Capable(Capability.SysAdmin) ? 0 : -EPERM,
                2 => Capable(Capability.SysAdmin | Capability.SysRawio) ? 0 : -EPERM,
                3 => Current.Uid,
                4 => Current.Euid,
                5 => Current.Gid + Current.Egid,
                6 => RlimCur(RlimitResource.OpenFiles),
                7 => RlimMax(RlimitResource.OpenFiles),
                _ => RlimCur((RlimitResource)99),
            },
        });
        Assert.Equal(0, process.Ioctl(fd, 1));
        Assert.Equal((1024, 4096), (process.Ioctl(fd, 6), process.Ioctl(fd, 7)));
        process.Setrlimit(RlimitResource.OpenFiles, new(100, 200));
        Assert.Equal((100, 200), (process.Ioctl(fd, 6), process.Ioctl(fd, 7)));
        process.Capset(Capability.SysAdmin | Capability.Setuid | Capability.Setgid, Capability.All & ~(Capability.IpcLock | Capability.SysResource));
        Assert.Equal(0, process.Ioctl(fd, 1));
        Expect.Errno(EPERM, () => process.Ioctl(fd, 2));
        process.Setegid(Bob);
        process.Seteuid(Alice);
        Expect.Errno(EPERM, () => process.Ioctl(fd, 1));
        Assert.Equal((0, (int)Alice, (int)Bob), (process.Ioctl(fd, 3), process.Ioctl(fd, 4), process.Ioctl(fd, 5)));
        Expect.Oops("IndexOutOfRange", () => process.Ioctl(fd, 8));
        Assert.True(kernel.Run(() => Capable(Capability.All) && Current.Uid == 0 && RlimCur(RlimitResource.OpenFiles) == 1024));
        Assert.Throws<InvalidOperationException>(() => Capable(Capability.Chown));
    }

    [Fact]
    public void A_node_opens_for_those_its_mode_says()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new TestDriver(new FileOperations()));
        kernel.MakeNode("/dev/shared", Mkdev(10, 63), (UnixFileMode)0x1B6);
        UserProcess root = kernel.CreateProcess("root"), alice = kernel.CreateProcess("alice"), bob = kernel.CreateProcess("bob");
        alice.Setgid(Alice);
        alice.Setuid(Alice);
        bob.Setgid(Bob);
        bob.Setuid(Bob);
        Assert.Equal(0x2180u, root.Stat(TestDriver.Node).StMode);
        Expect.Errno(EACCES, () => alice.Open(TestDriver.Node));
        Expect.Errno(EACCES, () => alice.Open("/dev/mem"));
        foreach (string everybodys in new[] { "/dev/shared", "/dev/null", "/dev/zero", "/dev/full" })
            alice.Close(alice.Open(everybodys, OpenFlags.ReadWrite));
        root.Chown(TestDriver.Node, Alice, Bob);
        root.Chmod(TestDriver.Node, GroupReads);
        Assert.Equal((Alice, Bob, 0x21A0u), (root.Stat(TestDriver.Node).StUid, root.Stat(TestDriver.Node).StGid, root.Stat(TestDriver.Node).StMode));
        int fd = alice.Open(TestDriver.Node, OpenFlags.ReadWrite);
        bob.Close(bob.Open(TestDriver.Node));
        Expect.Errno(EACCES, () => bob.Open(TestDriver.Node, OpenFlags.ReadWrite));
        Expect.Errno(EACCES, () => bob.Open(TestDriver.Node, OpenFlags.AccessMode));
        alice.Fchmod(fd, 0);
        Expect.Errno(EACCES, () => alice.Open(TestDriver.Node));
        root.Close(root.Open(TestDriver.Node, OpenFlags.ReadWrite));
        Expect.Errno(EPERM, () => bob.Chmod(TestDriver.Node, GroupReads));
        Expect.Errno(EPERM, () => alice.Fchown(fd, Bob, null));
        Expect.Errno(EPERM, () => alice.Fchown(fd, null, Bob + 1));
        alice.Fchown(fd, Alice, Alice);
        Expect.Errno(EBADF, () => alice.Fchmod(99, 0));
        Expect.Errno(EBADF, () => alice.Fchown(99, null, null));
        Expect.Errno(ENOENT, () => root.Chmod("/dev/nothing", 0));
        Expect.Errno(ENOTDIR, () => root.Chown("/dev/null/x", null, null));
        Expect.Errno(EACCES, () => alice.Unlink(TestDriver.Node));
    }

    [Fact]
    public void The_kernel_may_do_everything_on_whomevers_behalf()
    {
        Kernel kernel = Boot();
        var device = new MiscDevice { Name = "late", Fops = new FileOperations() };
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Ioctl = (_, _, command, _) => command == 1 ? MiscRegister(device) : MiscDeregister(device) });
        process.Setuid(Alice);
        process.Ioctl(fd, 1);
        Expect.Errno(EACCES, () => process.Open("/dev/late"));
        process.Ioctl(fd, 2);
        Expect.Errno(ENOENT, () => process.Open("/dev/late"));
        Assert.Equal("", kernel.ReadFile("/dev/null"));
    }

    [Fact]
    public void Texts_of_proc_are_for_reading_and_values_are_roots()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p"), root = kernel.CreateProcess("root");
        process.Setuid(Alice);
        process.Close(process.Open("/proc/meminfo"));
        process.Close(process.Open("/proc/sys/vm/swappiness"));
        Expect.Errno(EACCES, () => process.Open("/proc/sys/vm/swappiness", OpenFlags.WriteOnly));
        Expect.Errno(EACCES, () => process.Truncate("/proc/sys/vm/swappiness", 0));
        Expect.Errno(EPERM, () => root.Chmod("/proc/meminfo", 0));
        Expect.Errno(EPERM, () => root.Chown("/proc/sys", Alice, null));
        kernel.RunKernelThread(() => Assert.NotNull(CreateProcEntry("secret", UnixFileMode.UserRead, null)));
        Expect.Errno(EACCES, () => process.Open("/proc/secret"));
        root.Chown("/proc/secret", Alice, null);
        process.Close(process.Open("/proc/secret"));
        Expect.Errno(EACCES, () => process.Open("/proc/secret", OpenFlags.WriteOnly));
    }

    [Fact]
    public void Processes_of_others_are_not_signalled()
    {
        Kernel kernel = Boot();
        UserProcess root = kernel.CreateProcess("root"), alice = kernel.CreateProcess("alice"), bob = kernel.CreateProcess("bob"), lent = kernel.CreateProcess("lent");
        alice.Setuid(Alice);
        bob.Setuid(Bob);
        lent.Setresuid(Alice, Bob, 0);
        foreach (UserProcess other in new[] { root, bob })
        {
            Expect.Errno(EPERM, () => alice.Kill(other.Pid, Signal.SIGTERM));
            Expect.Errno(EPERM, () => alice.Kill(other.Pid, Signal.None));
            Expect.Errno(EPERM, () => alice.Tgkill(other.Pid, other.Pid, Signal.SIGTERM));
        }

        alice.Kill(lent.Pid, Signal.None);
        Expect.Errno(ESRCH, () => alice.Kill(9999, Signal.SIGTERM));
        bob.Kill(-1, Signal.SIGKILL);
        Assert.Equal((true, true, true), (root.IsAlive, alice.IsAlive, lent.IsAlive));
        root.Capset(Capability.None, Capability.None);
        Expect.Errno(EPERM, () => root.Kill(alice.Pid, Signal.SIGKILL));
        alice.Kill(alice.Pid, Signal.None);
        lent.Kill(bob.Pid, Signal.SIGKILL);
        Assert.Equal((true, false), (alice.IsAlive, bob.IsAlive));
    }

    [Fact]
    public void Limits_hold_unless_the_process_has_the_capability()
    {
        UserProcess process = Boot().CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 16 << 10, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Setrlimit(RlimitResource.MemLock, new(4096, 8192));
        Expect.Errno(ENOMEM, () => process.Mlock(area, 8192));
        Expect.Errno(EPERM, () => process.Setrlimit(RlimitResource.MemLock, new(4096, 16384)));
        process.Cred.CapEffective |= Capability.IpcLock;
        process.Mlock(area, 8192);
        UserProcess child = process.Fork();
        child.Mlock(area, 16384);
        process.Cred.CapEffective |= Capability.SysResource;
        process.Setrlimit(RlimitResource.MemLock, new(4096, 16384));
        process.Seteuid(Alice);
        Expect.Errno(ENOMEM, () => process.Mlock(area, 16384));
        Expect.Errno(EPERM, () => process.Setrlimit(RlimitResource.MemLock, new(4096, Rlimit.Infinity)));
        Assert.Equal(new Rlimit(4096, 16384), process.Getrlimit(RlimitResource.MemLock));
    }

    [Fact]
    public void Failed_calls_show_their_arguments()
    {
        UserProcess process = Boot().CreateProcess("p");
        process.Setuid(Alice);
        Assert.StartsWith("setresuid(-1, 0, -1)", Expect.Errno(EPERM, () => process.Seteuid(0)).Message);
        Assert.StartsWith("setresgid(5, -1, 6)", Expect.Errno(EPERM, () => process.Setresgid(5, null, 6)).Message);
        Assert.StartsWith("chmod(\"/bin\", 0777)", Expect.Errno(EPERM, () => process.Chmod("/bin", (UnixFileMode)0x1FF)).Message);
        Assert.StartsWith("chown(\"/bin\", 7, -1)", Expect.Errno(EPERM, () => process.Chown("/bin", 7, null)).Message);
        Assert.StartsWith("capset(Chown, Chown, None)", Expect.Errno(EPERM, () => process.Capset(Capability.Chown, Capability.Chown)).Message);
    }
}
