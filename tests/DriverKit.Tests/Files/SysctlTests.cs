using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>The values in /proc/sys/vm.</summary>
public sealed class SysctlTests : KernelTest
{
    [Theory]
    [InlineData("max_map_count", "65530\n", 0, 2147483647)]
    [InlineData("overcommit_memory", "0\n", 0, 2)]
    [InlineData("overcommit_ratio", "50\n", 0, 2147483647)]
    [InlineData("mmap_min_addr", "65536\n", 0, 4294967295)]
    [InlineData("swappiness", "60\n", 0, 200)]
    public void Values_are_read_written_and_checked(string name, string first, long lowest, long highest)
    {
        Kernel kernel = Boot();
        string path = "/proc/sys/vm/" + name;
        Assert.Equal(first, kernel.ReadFile(path));
        foreach (long value in new[] { lowest, highest })
        {
            kernel.WriteFile(path, $"  {value}\n");
            Assert.Equal($"{value}\n", kernel.ReadFile(path));
        }

        foreach (string bad in new[] { "", "\n", " ", "x", "1x", "-", "0x", "08", "1,2", $"{lowest - 1}", $"{highest + 1}", new string('9', 30), "٣" })
            Expect.Errno(EINVAL, () => kernel.WriteFile(path, bad));
        Assert.Equal($"{highest}\n", kernel.ReadFile(path));
        kernel.WriteFile(path, "0x2 and more");
        Assert.Equal("2\n", kernel.ReadFile(path));
        kernel.WriteFile(path, "01\0");
        Assert.Equal("1\n", kernel.ReadFile(path));
    }

    [Fact]
    public void A_process_reads_and_writes_them_like_a_shell()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        const string Path = "/proc/sys/vm/swappiness";
        int fd = process.Open(Path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Truncate);
        Assert.Equal(3, process.Write(fd, "10\n"u8));
        Assert.Equal(2, process.Write(fd, "20"u8));
        Assert.Equal("10\n", kernel.ReadFile(Path));
        byte[] text = new byte[10];
        process.Lseek(fd, 0);
        Assert.Equal(1, process.Read(fd, text.AsSpan(0, 1)));
        Assert.Equal(2, process.Read(fd, text.AsSpan(1)));
        Assert.Equal("10\n"u8, text.AsSpan(0, 3));
        Assert.Equal(0, process.Read(fd, text));
        process.Lseek(fd, 0);
        Expect.Errno(EINVAL, () => process.Write(fd, "abc"u8));
        Expect.Errno(EFAULT, () => process.Write(fd, new UserVirtualAddress(0x3000_0000), 3));
        Expect.Errno(EFAULT, () => process.Read(fd, new UserVirtualAddress(0x3000_0000), 3));
        Assert.Equal(0, process.Write(fd, []));
        process.Truncate(Path, 0);
        process.Ftruncate(fd, 5);
        Assert.Equal("10\n", kernel.ReadFile(Path));
        Assert.Equal(0x81A4u, process.Stat(Path).StMode);
        Expect.Errno(EACCES, () => kernel.WriteFile("/proc/meminfo", "1"));
        Expect.Errno(EACCES, () => kernel.WriteFile("/proc/sys/vm/new", "1"));
    }

    [Fact]
    public void Drop_caches_is_for_writing_only()
    {
        Kernel kernel = Boot();
        const string Path = "/proc/sys/vm/drop_caches";
        Expect.Errno(EACCES, () => kernel.ReadFile(Path));
        Expect.Errno(EACCES, () => kernel.CreateProcess("p").Open(Path));
        foreach (string bad in new[] { "0", "5", "-1" })
            Expect.Errno(EINVAL, () => kernel.WriteFile(Path, bad));
        kernel.WriteFile("/tmp/f", "text");
        kernel.CreateProcess("p").Sync();
        kernel.WriteFile(Path, "2");
        Assert.Equal(1ul, (ulong)kernel.Memory.VmStat[ZoneStat.FilePages]);
        kernel.WriteFile(Path, "3");
        Assert.Equal(0ul, (ulong)kernel.Memory.VmStat[ZoneStat.FilePages]);
        Assert.Equal("text", kernel.ReadFile("/tmp/f"));
    }

    [Fact]
    public void They_are_in_force()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        const MapFlags Fixed = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
        Expect.Errno(EPERM, () => process.Mmap(new(0x1000), 4096, Protection.Read, Fixed));
        kernel.WriteFile("/proc/sys/vm/mmap_min_addr", "4096");
        process.Mmap(new(0x1000), 4096, Protection.Read, Fixed);
        kernel.WriteFile("/proc/sys/vm/max_map_count", "2");
        process.Mmap(new(0x10_0000), 4096, Protection.Read, Fixed);
        Expect.Errno(ENOMEM, () => process.Mmap(new(0x20_0000), 4096, Protection.Read, Fixed));
    }

    [Fact]
    public void Host_doors_to_files_fail_as_a_shell_would()
    {
        Kernel kernel = Boot();
        kernel.WriteFile("/tmp/f", "some text");
        kernel.WriteFile("/tmp/f", "less");
        Assert.Equal("less", kernel.ReadFile("/tmp/f"));
        Expect.Errno(EISDIR, () => kernel.WriteFile("/tmp", "x"));
        Expect.Errno(EISDIR, () => kernel.ReadFile("/tmp"));
        Expect.Errno(ENOENT, () => kernel.ReadFile("/tmp/g"));
        Expect.Errno(ENOENT, () => kernel.ReadDisk("/tmp/g"));
        Expect.Errno(EISDIR, () => kernel.ReadDisk("/tmp"));
        Expect.Errno(EINVAL, () => kernel.ReadDisk("/proc/meminfo"));
        kernel.InsertModule(new TestDriver(new FileOperations { Write = (OpenFile _, UserVirtualAddress _, ulong _, ref long _) => 0 }));
        Expect.Errno(EIO, () => kernel.WriteFile(TestDriver.Node, "x"));
        Assert.Throws<ArgumentNullException>(() => kernel.WriteFile("/tmp/f", null!));
        Assert.Throws<ArgumentNullException>(() => kernel.ReadDisk(null!));
        Assert.Empty(kernel.Processes);
    }
}
