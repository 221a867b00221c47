using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>fcntl and dup3.</summary>
public sealed class FcntlTests : KernelTest
{
    private const OpenFlags New = OpenFlags.ReadWrite | OpenFlags.Create;

    [Fact]
    public void F_DUPFD_takes_the_lowest_free_descriptor_from_the_argument_on()
    {
        UserProcess process = Boot().CreateProcess("p");
        int fd = process.Open("/tmp/f", New);
        Assert.Equal((5, 6, 1, 7), (
            process.Fcntl(fd, FcntlCommand.DupFd, 5), process.Fcntl(fd, FcntlCommand.DupFd, 5), process.Fcntl(fd, FcntlCommand.DupFd),
            process.Fcntl(fd, FcntlCommand.DupFdCloexec, 2 + 3)));
        Assert.Equal((0, 1), (process.Fcntl(6, FcntlCommand.GetFd), process.Fcntl(7, FcntlCommand.GetFd)));
        process.Write(7, "abc"u8);
        Assert.Equal(3, process.Lseek(1, 0, SeekWhence.Current));
        process.Close(5);
        Assert.Equal(5, process.Fcntl(fd, FcntlCommand.DupFd, 3 + 2));
    }

    [Fact]
    public void F_DUPFD_beyond_the_limit_is_EINVAL_and_without_a_free_one_EMFILE()
    {
        UserProcess process = Boot().CreateProcess("p");
        int fd = process.Open("/tmp/f", New);
        process.Setrlimit(RlimitResource.OpenFiles, new(4, 4));
        Expect.Errno(EINVAL, () => process.Fcntl(fd, FcntlCommand.DupFd, 4));
        Expect.Errno(EINVAL, () => process.Fcntl(fd, FcntlCommand.DupFd, -1));
        Expect.Errno(EINVAL, () => process.Fcntl(fd, FcntlCommand.DupFdCloexec, long.MinValue | 4));
        Assert.Equal(3, process.Fcntl(fd, FcntlCommand.DupFd, 3));
        Expect.Errno(EMFILE, () => process.Fcntl(fd, FcntlCommand.DupFd, 3));
        Expect.Errno(EMFILE, () => process.Fcntl(fd, FcntlCommand.DupFdCloexec, 3));
        Assert.Equal(1, process.Fcntl(fd, FcntlCommand.DupFd, 1));
    }

    [Fact]
    public void F_SETFD_belongs_to_the_descriptor_and_F_SETFL_to_the_opening()
    {
        UserProcess process = Boot().CreateProcess("p");
        int fd = process.Open("/tmp/f", New), copy = process.Dup(fd);
        Assert.Equal(0, process.Fcntl(fd, FcntlCommand.SetFd, -1));
        Assert.Equal((1, 0), (process.Fcntl(fd, FcntlCommand.GetFd), process.Fcntl(copy, FcntlCommand.GetFd)));
        process.Fcntl(fd, FcntlCommand.SetFd, 6);
        Assert.Equal(0, process.Fcntl(fd, FcntlCommand.GetFd));
        process.Fcntl(fd, FcntlCommand.SetFl, (long)(OpenFlags.Append | OpenFlags.NonBlock | OpenFlags.WriteOnly | OpenFlags.Sync | OpenFlags.Truncate));
        Assert.Equal(OpenFlags.ReadWrite | OpenFlags.Append | OpenFlags.NonBlock, (OpenFlags)process.Fcntl(copy, FcntlCommand.GetFl));
        process.Fcntl(copy, FcntlCommand.SetFl);
        Assert.Equal(OpenFlags.ReadWrite, (OpenFlags)process.Fcntl(fd, FcntlCommand.GetFl));
    }

    [Fact]
    public void O_APPEND_that_is_set_later_sends_writes_to_the_end()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/tmp/f", New);
        process.Write(fd, "abc"u8);
        process.Lseek(fd, 0);
        process.Fcntl(fd, FcntlCommand.SetFl, (long)OpenFlags.Append);
        process.Write(fd, "d"u8);
        process.Lseek(fd, 0);
        process.Fcntl(fd, FcntlCommand.SetFl);
        process.Write(fd, "A"u8);
        Assert.Equal("Abcd", kernel.ReadFile("/tmp/f"));
    }

    [Fact]
    public void Nonsense_is_EINVAL_after_EBADF()
    {
        UserProcess process = Boot().CreateProcess("p");
        int fd = process.Open("/tmp/f", New);
        Expect.Errno(EBADF, () => process.Fcntl(fd + 1, FcntlCommand.DupFd, -1));
        Expect.Errno(EBADF, () => process.Fcntl(-1, (FcntlCommand)99));
        foreach (int command in new[] { 99, -1, int.MaxValue, int.MinValue, 1029 })
            Expect.Errno(EINVAL, () => process.Fcntl(fd, (FcntlCommand)command));
    }

    [Fact]
    public void Dup3_sets_close_on_exec_and_refuses_what_dup2_lets_pass()
    {
        UserProcess process = Boot().CreateProcess("p");
        int fd = process.Open("/tmp/f", New);
        Assert.Equal(5, process.Dup3(fd, 5, OpenFlags.CloseOnExec));
        Assert.Equal(1, process.Fcntl(5, FcntlCommand.GetFd));
        Assert.Equal(5, process.Dup3(fd, 5, 0));
        Assert.Equal(0, process.Fcntl(5, FcntlCommand.GetFd));
        Expect.Errno(EINVAL, () => process.Dup3(fd, fd, OpenFlags.CloseOnExec));
        Expect.Errno(EINVAL, () => process.Dup3(77, 77, 0));
        Expect.Errno(EINVAL, () => process.Dup3(77, 6, OpenFlags.NonBlock));
        Expect.Errno(EBADF, () => process.Dup3(77, 6, 0));
        Expect.Errno(EBADF, () => process.Dup3(fd, -1, 0));
        Expect.Errno(EBADF, () => process.Dup3(fd, 1024, 0));
        Expect.Errno(EBADF, () => process.Fstat(6));
    }
}
