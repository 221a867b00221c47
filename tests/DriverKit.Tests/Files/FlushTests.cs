using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>flush: for every descriptor that is closed, whatever closes it.</summary>
public sealed class FlushTests : KernelTest
{
    private readonly List<string> _log = [];
    private KernelResult _result;

    [Fact]
    public void Every_close_flushes_and_only_the_last_releases()
    {
        (UserProcess process, int fd) = Open(Boot());
        int copy = process.Dup(fd);
        process.Close(fd);
        Assert.Equal(["flush 2"], _log);
        process.Close(copy);
        Assert.Equal(["flush 2", "flush 1", "release"], _log);
    }

    [Fact]
    public void A_mapping_keeps_the_file_open_after_the_flush_of_the_last_descriptor()
    {
        (UserProcess process, int fd) = Open(Boot());
        UserVirtualAddress area = process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd);
        process.Close(fd);
        Assert.Equal(["flush 2"], _log);
        process.Munmap(area, 4096);
        Assert.Equal(["flush 2", "release"], _log);
    }

    [Fact]
    public void What_flush_returns_is_what_close_returns_and_the_descriptor_is_gone_all_the_same()
    {
        (UserProcess process, int fd) = Open(Boot());
        _result = -ENOSPC;
        Expect.Errno(ENOSPC, () => process.Close(fd));
        Assert.Equal(["flush 1", "release"], _log);
        Expect.Errno(EBADF, () => process.Close(fd));
    }

    [Fact]
    public void Close_is_not_restarted_after_a_signal()
    {
        (UserProcess process, _) = Open(Boot());
        int calls = _log.Count;
        foreach (Errno restart in new[] { ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK })
        {
            int fd = process.Open(TestDriver.Node);
            _result = -restart;
            Expect.Errno(EINTR, () => process.Close(fd));
            Expect.Errno(EBADF, () => process.Fstat(fd));
            Assert.Equal(calls += 2, _log.Count);
        }
    }

    [Fact]
    public void Dup2_dup3_execve_and_exit_flush_and_ignore_the_result()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = Open(kernel);
        _result = -EIO;
        int other = process.Open("/dev/null");
        process.Dup2(fd, 7);
        process.Dup2(fd, 8);
        Assert.Equal(7, process.Dup2(other, 7));
        Assert.Equal(8, process.Dup3(other, 8, OpenFlags.CloseOnExec));
        Assert.Equal(["flush 3", "flush 2"], _log);
        process.Fcntl(fd, FcntlCommand.DupFdCloexec, 9);
        process.Files.CloseOnExec();
        Assert.Equal("flush 2", _log[2]);
        process.Exit();
        Assert.Equal(["flush 1", "release"], _log[3..]);
    }

    [Fact]
    public void A_child_flushes_its_own_descriptors_and_those_that_are_shared_are_flushed_once()
    {
        (UserProcess process, _) = Open(Boot());
        UserProcess child = process.Fork(), twin = process.Clone(CloneFlags.Files);
        twin.Exit();
        Assert.Empty(_log);
        child.Exit();
        process.Exit();
        Assert.Equal(["flush 2", "flush 1", "release"], _log);
    }

    [Fact]
    public void A_bug_in_flush_is_an_oops_and_the_file_is_released_even_so()
    {
        Kernel kernel = Boot();
        var driver = new TestDriver(new FileOperations
        {
            Flush = _ => throw new KernelOopsException("bug in flush"),
            Release = (_, _) =>
            {
                _log.Add("release");
                throw new KernelOopsException("bug in release");
            },
        });
        kernel.InsertModule(driver);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(TestDriver.Node);
        Expect.Oops("bug in flush", () => process.Close(fd));
        Assert.Equal(["release"], _log);
        Assert.False(process.IsAlive);
        kernel.RemoveModule(driver);
    }

    private (UserProcess Process, int Fd) Open(Kernel kernel) => TestDriver.Open(kernel, new FileOperations
    {
        Flush = filp =>
        {
            _log.Add($"flush {filp.FCount}");
            return _result;
        },
        Release = (_, _) =>
        {
            _log.Add("release");
            return 0;
        },
        Mmap = (_, _) => 0,
    });
}
