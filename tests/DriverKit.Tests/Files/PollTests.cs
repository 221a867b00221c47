using System.Buffers.Binary;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>poll(), ppoll() and select() on a driver with wait queues, on files without a poll operation, and on nonsense.</summary>
public sealed class PollTests : KernelTest
{
    private const PollEvents Readable = PollEvents.In | PollEvents.RdNorm, Writable = PollEvents.Out | PollEvents.WrNorm;

    /// <summary>A mailbox of one value: what the book's scullpipe does about poll, in small.</summary>
    private sealed class Mailbox
    {
        public readonly WaitQueueHead InQueue = new("inq"), OutQueue = new("outq");

        public int? Value { get; private set; }

        public int Polls { get; private set; }

        public FileOperations Operations => new() { Poll = Poll, Write = Write, Read = Read };

        private PollEvents Poll(OpenFile filp, PollTable? wait)
        {
            Polls++;
            PollWait(filp, InQueue, wait);
            PollWait(filp, OutQueue, wait);
            return Value is null ? Writable : Readable;
        }

        private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
        {
            Value = (int)count;
            WakeUpInterruptible(InQueue);
            return count;
        }

        private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
        {
            Value = null;
            WakeUpInterruptible(OutQueue);
            return 0;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Poll_sleeps_until_the_driver_wakes_one_of_its_queues(int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus });
        var mailbox = new Mailbox();
        kernel.InsertModule(new TestDriver(mailbox.Operations));
        var seen = new List<PollEvents>();
        kernel.Spawn("reader", p =>
        {
            int fd = p.Open(TestDriver.Node, OpenFlags.ReadWrite);
            seen.Add(p.Poll(fd, PollEvents.In));
            p.Read(fd, default, 0);
            seen.Add(p.Poll(fd, PollEvents.In | PollEvents.Out));
        });
        kernel.Spawn("writer", p =>
        {
            int fd = p.Open(TestDriver.Node, OpenFlags.ReadWrite);
            p.Poll([], 20);
            p.Write(fd, default(UserVirtualAddress), 7);
        });
        kernel.Run();
        Assert.Equal([PollEvents.In, PollEvents.Out], seen);
        Assert.False(mailbox.InQueue.IsActive || mailbox.OutQueue.IsActive);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(250)]
    public void A_poll_that_nothing_ends_takes_as_long_as_it_may(int milliseconds)
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new Mailbox().Operations);
        TimeSpan start = kernel.Uptime;
        Assert.Equal(PollEvents.None, process.Poll(fd, PollEvents.In, milliseconds));
        Assert.InRange(kernel.Uptime - start, TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromMilliseconds(milliseconds + 1));
    }

    [Fact]
    public void A_poll_without_end_is_a_deadlock_that_names_the_file()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new TestDriver(new Mailbox().Operations));
        kernel.Spawn("reader", p => p.Poll(p.Open(TestDriver.Node), PollEvents.In));
        DeadlockException deadlock = Assert.Throws<DeadlockException>(kernel.Run);
        Assert.Contains("in poll_schedule_timeout(), waiting for one of /dev/test", deadlock.Report);
        kernel.Dispose();
    }

    [Fact]
    public void A_look_with_timeout_0_queues_nobody()
    {
        Kernel kernel = Boot();
        PollTable? seen = null;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Poll = (_, wait) =>
            {
                seen = wait;
                return Writable;
            },
        });
        Assert.Equal(PollEvents.Out, process.Poll(fd, PollEvents.In | PollEvents.Out, 0));
        Assert.Null(seen);
        Assert.Equal(PollEvents.Out, process.Poll(fd, PollEvents.In | PollEvents.Out, 1));
        Assert.NotNull(seen);
    }

    [Fact]
    public void Files_without_a_poll_operation_are_always_ready()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int zero = process.Open("/dev/zero"), file = process.Open("/tmp/f", OpenFlags.ReadWrite | OpenFlags.Create), directory = process.Open("/tmp");
        PollFd[] fds = [new(zero, PollEvents.In | PollEvents.Pri), new(file, Writable), new(directory, PollEvents.None), new(-1, PollEvents.In), new(99, PollEvents.In)];
        Assert.Equal(3, process.Poll(fds));
        Assert.Equal([PollEvents.In, Writable, PollEvents.None, PollEvents.None, PollEvents.Nval], fds.Select(fd => fd.Revents));
    }

    [Fact]
    public void Errors_and_hangups_are_told_unasked()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Poll = (_, _) => PollEvents.Hup | PollEvents.Err | Readable });
        Assert.Equal(PollEvents.Hup | PollEvents.Err, process.Poll(fd, PollEvents.None));
        HashSet<int> read = [fd], write = [fd], except = [fd];
        Assert.Equal(2, process.Select(read, write, except, null));
        Assert.Equal([fd], read);
        Assert.Equal([fd], write);
        Assert.Empty(except);
    }

    [Fact]
    public void Poll_writes_only_what_it_found()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int zero = process.Open("/dev/zero");
        UserVirtualAddress fds = process.Mmap(default, 8192, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Store(fds, zero);
        process.Store(fds + 4, (ushort)0x41);
        process.Store(fds + 6, (ushort)0xffff);
        Assert.Equal(1, process.Poll(fds, 1, -1));
        Assert.Equal((zero, 0x41, 0x41), (process.Load<int>(fds), process.Load<ushort>(fds + 4), process.Load<ushort>(fds + 6)));
        Expect.Errno(Errno.EFAULT, () => process.Poll(default(UserVirtualAddress), 1, 0));
        Expect.Errno(Errno.EFAULT, () => process.Poll(fds + 8184, 2, 0));
        Expect.Errno(Errno.EINVAL, () => process.Poll(fds, uint.MaxValue, 0));
        Expect.Errno(Errno.EINVAL, () => process.Ppoll([], TimeSpan.FromTicks(-1)));
        process.Mprotect(fds, 4096, Protection.Read);
        Expect.Errno(Errno.EFAULT, () => process.Poll(fds, 1, 0));
        Assert.Equal(0, process.Poll(default(UserVirtualAddress), 0, 0));
    }

    [Fact]
    public void A_pending_signal_ends_a_poll()
    {
        Kernel kernel = Boot();
        var mailbox = new Mailbox();
        kernel.InsertModule(new TestDriver(mailbox.Operations));
        Errno? end = null;
        UserProcess reader = kernel.Spawn("reader", p =>
        {
            p.Sigaction(Signal.SIGUSR1, SignalAction.Of(_ => { }, SignalFlags.Restart));
            end = Assert.Throws<SyscallException>(() => p.Poll(p.Open(TestDriver.Node), PollEvents.In)).Errno;
        });
        kernel.Spawn("killer", p =>
        {
            p.Nanosleep(TimeSpan.FromMilliseconds(40));
            p.Kill(reader.Pid, Signal.SIGUSR1);
        });
        kernel.Run();
        Assert.Equal(Errno.EINTR, end);
    }

    [Fact]
    public void A_signal_that_is_blocked_or_ignored_does_not_end_a_poll_and_one_with_nothing_to_do_does_not_lengthen_it()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new TestDriver(new Mailbox().Operations));
        PollEvents found = PollEvents.Err;
        UserProcess reader = kernel.Spawn("reader", p =>
        {
            p.Sigaction(Signal.SIGUSR1, SignalAction.Ignore);
            found = p.Poll(p.Open(TestDriver.Node), PollEvents.In, 100);
        });
        UserProcess killer = kernel.CreateProcess("killer");
        TimeSpan start = kernel.Uptime;
        kernel.RunFor(TimeSpan.FromMilliseconds(50));
        killer.Kill(reader.Pid, Signal.SIGUSR1);
        killer.Kill(reader.Pid, Signal.SIGCHLD);
        kernel.Run();
        Assert.Equal(PollEvents.None, found);
        Assert.InRange((kernel.Uptime - start).TotalMilliseconds, 100, 101);
    }

    [Theory]
    [InlineData(Architecture.I386)]
    [InlineData(Architecture.X8664)]
    public void Select_takes_bitmaps_and_leaves_what_is_ready_and_the_rest_of_the_time(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        (UserProcess process, int fd) = TestDriver.Open(kernel, new Mailbox().Operations);
        UserVirtualAddress sets = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Store(sets, 1ul << fd);
        process.Store(sets + 8, 1ul << fd);
        UserVirtualAddress timeout = sets + 64;
        if (architecture == Architecture.X8664)
            process.Store(timeout, 3L);
        else
            process.Store(timeout, 3);
        Assert.Equal(1, process.Select(fd + 1, sets, sets + 8, default, timeout));
        Assert.Equal((0ul, 1ul << fd), (process.Load<ulong>(sets), process.Load<ulong>(sets + 8)));
        Assert.Equal(2, process.Load<int>(timeout));
        process.Store(sets, 1ul << fd);
        Assert.Equal(0, process.Select(fd + 1, sets, default, default, timeout));
        byte[] left = new byte[16];
        process.LoadBytes(timeout, left);
        Assert.Equal(0ul, BinaryPrimitives.ReadUInt64LittleEndian(left));
        Expect.Errno(Errno.EFAULT, () => process.Select(fd + 1, new(1), default, default, timeout));
        Expect.Errno(Errno.EFAULT, () => process.Select(fd + 1, default, default, default, new(1)));
        Expect.Errno(Errno.EINVAL, () => process.Select(-1, sets, default, default, timeout));
        Expect.Errno(Errno.EINVAL, () => process.Select(null, null, null, TimeSpan.FromSeconds(-1)));
    }

    [Fact]
    public void Select_of_a_closed_descriptor_is_EBADF_unless_the_table_of_descriptors_ends_before_it()
    {
        Kernel kernel = Boot(Architecture.X8664);
        UserProcess process = kernel.CreateProcess("p");
        Expect.Errno(Errno.EBADF, () => process.Select(new HashSet<int> { 63 }, null, null, TimeSpan.Zero));
        Assert.Equal(0, process.Select(new HashSet<int> { 64 }, null, null, TimeSpan.Zero));
        process.Dup2(process.Open("/dev/zero"), 70);
        Expect.Errno(Errno.EBADF, () => process.Select(new HashSet<int> { 127 }, null, null, TimeSpan.Zero));
        Assert.Equal(0, process.Select(new HashSet<int> { 128 }, null, null, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => process.Select(new HashSet<int> { 1024 }, null, null, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => process.Select(null, new HashSet<int> { -1 }, null, null));
    }
}
