using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>Pipes: bytes come out in the order they went in, readers and writers wait for each other, and the end of one side is told to the other.</summary>
public sealed class PipeTests : KernelTest
{
    private const int PageSize = 4096, PipeSize = 16 * PageSize;
    private const uint Fionread = 0x541B;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    [InlineData(2, 5)]
    [InlineData(2, 6)]
    public void What_is_written_is_read_whoever_runs_when(int cpus, int seed)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new RandomStrategy((ulong)seed) });
        UserProcess parent = kernel.CreateProcess("parent");
        (int read, int write) = parent.Pipe();
        var random = new Random(seed);
        byte[] sent = new byte[3 * PipeSize + 77];
        random.NextBytes(sent);
        var received = new List<byte>();
        int[] pieces = [.. Enumerable.Range(0, 1000).Select(_ => 1 + random.Next(random.Next(4) == 0 ? 2 * PipeSize : 5000))];
        parent.Fork(writer =>
        {
            writer.Close(read);
            for (int done = 0, i = 0; done < sent.Length; i++)
                done += writer.Write(write, sent.AsSpan(done, Math.Min(pieces[i], sent.Length - done)));
            return 0;
        });
        parent.Fork(reader =>
        {
            reader.Close(write);
            byte[] buffer = new byte[2 * PipeSize];
            for (int i = 500, got; (got = reader.Read(read, buffer.AsSpan(0, pieces[i]))) > 0; i++)
                received.AddRange(buffer.AsSpan(0, got));
            return 0;
        });
        parent.Close(read);
        parent.Close(write);
        kernel.Run();
        Assert.Equal(sent, received);
    }

    [Fact]
    public void A_pipe_holds_sixteen_pages_and_more_does_not_go_in()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        byte[] bytes = new byte[PipeSize + 1];
        Expect.Errno(EAGAIN, () => process.Read(read, new byte[1]));
        Assert.Equal(PipeSize, process.Write(write, bytes));
        Expect.Errno(EAGAIN, () => process.Write(write, new byte[1]));
        Assert.Equal(1, process.Read(read, new byte[1]));
        Expect.Errno(EAGAIN, () => process.Write(write, new byte[1]));
        Assert.Equal(PageSize - 1, process.Read(read, new byte[PageSize - 1]));
        Assert.Equal(PageSize, process.Write(write, bytes));
    }

    [Fact]
    public void Small_writes_share_a_page_and_large_ones_do_not()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        for (int i = 0; i < PipeSize; i++)
            Assert.Equal(1, process.Write(write, [(byte)i]));
        Expect.Errno(EAGAIN, () => process.Write(write, new byte[1]));
        process.Read(read, new byte[PipeSize]);
        for (int i = 0; i < 16; i++)
            Assert.Equal(2049, process.Write(write, new byte[2049]));
        Expect.Errno(EAGAIN, () => process.Write(write, new byte[2049]));
        Assert.Equal(2047, process.Write(write, new byte[2047]));
    }

    [Fact]
    public void Up_to_a_page_goes_in_whole_or_not_at_all()
    {
        UserProcess process = Boot().CreateProcess("p");
        (_, int write) = process.Pipe(OpenFlags.NonBlock);
        process.Write(write, new byte[PipeSize - 10]);
        Expect.Errno(EAGAIN, () => process.Write(write, new byte[100]));
        Assert.Equal(10, process.Write(write, new byte[10 + PageSize]));
    }

    [Fact]
    public void The_end_of_all_writers_is_the_end_of_the_file()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe();
        int copy = process.Dup(write);
        process.Write(write, "abc"u8);
        process.Close(write);
        process.Write(copy, "d"u8);
        process.Close(copy);
        byte[] buffer = new byte[10];
        Assert.Equal(4, process.Read(read, buffer));
        Assert.Equal("abcd"u8, buffer.AsSpan(0, 4));
        Assert.Equal(0, process.Read(read, buffer));
    }

    [Fact]
    public void Writing_to_nobody_is_EPIPE_and_kills_who_does_not_mind_SIGPIPE()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        (int read, int write) = process.Pipe();
        process.Close(read);
        process.Sigaction(Signal.SIGPIPE, SignalAction.Ignore);
        Expect.Errno(EPIPE, () => process.Write(write, "x"u8));
        Assert.Equal(0, process.Write(write, []));
        process.Sigaction(Signal.SIGPIPE, SignalAction.Default);
        Assert.Equal(Signal.SIGPIPE, Assert.Throws<SignalException>(() => process.Write(write, "x"u8)).Signal);
        Assert.False(process.IsAlive);
    }

    [Fact]
    public void The_last_reader_that_goes_wakes_the_writers()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        (int read, int write) = process.Pipe();
        Errno? seen = null;
        process.Fork(writer =>
        {
            writer.Sigaction(Signal.SIGPIPE, SignalAction.Ignore);
            writer.Close(read);
            seen = Expect.Errno(EPIPE, () =>
            {
                while (true)
                    writer.Write(write, new byte[PageSize]);
            }).Errno;
            return 0;
        });
        kernel.RunFor(TimeSpan.FromMilliseconds(10));
        Assert.Null(seen);
        process.Close(read);
        kernel.Run();
        Assert.Equal(EPIPE, seen);
    }

    [Fact]
    public void A_signal_ends_the_wait_for_a_pipe()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        (int read, int write) = process.Pipe();
        var seen = new List<string>();
        Interrupt(p => seen.Add(Assert.Throws<SyscallException>(() => p.Read(read, new byte[1])).Errno.Name));
        Interrupt(p => seen.Add($"{p.Write(write, new byte[PipeSize + 1])}"));
        Assert.Equal(["EINTR", $"{PipeSize}"], seen);

        void Interrupt(Action<UserProcess> wait)
        {
            UserProcess child = process.Fork(p =>
            {
                p.Sigaction(Signal.SIGUSR1, new SignalAction { Handler = _ => { } });
                wait(p);
                return 0;
            });
            kernel.RunFor(TimeSpan.FromMilliseconds(10));
            process.Kill(child.Pid, Signal.SIGUSR1);
            kernel.Run();
        }
    }

    [Fact]
    public void With_O_DIRECT_every_write_is_read_by_itself_and_what_does_not_fit_is_lost()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe(OpenFlags.Direct | OpenFlags.NonBlock);
        process.Write(write, "abc"u8);
        process.Write(write, "defgh"u8);
        process.Write(write, new byte[PageSize + 1]);
        byte[] buffer = new byte[2 * PageSize];
        Assert.Equal(3, process.Read(read, buffer));
        Assert.Equal(2, process.Read(read, buffer.AsSpan(0, 2)));
        Assert.Equal("de"u8, buffer.AsSpan(0, 2));
        Assert.Equal(PageSize, process.Read(read, buffer));
        Assert.Equal(1, process.Read(read, buffer));
    }

    [Fact]
    public void What_a_pipe_says_of_itself()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe(OpenFlags.CloseOnExec);
        FileStatus status = process.Fstat(read);
        Assert.True(status.IsFifo);
        Assert.Equal((0x1180u, 0L, 1u), (status.StMode, status.StSize, status.StNlink));
        Assert.Equal(status, process.Fstat(write));
        Assert.Equal((1L, 1L), (process.Fcntl(read, FcntlCommand.GetFd), process.Fcntl(write, FcntlCommand.GetFd)));
        Assert.Equal(1, process.Fcntl(write, FcntlCommand.GetFl) & (int)OpenFlags.AccessMode);
        process.Write(write, "hello"u8);
        UserVirtualAddress count = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Ioctl(read, Fionread, count);
        Assert.Equal(5, process.Load<int>(count));
        Expect.Errno(EFAULT, () => process.Ioctl(read, Fionread, 0));
        Expect.Errno(ENOTTY, () => process.Ioctl(read, 0x1234));
    }

    [Fact]
    public void What_a_pipe_cannot()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe();
        UserVirtualAddress memory = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        Expect.Errno(EBADF, () => process.Read(write, memory, 1));
        Expect.Errno(EBADF, () => process.Write(read, memory, 1));
        Expect.Errno(ESPIPE, () => process.Lseek(read, 0));
        Expect.Errno(ESPIPE, () => process.Pread(read, memory, 1, 0));
        Expect.Errno(ESPIPE, () => process.Pwrite(write, memory, 1, 0));
        Expect.Errno(ENODEV, () => process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, read));
        Expect.Errno(EINVAL, () => process.Ftruncate(write, 0));
        Expect.Errno(EINVAL, () => process.Fsync(write));
        Expect.Errno(ENOTDIR, () => process.Getdents(read));
        Expect.Errno(EINVAL, () => process.Pipe(OpenFlags.Append));
        Expect.Errno(EFAULT, () => process.Write(write, default(UserVirtualAddress), 1));
        process.Write(write, "x"u8);
        Expect.Errno(EFAULT, () => process.Read(read, default(UserVirtualAddress), 1));
        Assert.Equal(1, process.Read(read, memory, 1));
        process.Pipe2(memory, OpenFlags.ReadOnly);
        Assert.Equal((read + 2, write + 2), (process.Load<int>(memory), process.Load<int>(memory + 4)));
        Expect.Errno(EFAULT, () => process.Pipe2(default, OpenFlags.ReadOnly));
        process.Setrlimit(RlimitResource.OpenFiles, new((ulong)(read + 5), (ulong)(read + 5)));
        Expect.Errno(EMFILE, () => process.Pipe());
        Assert.Equal(read + 4, process.Dup(read));
    }

    [Fact]
    public void A_pipe_grows_and_shrinks_as_far_as_what_it_holds()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        Assert.Equal(PipeSize, process.Fcntl(read, FcntlCommand.GetPipeSize));
        Assert.Equal(32 * PageSize, process.Fcntl(write, FcntlCommand.SetPipeSize, 17 * PageSize));
        Assert.Equal(32 * PageSize, process.Write(write, new byte[64 * PageSize]));
        Expect.Errno(EBUSY, () => process.Fcntl(write, FcntlCommand.SetPipeSize, PageSize));
        process.Read(read, new byte[31 * PageSize]);
        Assert.Equal(PageSize, process.Fcntl(write, FcntlCommand.SetPipeSize, 1));
        Expect.Errno(EAGAIN, () => process.Write(write, new byte[1]));
        Expect.Errno(EINVAL, () => process.Fcntl(write, FcntlCommand.SetPipeSize, 0));
        Expect.Errno(EPERM, () => process.Fcntl(write, FcntlCommand.SetPipeSize, 2 << 20));
        Expect.Errno(EBADF, () => process.Fcntl(process.Open("/dev/null"), FcntlCommand.GetPipeSize));
    }

    [Fact]
    public void Polling_a_pipe()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        const PollEvents Both = PollEvents.In | PollEvents.Out | PollEvents.RdNorm | PollEvents.WrNorm;
        Assert.Equal((PollEvents.None, PollEvents.Out | PollEvents.WrNorm), (process.Poll(read, Both, 0), process.Poll(write, Both, 0)));
        process.Write(write, new byte[PipeSize]);
        Assert.Equal((PollEvents.In | PollEvents.RdNorm, PollEvents.None), (process.Poll(read, Both, 0), process.Poll(write, Both, 0)));
        process.Close(write);
        Assert.Equal(PollEvents.In | PollEvents.Hup, process.Poll(read, PollEvents.In, 0));
        (read, write) = process.Pipe();
        process.Close(read);
        Assert.Equal(PollEvents.Out | PollEvents.Err, process.Poll(write, PollEvents.Out, 0));
    }

    [Fact]
    public void A_read_into_several_buffers_takes_what_is_there_and_does_not_wait_for_more()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe();
        UserVirtualAddress memory = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Write(write, "12345678"u8);
        Assert.Equal(8, process.Readv(read, [new(memory, 8), new(memory + 8, 8)]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_pipe_is_a_queue_of_bytes(int seed)
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        var random = new Random(seed);
        var queue = new Queue<byte>();
        byte[] bytes = new byte[PipeSize];
        for (int i = 0; i < 3000; i++)
        {
            int length = random.Next(3) == 0 ? random.Next(2 * PageSize) : 1 + random.Next(200);
            Span<byte> piece = bytes.AsSpan(0, length);
            try
            {
                if (random.Next(2) == 0)
                {
                    random.NextBytes(piece);
                    int written = process.Write(write, piece);
                    Assert.True(length > PageSize || written == length);
                    foreach (byte each in piece[..written])
                        queue.Enqueue(each);
                }
                else
                {
                    int got = process.Read(read, piece);
                    Assert.Equal(Math.Min(length, queue.Count), got);
                    foreach (byte each in piece[..got])
                        Assert.Equal(queue.Dequeue(), each);
                }
            }
            catch (SyscallException full) when (full.Errno == EAGAIN)
            {
            }
        }
    }

    [Fact]
    public void Reading_and_writing_allocates_nothing()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe();
        UserVirtualAddress memory = process.Mmap(default, 8192, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Round();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);

        void Round()
        {
            process.Write(write, memory, 100);
            process.Write(write, memory, 5000);
            process.Read(read, memory, 8192);
        }
    }
}
