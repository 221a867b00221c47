using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>Threads of one address space: what changes it waits for faults, and faults for what changes it.</summary>
public sealed class MmapSemTests : KernelTest
{
    private const ulong PageSize = 4096;

    [Theory]
    [MemberData(nameof(Machines.Schedules), MemberType = typeof(Machines))]
    public void Two_threads_that_fault_on_one_page_get_one_page(ulong seed, int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new ShuffledTurns(seed) });
        var pages = new SleepyPages();
        kernel.InsertModule(pages.Driver);
        kernel.Spawn("threads", p =>
        {
            UserVirtualAddress area = p.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Shared, p.Open(TestDriver.Node, OpenFlags.ReadWrite));
            int done = 0;
            p.CreateThread(thread =>
            {
                thread.Store(area, 1);
                done++;
            });
            p.Store(area + 4, 2);
            while (done == 0)
                p.SchedYield();
            Assert.Equal(0x2_0000_0001, p.Load<long>(area));
            Assert.Equal(1ul, p.Mm.FileRss);
        });
        kernel.Run();
        Assert.InRange(pages.Asked, 1, 2);
    }

    [Theory]
    [MemberData(nameof(Machines.Schedules), MemberType = typeof(Machines))]
    public void A_munmap_waits_until_the_fault_is_over(ulong seed, int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new ShuffledTurns(seed) });
        var pages = new SleepyPages();
        kernel.InsertModule(pages.Driver);
        kernel.Spawn("threads", p =>
        {
            UserVirtualAddress area = p.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Shared, p.Open(TestDriver.Node, OpenFlags.ReadWrite));
            bool isTouched = false;
            p.CreateThread(thread =>
            {
                try
                {
                    thread.Load<int>(area);
                }
                catch (SignalException signal) when (signal.Code == SignalCode.MAPERR)
                {
                }

                isTouched = true;
            });
            while (pages.Asked == 0 && !isTouched)
                p.SchedYield();
            p.Munmap(area, PageSize);
            Assert.False(pages.IsAsking);
            Assert.True(pages.IsClosed);
            while (!isTouched)
                p.SchedYield();
            Assert.Equal(0ul, p.Mm.FileRss);
        });
        kernel.Run();
    }

    [Fact]
    public void Maps_of_another_process_are_read_between_its_changes()
    {
        Kernel kernel = Boot();
        bool isMapping = false, mayMap = false;
        string maps = "";
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Mmap = (filp, vma) =>
            {
                isMapping = true;
                while (!mayMap)
                    Yield();
                return 0;
            },
        }));
        UserProcess mapper = kernel.Spawn("mapper", p =>
        {
            p.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, p.Open(TestDriver.Node));
            p.Pause();
        });
        kernel.Spawn("reader", p =>
        {
            while (!isMapping)
                p.SchedYield();
            byte[] text = new byte[4096];
            int fd = p.Open($"/proc/{mapper.Pid}/maps");
            maps = System.Text.Encoding.ASCII.GetString(text, 0, p.Read(fd, text));
            p.Kill(mapper.Pid, Signal.SIGKILL);
        });
        kernel.Spawn("timer", p =>
        {
            p.Nanosleep(TimeSpan.FromMilliseconds(50));
            mayMap = true;
        });
        kernel.Run();
        Assert.Contains(TestDriver.Node, maps);
    }

    [Fact]
    public void A_copy_to_user_in_a_drivers_mmap_is_a_deadlock()
    {
        Kernel kernel = Boot();
        UserVirtualAddress buffer = default;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Mmap = (filp, vma) => PutUser(1, buffer) });
        buffer = process.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        DeadlockException deadlock = Assert.Throws<DeadlockException>(() => process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, fd));
        Assert.Contains($"mmap_sem, held for writing by itself: user[{process.Pid}]", deadlock.Report);
        Assert.False(process.IsAlive);
    }

    [Fact]
    public void A_copy_to_user_in_a_drivers_mmap_works_when_the_page_is_there()
    {
        Kernel kernel = Boot();
        UserVirtualAddress buffer = default;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Mmap = (filp, vma) => PutUser(1, buffer) });
        buffer = process.Buffer([0, 0, 0, 0]);
        process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, fd);
        Assert.Equal(1, process.Load<int>(buffer));
    }

    [Fact]
    public void A_driver_takes_mmap_sem_itself_around_get_user_pages()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Ioctl = (inode, filp, command, argument) =>
            {
                var pages = new Page?[1];
                DownRead(MmapSem(Current.Mm!));
                KernelResult held = GetUserPages(new UserVirtualAddress(argument), true, false, pages);
                UpRead(MmapSem(Current.Mm!));
                PutPage(pages[0]!);
                return held;
            },
        });
        UserVirtualAddress buffer = process.Buffer([1]);
        Assert.Equal(1, process.Ioctl(fd, 1, buffer));
        process.CreateThread(_ => { });
        Assert.Equal(1, process.Ioctl(fd, 1, buffer));
        kernel.Run();
    }

    [Fact]
    public void A_fault_under_the_drivers_own_read_lock_is_a_deadlock_once_somebody_wants_to_write()
    {
        Kernel kernel = Boot();
        bool isHeld = false, mayFault = false;
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Ioctl = (inode, filp, command, argument) =>
            {
                RwSemaphore mmapSem = MmapSem(Current.Mm!);
                DownRead(mmapSem);
                try
                {
                    isHeld = true;
                    while (!mayFault)
                        Yield();
                    return PutUser(1, new UserVirtualAddress(argument));
                }
                finally
                {
                    UpRead(mmapSem);
                }
            },
        }));
        kernel.Spawn("threads", p =>
        {
            UserVirtualAddress buffer = p.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
            p.CreateThread(thread =>
            {
                while (!isHeld)
                    thread.SchedYield();
                thread.Munmap(buffer + PageSize * 8, PageSize);
            });
            p.Ioctl(p.Open(TestDriver.Node), 1, buffer);
        });
        kernel.Spawn("timer", p =>
        {
            p.Nanosleep(TimeSpan.FromMilliseconds(50));
            mayFault = true;
        });
        DeadlockException deadlock = Assert.Throws<DeadlockException>(kernel.Run);
        Assert.Contains("behind threads[", deadlock.Report);
        kernel.Run();
    }

    [Theory]
    [MemberData(nameof(Machines.Schedules), MemberType = typeof(Machines))]
    public void Threads_that_map_unmap_protect_and_fork_leave_nothing_behind(ulong seed, int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new ShuffledTurns(seed) });
        var pages = new SleepyPages();
        kernel.InsertModule(pages.Driver);
        kernel.Spawn("threads", p =>
        {
            int fd = p.Open(TestDriver.Node, OpenFlags.ReadWrite);
            p.CreateThread(Work);
            p.CreateThread(Work);
            Work(p);

            void Work(UserProcess self)
            {
                for (int round = 0; round < 3; round++)
                {
                    UserVirtualAddress area = self.Mmap(default, 2 * PageSize, Protection.Read | Protection.Write, MapFlags.Private, fd);
                    self.Store(area, round);
                    self.Mprotect(area + PageSize, PageSize, Protection.Read);
                    UserProcess child = self.Fork(_ => 0);
                    self.Load<int>(area + PageSize);
                    self.Msync(area, 2 * PageSize, MsyncFlags.Async);
                    self.Madvise(area, PageSize, MemoryAdvice.DontNeed);
                    Assert.Equal(0, self.Load<int>(area));
                    self.Munmap(area, 2 * PageSize);
                    self.Brk(self.Brk(default) + PageSize);
                }
            }
        });
        kernel.Run();
    }

    /// <summary>A driver whose nopage, open and close sleep.</summary>
    private sealed class SleepyPages
    {
        private readonly VmOperationsStruct _vmOps;

        public SleepyPages()
        {
            _vmOps = new VmOperationsStruct
            {
                Open = vma => Yield(),
                Close = vma =>
                {
                    Yield();
                    IsClosed = true;
                },
                Nopage = (VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
                {
                    Asked++;
                    IsAsking = true;
                    Yield();
                    Msleep(1);
                    IsAsking = false;
                    return AllocPage(GfpFlags.Kernel | GfpFlags.Zero) is { } page ? page : NopageResult.Oom;
                },
            };
            Driver = new TestDriver(new FileOperations
            {
                Mmap = (filp, vma) =>
                {
                    Yield();
                    vma.VmOps = _vmOps;
                    return 0;
                },
            });
        }

        public TestDriver Driver { get; }

        public int Asked { get; private set; }

        public bool IsAsking { get; private set; }

        public bool IsClosed { get; private set; }
    }
}
