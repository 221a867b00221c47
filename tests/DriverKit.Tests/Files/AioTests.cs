using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>aio_read and aio_write of drivers, from read() and readv() and from io_submit().</summary>
public sealed class AioTests : KernelTest
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    [Theory]
    [MemberData(nameof(Machines.Schedules), MemberType = typeof(Machines))]
    public void Read_waits_until_a_driver_with_aio_read_alone_has_completed(ulong seed, int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new ShuffledTurns(seed) });
        kernel.InsertModule(new TestDriver(new Deferred().Operations));
        kernel.Spawn("user", p =>
        {
            int fd = p.Open(TestDriver.Node, OpenFlags.ReadWrite);
            byte[] letters = new byte[3];
            Assert.Equal(3, p.Write(fd, "abc"u8));
            Assert.Equal(0, p.Lseek(fd, 0));
            Assert.Equal(3, p.Read(fd, letters));
            Assert.Equal("abc"u8, letters);
            Assert.Equal(3, p.Lseek(fd, 0, SeekWhence.Current));
            Assert.True(kernel.Uptime >= TimeSpan.FromMilliseconds(16));
        });
        kernel.Run();
    }

    [Fact]
    public void Readv_and_writev_are_one_request_for_all_buffers()
    {
        Kernel kernel = Boot();
        var segments = new List<ulong>();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Read = (OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => -EIO,
            AioRead = (iocb, iov, nrSegs, pos) =>
            {
                segments.Add(nrSegs);
                Assert.True(IsSyncKiocb(iocb));
                iocb.KiPos = pos + 5;
                return 5;
            },
            AioWrite = (iocb, iov, nrSegs, pos) => (long)(iov[0].IovLen + iov[1].IovLen),
        });
        UserVirtualAddress buffer = process.Buffer(new byte[16]);
        Assert.Equal(5, process.Readv(fd, [new(buffer, 4), new(buffer + 8, 4)]));
        Assert.Equal(5, process.Lseek(fd, 0, SeekWhence.Current));
        Assert.Equal(8, process.Writev(fd, [new(buffer, 4), new(buffer + 8, 4)]));
        Assert.Equal([2ul], segments);
        Expect.Errno(Errno.EIO, () => process.Read(fd, buffer, 4));
    }

    [Theory]
    [MemberData(nameof(Machines.Schedules), MemberType = typeof(Machines))]
    public void A_submitted_request_is_complete_later(ulong seed, int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new ShuffledTurns(seed) });
        var driver = new Deferred();
        kernel.InsertModule(new TestDriver(driver.Operations));
        kernel.Spawn("user", p =>
        {
            int fd = p.Open(TestDriver.Node, OpenFlags.ReadWrite);
            AioContext context = p.IoSetup(4);
            var write = new Iocb(IocbCommand.Pwrite, fd, p.Buffer("xyz"u8), 3, AioOffset: 2, AioData: 11);
            var read = new Iocb(IocbCommand.Pread, fd, p.Buffer(new byte[8]), 8, AioData: 22);
            Assert.Equal(2, p.IoSubmit(context, write, read));
            p.Close(fd);
            Assert.False(driver.IsReleased);
            IoEvent[] events = [.. p.IoGetevents(context, 2, 8)];
            Assert.Equal(new IoEvent[] { new(11, write, 3, 0), new(22, read, 5, 0) }, events.OrderBy(each => each.Data));
            Assert.Equal(0x7a79_7800_00L, p.Load<long>(read.AioBuf));
            p.IoDestroy(context);
            Assert.True(driver.IsReleased);
            Expect.Errno(Errno.EINVAL, () => p.IoDestroy(context));
        });
        kernel.Run();
        Assert.Equal("0\n", kernel.ReadFile("/proc/sys/fs/aio-nr"));
    }

    [Fact]
    public void A_request_completes_in_an_interrupt_and_its_file_is_released_by_a_worker()
    {
        Kernel kernel = Boot();
        bool isReleased = false, wasAtomic = false;
        var timer = new TimerList();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            AioRead = (iocb, iov, nrSegs, pos) =>
            {
                SetupTimer(timer, _ =>
                {
                    wasAtomic = InInterrupt();
                    AioComplete(iocb, 7, 9);
                }, 0);
                ModTimer(timer, Jiffies + 2);
                return -EIOCBQUEUED;
            },
            Release = (inode, filp) =>
            {
                Msleep(1);
                isReleased = true;
                return 0;
            },
        });
        AioContext context = process.IoSetup(1);
        var read = new Iocb(IocbCommand.Pread, fd, process.Buffer([0]), 1);
        process.IoSubmit(context, read);
        process.Close(fd);
        Assert.Empty(process.IoGetevents(context, 0, 1));
        Assert.Equal([new IoEvent(0, read, 7, 9)], process.IoGetevents(context, 1, 1));
        Assert.True(wasAtomic);
        kernel.RunFor(Soon);
        Assert.True(isReleased);
    }

    [Fact]
    public void The_end_of_a_process_waits_for_its_requests()
    {
        Kernel kernel = Boot();
        var driver = new Deferred();
        (UserProcess process, int fd) = TestDriver.Open(kernel, driver.Operations);
        AioContext context = process.IoSetup(1);
        process.IoSubmit(context, new Iocb(IocbCommand.Pwrite, fd, process.Buffer("a"u8), 1));
        process.Exit();
        Assert.True(driver.IsReleased);
        Assert.Equal(0, driver.Pending);
    }

    [Fact]
    public void A_request_can_be_cancelled_when_its_driver_knows_how()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            AioRead = (iocb, iov, nrSegs, pos) =>
            {
                iocb.KiCancel = pos switch
                {
                    0 => each =>
                    {
                        AioComplete(each, -EINTR.Number, 0);
                        return 0;
                    }
                    ,
                    1 => _ => -EAGAIN,
                    _ => null,
                };
                iocb.Private = pos;
                return iocb.KiCancel is null ? 3 : -EIOCBQUEUED;
            },
        });
        AioContext context = process.IoSetup(3);
        UserVirtualAddress buffer = process.Buffer([0]);
        Iocb good = new(IocbCommand.Pread, fd, buffer, 1), done = new(IocbCommand.Pread, fd, buffer, 1, AioOffset: 2);
        Assert.Equal(2, process.IoSubmit(context, good, done));
        Expect.Errno(Errno.EINVAL, () => process.IoCancel(context, done));
        Expect.Errno(Errno.EINVAL, () => process.IoCancel(context, good with { }));
        Expect.Errno(Errno.EINVAL, () => process.IoCancel(default, good));
        Expect.Errno(Errno.EINPROGRESS, () => process.IoCancel(context, good));
        Assert.Equal([3L, -Errno.EINTR.Number], process.IoGetevents(context, 2, 2).Select(each => each.Res));
        Iocb again = good with { };
        process.IoSubmit(context, again);
        process.Exit();
        Assert.False(process.IsAlive);
    }

    [Fact]
    public void A_driver_that_says_no_to_a_cancel_is_heard()
    {
        Kernel kernel = Boot();
        Kiocb? request = null;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            AioRead = (iocb, iov, nrSegs, pos) =>
            {
                request = iocb;
                iocb.KiCancel = _ => -EBUSY;
                return -EIOCBQUEUED;
            },
        });
        AioContext context = process.IoSetup(3);
        var read = new Iocb(IocbCommand.Pread, fd, process.Buffer([0]), 1);
        process.IoSubmit(context, read);
        Expect.Errno(Errno.EBUSY, () => process.IoCancel(context, read));
        kernel.RunKernelThread(() => AioComplete(request!, 1, 0));
        Assert.Single(process.IoGetevents(context, 1, 1));
    }

    [Fact]
    public void Waiting_for_events_ends_with_time_a_signal_or_the_queue()
    {
        Kernel kernel = Boot();
        AioContext context = default;
        kernel.Spawn("waiter", p =>
        {
            context = p.IoSetup(1);
            TimeSpan start = kernel.Uptime;
            Assert.Empty(p.IoGetevents(context, 1, 1, TimeSpan.FromMilliseconds(20)));
            Assert.True(kernel.Uptime - start >= TimeSpan.FromMilliseconds(20));
            Assert.Empty(p.IoGetevents(context, 1, 1, TimeSpan.FromSeconds(-1)));
            p.Sigaction(Signal.SIGALRM, SignalAction.Of(_ => { }));
            p.Alarm(1);
            Expect.Errno(Errno.EINTR, () => p.IoGetevents(context, 1, 1));
            bool isWaiting = false;
            p.CreateThread(thread =>
            {
                while (!isWaiting)
                    thread.SchedYield();
                thread.Nanosleep(TimeSpan.FromMilliseconds(5));
                thread.IoDestroy(context);
            });
            isWaiting = true;
            Expect.Errno(Errno.EINVAL, () => p.IoGetevents(context, 1, 1));
        });
        kernel.Run();
    }

    [Fact]
    public void A_request_that_is_never_completed_is_reported()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { AioRead = (iocb, iov, nrSegs, pos) => -EIOCBQUEUED });
        DeadlockException deadlock = Assert.Throws<DeadlockException>(() => process.Read(fd, process.Buffer([0]), 1));
        Assert.Contains("in wait_on_sync_kiocb(), waiting for aio_complete() of a request to /dev/test", deadlock.Report);
    }

    [Fact]
    public void A_request_is_completed_once()
    {
        Kernel kernel = Boot();
        Kiocb? request = null;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            AioRead = (iocb, iov, nrSegs, pos) =>
            {
                request = iocb;
                AioComplete(iocb, 1, 0);
                return pos == 0 ? -EIOCBQUEUED : 1;
            },
        });
        UserVirtualAddress buffer = process.Buffer([0]);
        Assert.Equal(1, process.Read(fd, buffer, 1));
        Expect.OopsIn(kernel, "is completed twice", () => AioComplete(request!, 1, 0));
        AioContext context = process.IoSetup(4);
        Assert.Equal(1, process.IoSubmit(context, new Iocb(IocbCommand.Pread, fd, buffer, 1)));
        Expect.OopsIn(kernel, "is completed twice", () => AioComplete(request!, 1, 0));
        Expect.Oops("is completed twice", () => process.IoSubmit(context, new Iocb(IocbCommand.Pread, fd, buffer, 1, AioOffset: 1)));
        Assert.False(process.IsAlive);
    }

    [Fact]
    public void A_bug_in_aio_read_ends_the_process_and_its_request()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { AioRead = (iocb, iov, nrSegs, pos) => throw new NullReferenceException() });
        AioContext context = process.IoSetup(1);
        Expect.Oops("NULL pointer", () => process.IoSubmit(context, new Iocb(IocbCommand.Pread, fd, process.Buffer([0]), 1)));
        Assert.False(process.IsAlive);
        Assert.Equal("0\n", kernel.ReadFile("/proc/sys/fs/aio-nr"));
    }

    [Fact]
    public void What_is_wrong_with_a_request_fails_the_call_unless_others_have_begun()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { AioRead = (iocb, iov, nrSegs, pos) => pos == 9 ? -ERESTARTSYS : -EIO });
        UserVirtualAddress buffer = process.Buffer(new byte[32]);
        AioContext context = process.IoSetup(1);
        var good = new Iocb(IocbCommand.Pread, fd, buffer, 1);
        Refused(Errno.EFAULT, null);
        Refused(Errno.EBADF, good with { AioFildes = 99 });
        Refused(Errno.EBADF, good with { AioFildes = process.Open("/dev/zero", OpenFlags.WriteOnly) });
        Refused(Errno.EINVAL, good with { AioLioOpcode = (IocbCommand)6 });
        Refused(Errno.EINVAL, good with { AioLioOpcode = IocbCommand.Pwrite });
        Refused(Errno.EINVAL, good with { AioNbytes = ulong.MaxValue });
        Refused(Errno.EINVAL, good with { AioOffset = -1 });
        Refused(Errno.EFAULT, good with { AioBuf = new(0xF000_0000) });
        Refused(Errno.EINVAL, good with { AioLioOpcode = IocbCommand.Preadv, AioNbytes = 1025 });
        Refused(Errno.EFAULT, good with { AioLioOpcode = IocbCommand.Preadv, AioBuf = default, AioNbytes = 1 });
        Refused(Errno.EINVAL, good with { AioLioOpcode = IocbCommand.Fsync });
        Assert.Equal(0, process.IoSubmit(context));
        Assert.Equal(2, process.IoSubmit(context, good, good with { AioOffset = 9 }, null, good));
        Assert.Equal([-Errno.EIO.Number, -(long)Errno.EINTR.Number], process.IoGetevents(context, 0, 9).Select(each => each.Res));
        Expect.Errno(Errno.EINVAL, () => process.IoSubmit(default, good));
        Expect.Errno(Errno.EINVAL, () => process.IoGetevents(context, 2, 1));
        Expect.Errno(Errno.EINVAL, () => process.IoGetevents(context, -1, 1));
        Expect.Errno(Errno.EINVAL, () => process.IoGetevents(default, 0, 1));
        Expect.Errno(Errno.EINVAL, () => kernel.CreateProcess("stranger").IoDestroy(context));

        void Refused(Errno errno, Iocb? iocb) => Expect.Errno(errno, () => process.IoSubmit(context, iocb));
    }

    [Fact]
    public void Queues_have_room_for_so_many_requests_and_events()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { AioRead = (iocb, iov, nrSegs, pos) => 1 });
        Expect.Errno(Errno.EINVAL, () => process.IoSetup(0));
        Expect.Errno(Errno.EINVAL, () => process.IoSetup(uint.MaxValue));
        Expect.Errno(Errno.EAGAIN, () => process.IoSetup(65537));
        kernel.WriteFile("/proc/sys/fs/aio-max-nr", "10");
        AioContext context = process.IoSetup(8);
        Assert.Equal("8\n", kernel.ReadFile("/proc/sys/fs/aio-nr"));
        Expect.Errno(Errno.EAGAIN, () => process.IoSetup(3));
        var read = new Iocb(IocbCommand.Pread, fd, process.Buffer([0]), 1);

        // A ring of one page: 127 events, of which one stays free.
        for (int i = 0; i < 126; i++)
            Assert.Equal(1, process.IoSubmit(context, read));
        Expect.Errno(Errno.EAGAIN, () => process.IoSubmit(context, read));
        Assert.Equal(100, process.IoGetevents(context, 1, 100).Count);
        Assert.Equal(2, process.IoSubmit(context, read, read));
    }

    /// <summary>As scullp does it: the data move at once, and the request is complete a hundredth of a second later.</summary>
    private sealed class Deferred
    {
        private readonly byte[] _data = new byte[64];
        private int _length;

        public FileOperations Operations => new()
        {
            AioRead = Read,
            AioWrite = Write,
            Release = (inode, filp) =>
            {
                IsReleased = true;
                return 0;
            },
        };

        public bool IsReleased { get; private set; }

        public int Pending { get; private set; }

        private KernelResult Read(Kiocb iocb, IReadOnlyList<Iovec> iov, ulong nrSegs, long pos)
        {
            int count = (int)Math.Clamp(_length - pos, 0, (long)iov[0].IovLen);
            return CopyToUser(iov[0].IovBase, _data.AsSpan((int)pos, count)) != 0 ? -EFAULT : Defer(iocb, count);
        }

        private KernelResult Write(Kiocb iocb, IReadOnlyList<Iovec> iov, ulong nrSegs, long pos)
        {
            int count = (int)iov[0].IovLen;
            if (CopyFromUser(_data.AsSpan((int)pos, count), iov[0].IovBase) != 0)
                return -EFAULT;
            _length = Math.Max(_length, (int)pos + count);
            return Defer(iocb, count);
        }

        private KernelResult Defer(Kiocb iocb, int count)
        {
            Pending++;
            ScheduleDelayedWork(new DelayedWork(_ =>
            {
                Pending--;
                iocb.KiPos += count;
                AioComplete(iocb, count, 0);
            }), Hz / 100);
            return -EIOCBQUEUED;
        }
    }
}
