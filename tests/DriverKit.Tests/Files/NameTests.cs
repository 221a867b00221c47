using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>Names, directories and mount points; what the host's kernel cannot judge, because it is not ours to try there.</summary>
public sealed class NameTests : KernelTest
{
    private const OpenFlags New = OpenFlags.ReadWrite | OpenFlags.Create;

    [Fact]
    public void A_fresh_system_has_its_directories()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        Assert.Equal([".", "..", "dev", "bin", "etc", "tmp", "sys", "proc"], Names(process, "/"));
        Assert.Equal([".", ".."], Names(process, "/tmp"));
        Assert.Equal((0x43FFu, 0x41EDu, 0x416Du), (process.Stat("/tmp").StMode, process.Stat("/bin").StMode, process.Stat("/proc").StMode));
        Assert.Equal((new DeviceNumber(8, 1), 2ul), (process.Stat("/").StDev, process.Stat("/").StIno));
        Assert.Equal((new DeviceNumber(0, 5), new DeviceNumber(0, 3)), (process.Stat("/dev").StDev, process.Stat("/proc").StDev));
        Assert.Equal(8u, process.Stat("/").StNlink);
        Assert.True(process.Stat("/").IsDirectory);
    }

    [Fact]
    public void Proc_and_dev_keep_their_names()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new TestDriver(new FileOperations()));
        UserProcess process = kernel.CreateProcess("p");
        process.Close(process.Open("/tmp/f", New));
        foreach (string path in new[] { "/proc/x", "/dev/x" })
        {
            Expect.Errno(EACCES, () => process.Open(path, New));
            Expect.Errno(EPERM, () => process.Mkdir(path));
            Expect.Errno(ENOENT, () => process.Unlink(path));
            Expect.Errno(ENOENT, () => process.Rmdir(path));
            Expect.Errno(EXDEV, () => process.Link("/tmp/f", path));
            Expect.Errno(EXDEV, () => process.Rename("/tmp/f", path));
        }

        Expect.Errno(EPERM, () => process.Unlink("/proc/meminfo"));
        Expect.Errno(EPERM, () => process.Rmdir("/proc/sys"));
        Expect.Errno(EPERM, () => process.Rename("/proc/meminfo", "/proc/other"));
        Expect.Errno(EPERM, () => process.Link("/proc/meminfo", "/proc/other"));
        Expect.Errno(EPERM, () => process.Rename(TestDriver.Node, "/dev/other"));
        Expect.Errno(EXDEV, () => process.Rename(TestDriver.Node, "/tmp/other"));
        Expect.Errno(EXDEV, () => process.Link("/dev", "/proc/other"));
        Expect.Errno(EBUSY, () => process.Rmdir("/dev"));
        Expect.Errno(EBUSY, () => process.Rmdir("/"));
        Expect.Errno(EBUSY, () => process.Rename("/dev", "/device"));
        Expect.Errno(EBUSY, () => process.Rename("/bin", "/proc"));
        Expect.Errno(EISDIR, () => process.Unlink("/proc"));
        Expect.Errno(EISDIR, () => process.Unlink("/"));
        Expect.Errno(EEXIST, () => process.Mkdir("/"));
        Expect.Errno(EACCES, () => process.Truncate("/proc/meminfo", 0));
        Expect.Errno(EACCES, () => process.Open("/proc/meminfo", OpenFlags.Truncate));
        Expect.Errno(EINVAL, () => process.Truncate(TestDriver.Node, 0));
        Expect.Errno(EINVAL, () => process.Open("/tmp", OpenFlags.Create | OpenFlags.Directory));
        Assert.True(process.Stat(TestDriver.Node) is { IsCharDevice: true, StRdev.Major: 10, StMode: 0x2180 });
        process.Unlink(TestDriver.Node);
        Expect.Errno(ENOENT, () => process.Open(TestDriver.Node));
    }

    [Fact]
    public void Relative_paths_start_in_the_working_directory_which_may_be_removed()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        Assert.Equal("/", process.Getcwd());
        process.Mkdir("/tmp/d");
        process.Chdir("tmp/./d/");
        Assert.Equal("/tmp/d", process.Getcwd());
        int fd = process.Open("file", New);
        process.Unlink("../d/file");
        UserProcess child = process.Fork();
        child.Chdir("..");
        Assert.Equal(("/tmp", "/tmp/d"), (child.Getcwd(), process.Getcwd()));
        int here = process.Open(".");
        child.Rename("d", "moved");
        Assert.Equal("/tmp/moved", process.Getcwd());
        child.Rmdir("moved");
        Expect.Errno(ENOENT, () => process.Getcwd());
        Expect.Errno(ENOENT, () => process.Getdents(here));
        Expect.Errno(ENOENT, () => process.Open("new", New));
        Expect.Errno(ENOENT, () => process.Mkdir("new"));
        Expect.Errno(ENOENT, () => process.Rename("/tmp/nothing", "new"));
        Assert.Equal(0u, process.Fstat(here).StNlink);
        Assert.Equal(process.Fstat(here), process.Stat("."));
        process.Chdir("..");
        Assert.Equal("/tmp", process.Getcwd());
        Expect.Errno(ENOENT, () => process.Chdir("d"));
        Expect.Errno(ENOENT, () => process.Chdir(""));
        process.Open("file", New);
        Expect.Errno(ENOTDIR, () => process.Chdir("file"));
        process.Close(fd);
    }

    [Fact]
    public void Listing_goes_on_where_it_stopped_whatever_happens_to_the_directory()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        foreach (string name in new[] { "a", "b", "c" })
            process.Close(process.Open("/tmp/" + name, New));
        int fd = process.Open("/tmp");
        Assert.Equal([".", "..", "a", "b", "c"], process.Getdents(fd).Select(entry => entry.DName));
        process.Unlink("/tmp/a");
        process.Mkdir("/tmp/d");
        DirectoryEntry added = Assert.Single(process.Getdents(fd));
        Assert.Equal(new(process.Stat("/tmp/d").StIno, "d", InodeType.Directory), added);
        Assert.Empty(process.Getdents(fd));
        process.Lseek(fd, 0);
        Assert.Equal([".", "..", "b", "c", "d"], process.Getdents(fd).Select(entry => entry.DName));
        Expect.Errno(ENOTDIR, () => process.Getdents(process.Open("/tmp/b")));
        Expect.Errno(EBADF, () => process.Getdents(77));
        string[] proc = Names(process, "/proc");
        Assert.Contains("meminfo", proc);
        Assert.Contains(process.Pid.ToString(), proc);
        Assert.Equal([".", "..", "maps", "smaps", "status", "statm", "oom_score", "oom_score_adj", "pagemap", "cmdline", "auxv"], Names(process, "/proc/self"));
        UserProcess child = process.Fork();
        Assert.Equal(proc.Append(child.Pid.ToString()), Names(process, "/proc"));
    }

    [Fact]
    public void Maps_follow_a_name_that_moves_and_stat_knows_hard_links()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/tmp/f", New);
        process.Write(fd, "x"u8);
        process.Mmap(default, 4096, Protection.Read, MapFlags.Private, fd);
        process.Mkdir("/tmp/d");
        process.Rename("/tmp/f", "/tmp/d/g");
        Assert.Contains(" /tmp/d/g\n", kernel.ReadFile($"/proc/{process.Pid}/maps"));
        process.Rename("/tmp/d", "/tmp/e");
        Assert.Contains(" /tmp/e/g\n", kernel.ReadFile($"/proc/{process.Pid}/maps"));
        process.Link("/tmp/e/g", "/tmp/h");
        Assert.Equal(process.Stat("/tmp/e/g"), process.Stat("/tmp/h"));
        Assert.Equal(2u, process.Fstat(fd).StNlink);
        process.Close(process.Open("/tmp/other", New));
        process.Rename("/tmp/other", "/tmp/e/g");
        Assert.Equal(1u, process.Fstat(fd).StNlink);
        Assert.Contains(" /tmp/e/g (deleted)\n", kernel.ReadFile($"/proc/{process.Pid}/maps"));
        Assert.Equal("x", kernel.ReadFile("/tmp/h"));
        Assert.Equal("", kernel.ReadFile("/tmp/e/g"));
    }

    [Fact]
    public void New_files_get_their_mode_less_the_umask()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        uint Mode(string path) => process.Stat(path).StMode & 0xFFF;
        process.Open("/tmp/a", New);
        process.Open("/tmp/b", New, (UnixFileMode)0xFFF);
        process.Mkdir("/tmp/c");
        Assert.Equal((UnixFileMode)0x12, process.Umask((UnixFileMode)0xFFFF));
        process.Open("/tmp/d", New);
        Assert.Equal((UnixFileMode)0x1FF, process.Umask(0));
        process.Mkdir("/tmp/e", (UnixFileMode)0xFFF);
        Assert.Equal((0x1A4u, 0xFEDu, 0x1EDu, 0u, 0x3FFu), (Mode("/tmp/a"), Mode("/tmp/b"), Mode("/tmp/c"), Mode("/tmp/d"), Mode("/tmp/e")));
    }

    [Fact]
    public void A_path_is_a_string_of_C_in_bytes()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        process.Open("/tmp/f\0/nothing", New);
        Assert.True(process.Stat("/tmp/f").IsRegular);
        Expect.Errno(ENOENT, () => process.Stat("\0/tmp/f"));
        Expect.Errno(ENAMETOOLONG, () => process.Open("/tmp/" + new string('ü', 128), New));
        process.Open("/tmp/" + new string('ü', 127), New);
        Expect.Errno(ENAMETOOLONG, () => process.Mkdir(string.Concat(Enumerable.Repeat("/é", 1366))));
        Assert.Throws<ArgumentNullException>(() => process.Open(null!));
        Assert.Throws<ArgumentNullException>("newPath", () => process.Rename("/tmp/f", null!));
    }

    private static string[] Names(UserProcess process, string path)
    {
        int fd = process.Open(path, OpenFlags.Directory);
        string[] names = [.. process.Getdents(fd).Select(entry => entry.DName)];
        process.Close(fd);
        return names;
    }
}
