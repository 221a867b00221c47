using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

public sealed class FileCallTests : KernelTest
{
    private static readonly UserVirtualAddress Nowhere = new(0x3000_0000);

    [Fact]
    public void Open_refuses_in_the_kernels_order()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new TestDriver(new FileOperations { Open = (_, filp) => filp.FFlags.HasFlag(OpenFlags.NonBlock) ? -EPROTO : 0 }));
        UserProcess process = kernel.CreateProcess("p");
        void Fails(Errno errno, string path, OpenFlags flags = OpenFlags.ReadOnly) => Expect.Errno(errno, () => process.Open(path, flags));
        Fails(ENOENT, "");
        Fails(ENOENT, "/dev/nothing");
        Fails(ENOENT, "/nowhere/x");
        Fails(ENOTDIR, "/dev/test/x");
        Fails(ENOTDIR, "/dev/test/");
        Fails(ENAMETOOLONG, "/dev/" + new string('x', 256));
        Fails(ENAMETOOLONG, new string('/', 4097));
        Fails(EISDIR, "/dev", OpenFlags.ReadWrite);
        Fails(EISDIR, "/", OpenFlags.WriteOnly);
        Fails(EACCES, "/proc/meminfo", OpenFlags.WriteOnly);
        Fails(ENOENT, "/proc/99999/maps");
        Fails(EPROTO, TestDriver.Node, OpenFlags.NonBlock);
        Assert.Equal(0, process.Open("//dev/./test"));
        Assert.Equal(1, process.Open(TestDriver.Node));
        process.Close(0);
        Assert.Equal(0, process.Open(TestDriver.Node));
        for (int fd = 2; fd < 1024; fd++)
            Assert.Equal(fd, process.Open(TestDriver.Node));
        Fails(EMFILE, TestDriver.Node);
        Fails(EMFILE, "/dev/nothing");
    }

    [Fact]
    public void Read_write_ioctl_and_lseek_refuse_in_the_kernels_order()
    {
        Kernel kernel = Boot();
        int calls = 0;
        KernelResult Count()
        {
            calls++;
            return 0;
        }

        (UserProcess process, int both) = TestDriver.Open(kernel, new FileOperations
        {
            Read = (OpenFile _, UserVirtualAddress _, ulong _, ref long _) => Count(),
            Write = (OpenFile _, UserVirtualAddress _, ulong _, ref long _) => Count(),
            Ioctl = (_, _, _, _) => -ENOIOCTLCMD,
        });
        kernel.RunKernelThread(() => Assert.True(MiscRegister(new MiscDevice { Name = "empty", Fops = new FileOperations() }).IsSuccess));
        int empty = process.Open("/dev/empty", OpenFlags.ReadWrite), directory = process.Open("/dev");
        int readOnly = process.Open(TestDriver.Node), writeOnly = process.Open(TestDriver.Node, OpenFlags.WriteOnly), neither = process.Open(TestDriver.Node, OpenFlags.AccessMode);
        var kernelAddress = new UserVirtualAddress(0xC000_0000);

        foreach (int fd in new[] { -1, 99, int.MaxValue, int.MinValue, writeOnly, neither })
            Expect.Errno(EBADF, () => process.Read(fd, kernelAddress, 1));
        foreach (int fd in new[] { -1, 99, readOnly, neither, directory })
            Expect.Errno(EBADF, () => process.Write(fd, kernelAddress, 1));
        Expect.Errno(EISDIR, () => process.Read(directory, kernelAddress, 1));
        Expect.Errno(EINVAL, () => process.Read(empty, kernelAddress, 1));
        Expect.Errno(EINVAL, () => process.Write(empty, kernelAddress, 1));
        Expect.Errno(EFAULT, () => process.Read(both, kernelAddress, 1));
        Expect.Errno(EFAULT, () => process.Write(both, Nowhere, ulong.MaxValue));
        Expect.Errno(EINVAL, () => process.Read(both, default, 0x8000_0000));
        Assert.Equal(0, calls);
        process.Read(both, Nowhere, 1);
        process.Read(both, kernelAddress, 0);
        process.Write(both, Nowhere, 1);
        Assert.Equal(3, calls);

        Expect.Errno(ENOTTY, () => process.Ioctl(both, 1));
        Expect.Errno(ENOTTY, () => process.Ioctl(empty, 1));
        Expect.Errno(ENOTTY, () => process.Ioctl(directory, 1));
        Expect.Errno(EBADF, () => process.Ioctl(99, 1));
        Expect.Errno(EBADF, () => process.Close(99));

        Expect.Errno(EBADF, () => process.Lseek(99, 0, (SeekWhence)99));
        Expect.Errno(EINVAL, () => process.Lseek(both, 0, (SeekWhence)99));
        Expect.Errno(EINVAL, () => process.Lseek(both, 0, (SeekWhence)(-1)));
        Expect.Errno(EINVAL, () => process.Lseek(both, -1));
        Assert.Equal(100, process.Lseek(both, 100));
        Assert.Equal(90, process.Lseek(both, -10, SeekWhence.Current));
        Assert.Equal(5, process.Lseek(both, 5, SeekWhence.End));
        Assert.Equal(long.MaxValue, process.Lseek(both, long.MaxValue));
        Expect.Errno(EINVAL, () => process.Lseek(both, 1, SeekWhence.Current));
        Expect.Errno(EINVAL, () => process.Read(both, Nowhere, 1));
    }

    [Fact]
    public void What_a_driver_returns_is_what_the_process_gets()
    {
        Kernel kernel = Boot();
        KernelResult answer = 0;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Open = (_, filp) =>
            {
                filp.PrivateData = 1;
                return 0;
            },
            Read = (OpenFile filp, UserVirtualAddress _, ulong count, ref long position) =>
            {
                Assert.Equal(1, filp.PrivateData);
                position += 7;
                return answer.Value == 1 ? count : answer;
            },
            Llseek = (filp, offset, _) => offset < 0 ? -EXDEV : filp.FPos = offset * 2,
            Ioctl = (_, _, command, argument) => command == 1 ? -ERESTARTSYS : argument,
        });
        Assert.Equal(0, process.Read(fd, Nowhere, 10));
        Assert.Equal(14, process.Lseek(fd, 7));
        answer = 1;
        Assert.Equal(0x7ffff000, process.Read(fd, default, 0x7fffffff));
        answer = -EAGAIN;
        Assert.Contains("read(0, 0x30000000, 10): EAGAIN", Expect.Errno(EAGAIN, () => process.Read(fd, Nowhere, 10)).Message);
        answer = -4096;
        Assert.Equal(-4096, process.Read(fd, Nowhere, 10));
        Expect.Errno(EXDEV, () => process.Lseek(fd, -1));
        Expect.Errno(EINTR, () => process.Ioctl(fd, 1));
        Assert.Equal(0x1234, process.Ioctl(fd, 2, 0x1234));
    }

    [Fact]
    public void Spans_go_by_way_of_the_simulated_stack_or_a_map_of_their_own()
    {
        Kernel kernel = Boot();
        byte[] stored = [];
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Write = (OpenFile _, UserVirtualAddress buffer, ulong count, ref long _) =>
            {
                stored = new byte[count];
                return CopyFromUser(stored, buffer) == 0 ? count : -EFAULT;
            },
            Read = (OpenFile _, UserVirtualAddress buffer, ulong count, ref long _) =>
                CopyToUser(buffer, stored.AsSpan(0, (int)Math.Min(count, (ulong)stored.Length))) == 0 ? Math.Min(count, (ulong)stored.Length) : -EFAULT,
        });
        foreach (int length in new[] { 0, 1, 4097, 65536, 65537, 300_000 })
        {
            byte[] data = new byte[length], back = new byte[length];
            new Random(length).NextBytes(data);
            Assert.Equal(length, process.Write(fd, data));
            Assert.Equal(length, process.Read(fd, back));
            Assert.Equal(data, back);
        }

        Assert.Equal(1, process.Mm.MapCount);
    }

    [Fact]
    public void Fork_shares_the_position_of_open_files_and_release_comes_once()
    {
        Kernel kernel = Boot();
        int releases = 0;
        (UserProcess parent, int fd) = TestDriver.Open(kernel, new FileOperations { Release = (_, _) => releases++ });
        UserProcess child = parent.Fork();
        parent.Lseek(fd, 50);
        Assert.Equal(50, child.Lseek(fd, 0, SeekWhence.Current));
        parent.Close(fd);
        Assert.Equal(0, releases);
        Assert.Equal(50, child.Lseek(fd, 0, SeekWhence.Current));
        child.Exit();
        Assert.Equal(1, releases);
    }

    [Fact]
    public void Cat_believes_a_driver_neither_more_than_it_asked_for_nor_for_ever()
    {
        Kernel kernel = Boot();
        ulong left = 3;
        kernel.InsertModule(new TestDriver(new FileOperations { Read = (OpenFile _, UserVirtualAddress _, ulong count, ref long _) => left-- > 0 ? count * 2 : 0 }));
        Assert.Equal(new string('\0', 3 * 4096), kernel.ReadFile(TestDriver.Node));
        left = ulong.MaxValue;
        Expect.Errno(EFBIG, () => kernel.ReadFile(TestDriver.Node));
        Assert.Empty(kernel.Processes);
    }

    [Theory]
    [InlineData("/dev/x", 0)]
    [InlineData("/dev/test", 17)]
    [InlineData("/dev", 17)]
    [InlineData("/proc/x", 1)]
    [InlineData("/x", 1)]
    [InlineData("", 2)]
    [InlineData("/dev/", 17)]
    [InlineData("/nowhere/x", 2)]
    [InlineData("/dev/test/x", 20)]
    [InlineData("/dev/.", 17)]
    [InlineData("/dev/..", 17)]
    [InlineData("..", 17)]
    public void Mknod_and_rm_work_in_dev_only(string path, int errno)
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new TestDriver(new FileOperations()));
        if (errno == 0)
        {
            kernel.MakeNode(path, Mkdev(1, 2));
            kernel.RemoveNode(path);
            Expect.Errno(ENOENT, () => kernel.RemoveNode(path));
        }
        else
        {
            Expect.Errno(new Errno(errno), () => kernel.MakeNode(path, Mkdev(1, 2)));
        }
    }
}
