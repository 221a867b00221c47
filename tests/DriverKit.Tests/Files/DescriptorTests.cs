using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>Descriptors: copies of them, their limit, and what execve would close.</summary>
public sealed class DescriptorTests : KernelTest
{
    private const OpenFlags New = OpenFlags.ReadWrite | OpenFlags.Create;

    [Fact]
    public void Copies_share_the_opening()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/tmp/f", New), copy = process.Dup(fd);
        Assert.Equal((0, 1), (fd, copy));
        process.Write(fd, "hello"u8);
        Assert.Equal(5, process.Lseek(copy, 0, SeekWhence.Current));
        Assert.Equal(9, process.Dup2(copy, 9));
        process.Close(fd);
        process.Close(copy);
        process.Unlink("/tmp/f");
        Assert.Equal(5, process.Fstat(9).StSize);
        Assert.Equal(9, process.Dup2(9, 9));
        int other = process.Open("/tmp/g", New);
        Assert.Equal(9, process.Dup2(other, 9));
        Assert.Equal(0ul, (ulong)kernel.Memory.VmStat[ZoneStat.FilePages]);
        Expect.Errno(EBADF, () => process.Dup(77));
        Expect.Errno(EBADF, () => process.Dup2(77, 77));
        Expect.Errno(EBADF, () => process.Dup2(77, 3));
        Expect.Errno(EBADF, () => process.Dup2(other, -1));
        Expect.Errno(EBADF, () => process.Dup2(other, 1024));
        Assert.Equal(1023, process.Dup2(other, 1023));
    }

    [Fact]
    public void The_limit_is_that_of_the_process()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/tmp/f", New);
        process.Dup2(fd, 10);
        process.Setrlimit(RlimitResource.OpenFiles, new(3, 3));
        Assert.Equal((1, 2), (process.Dup(fd), process.Open("/tmp/f")));
        Expect.Errno(EMFILE, () => process.Dup(fd));
        Expect.Errno(EMFILE, () => process.Open("/tmp/f"));
        Expect.Errno(ENOENT, () => process.Open(""));
        Expect.Errno(EINVAL, () => process.Open("", OpenFlags.Create | OpenFlags.Directory));
        Expect.Errno(EBADF, () => process.Dup2(fd, 3));
        Assert.Equal(0, process.Fstat(10).StSize);
        process.Close(1);
        Assert.Equal(1, process.Open("/tmp/f"));
    }

    [Fact]
    public void Exec_closes_what_was_opened_for_it_and_not_its_copies()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int secret = process.Open("/tmp/f", New | OpenFlags.CloseOnExec), plain = process.Open("/tmp/f");
        int copy = process.Dup(secret), replaced = process.Open("/tmp/f", OpenFlags.CloseOnExec);
        process.Dup2(plain, replaced);
        int reused = process.Open("/tmp/f", OpenFlags.CloseOnExec);
        process.Close(reused);
        Assert.Equal(reused, process.Open("/tmp/f"));
        UserProcess child = process.Fork();
        child.Files.CloseOnExec();
        Expect.Errno(EBADF, () => child.Fstat(secret));
        foreach (int fd in new[] { plain, copy, replaced, reused })
            child.Fstat(fd);
        process.Fstat(secret);
    }

    [Fact]
    public void Drivers_see_the_flags_of_opening_in_open_and_not_after()
    {
        Kernel kernel = Boot();
        OpenFlags inOpen = default, inFsync = default;
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Open = (_, filp) =>
            {
                inOpen = filp.FFlags;
                return 0;
            },
            Fsync = filp =>
            {
                inFsync = filp.FFlags;
                return -EIO;
            },
        }));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(TestDriver.Node, New | OpenFlags.Truncate | OpenFlags.Append | OpenFlags.CloseOnExec);
        Expect.Errno(EIO, () => process.Fsync(fd));
        Assert.Equal((New | OpenFlags.Truncate | OpenFlags.Append, OpenFlags.ReadWrite | OpenFlags.Append), (inOpen, inFsync));
    }
}
