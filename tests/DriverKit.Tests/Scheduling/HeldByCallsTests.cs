using DriverKit.Tests.Support;

namespace DriverKit.Tests.Scheduling;

/// <summary>A call that sleeps holds what it works on: other tasks cannot pull its file, its descriptor, its module or its position away.</summary>
public sealed class HeldByCallsTests : KernelTest
{
    private const ulong PageSize = 4096;

    [Theory]
    [MemberData(nameof(Machines.Schedules), MemberType = typeof(Machines))]
    public void A_close_by_another_thread_does_not_release_the_file_under_a_read(ulong seed, int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new ShuffledTurns(seed) });
        bool isReading = false, isClosed = false, isReleased = false, wasReleasedInRead = false;
        var queue = new WaitQueueHead();
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Read = (OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
            {
                isReading = true;
                WaitEvent(queue, () => isClosed);
                Yield();
                wasReleasedInRead = isReleased;
                return 1;
            },
            Ioctl = (inode, filp, command, argument) =>
            {
                isClosed = true;
                WakeUp(queue);
                return 0;
            },
            Release = (inode, filp) =>
            {
                isReleased |= filp.PrivateData is null;
                return 0;
            },
        }));
        kernel.Spawn("reader", p =>
        {
            int fd = p.Open(TestDriver.Node, OpenFlags.ReadWrite), other = p.Open(TestDriver.Node, OpenFlags.ReadWrite);
            p.CreateThread(thread =>
            {
                while (!isReading)
                    thread.SchedYield();
                thread.Dup2(other, fd);
                thread.Ioctl(other, 1);
            });
            Assert.Equal(1, p.Read(fd, p.Buffer(new byte[8]), 8));
            Assert.False(wasReleasedInRead);
            Assert.True(isReleased);
        });
        kernel.Run();
    }

    [Theory]
    [MemberData(nameof(Machines.Schedules), MemberType = typeof(Machines))]
    public void Readers_of_one_opening_share_its_bytes(ulong seed, int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new ShuffledTurns(seed) });
        kernel.InsertModule(SlowPages());
        kernel.WriteFile("/tmp/letters", "abcd");
        var letters = new List<char>();
        kernel.Spawn("reader", p =>
        {
            int file = p.Open("/tmp/letters"), device = p.Open(TestDriver.Node, OpenFlags.ReadWrite);
            UserVirtualAddress area = p.Mmap(default, 4 * PageSize, Protection.Read | Protection.Write, MapFlags.Shared, device);
            bool isDone = false;
            p.CreateThread(thread =>
            {
                Take(thread, area);
                isDone = true;
            });
            Take(p, area + 2 * PageSize);
            while (!isDone)
                p.SchedYield();

            void Take(UserProcess self, UserVirtualAddress buffer)
            {
                for (ulong i = 0; i < 2; i++)
                {
                    Assert.Equal(1, self.Read(file, buffer + i * PageSize, 1));
                    letters.Add((char)self.Load<byte>(buffer + i * PageSize));
                }
            }
        });
        kernel.Run();
        Assert.Equal("abcd", string.Concat(letters.Order()));
    }

    [Theory]
    [MemberData(nameof(Machines.Schedules), MemberType = typeof(Machines))]
    public void Readers_of_a_sequence_file_share_its_records(ulong seed, int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new ShuffledTurns(seed) });
        var walk = new SeqOperations
        {
            Start = (SeqFile m, ref long position) => position < 4 ? (object)(char)('a' + position) : null,
            Next = (SeqFile m, object v, ref long position) => ++position < 4 ? (object)(char)('a' + position) : null,
            Show = (m, v) =>
            {
                Yield();
                SeqPutc(m, (char)v);
                Yield();
                return 0;
            },
            Stop = (m, v) => { },
        };
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Open = (inode, filp) => SeqOpen(filp, walk),
            Read = SeqRead,
            Llseek = SeqLseek,
            Release = SeqRelease,
        }));
        var letters = new List<char>();
        kernel.Spawn("reader", p =>
        {
            int fd = p.Open(TestDriver.Node);
            bool isDone = false;
            p.CreateThread(thread =>
            {
                Take(thread);
                isDone = true;
            });
            Take(p);
            while (!isDone)
                p.SchedYield();

            void Take(UserProcess self)
            {
                byte[] letter = new byte[1];
                while (self.Read(fd, letter) == 1)
                    letters.Add((char)letter[0]);
            }
        });
        kernel.Run();
        Assert.Equal("abcd", string.Concat(letters.Order()));
    }

    [Fact]
    public void A_descriptor_is_taken_while_its_file_is_being_opened()
    {
        Kernel kernel = Boot();
        bool mayOpen = false;
        var queue = new WaitQueueHead();
        var opened = new List<int>();
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Open = (inode, filp) =>
            {
                WaitEvent(queue, () => mayOpen);
                return 0;
            },
        }));
        kernel.Spawn("opener", p =>
        {
            p.CreateThread(thread =>
            {
                opened.Add(thread.Open("/dev/null"));
                Expect.Errno(Errno.EBUSY, () => thread.Dup2(opened[0], 0));
                Expect.Errno(Errno.EBADF, () => thread.Close(0));
                mayOpen = true;
                kernel.RunKernelThread(() => WakeUp(queue));
            });
            Assert.Equal(0, p.Open(TestDriver.Node));
        });
        kernel.Run();
        Assert.Equal([1], opened);
    }

    [Fact]
    public void A_failed_open_gives_its_descriptor_back()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Open = (inode, filp) => (filp.FFlags & OpenFlags.NonBlock) != 0 ? -EPERM : 0 });
        Expect.Errno(Errno.EPERM, () => process.Open(TestDriver.Node, OpenFlags.NonBlock));
        Assert.Equal(fd + 1, process.Open(TestDriver.Node));
    }

    [Fact]
    public void A_module_whose_exit_runs_cannot_be_opened_loaded_or_unloaded()
    {
        Kernel kernel = Boot();
        var module = new SlowExit();
        kernel.InsertModule(module);
        kernel.Spawn("rmmod", _ => kernel.RemoveModule(module));
        kernel.Spawn("opener", p =>
        {
            while (!module.IsExiting)
                p.SchedYield();
            Expect.Errno(Errno.ENODEV, () => p.Open("/dev/slow"));
            Expect.Errno(Errno.EBUSY, () => kernel.RemoveModule(module));
            Expect.Errno(Errno.EEXIST, () => kernel.InsertModule(new SlowExit()));
            module.MayEnd = true;
        });
        kernel.Run();
        Assert.DoesNotContain(module, kernel.Modules);
    }

    [Fact]
    public void A_blocked_open_keeps_its_module()
    {
        Kernel kernel = Boot();
        bool isOpening = false, mayOpen = false;
        var queue = new WaitQueueHead();
        var driver = new TestDriver(new FileOperations
        {
            Open = (inode, filp) =>
            {
                isOpening = true;
                return WaitEventInterruptible(queue, () => mayOpen);
            },
        });
        kernel.InsertModule(driver);
        UserProcess opener = kernel.Spawn("opener", p => p.Open(TestDriver.Node));
        kernel.Spawn("rmmod", p =>
        {
            while (!isOpening)
                p.SchedYield();
            Expect.Errno(Errno.EAGAIN, () => kernel.RemoveModule(driver));
            p.Kill(opener.Pid, Signal.SIGKILL);
        });
        kernel.Run();
        kernel.RemoveModule(driver);
        Assert.Equal(0, driver.RefCount);
    }

    [Theory]
    [MemberData(nameof(Machines.Schedules), MemberType = typeof(Machines))]
    public void A_parent_waits_for_a_child_whose_exit_sleeps(ulong seed, int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new ShuffledTurns(seed) });
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Release = (inode, filp) =>
            {
                Msleep(10);
                return 0;
            },
        }));
        kernel.Spawn("parent", p =>
        {
            int signals = 0;
            p.Sigaction(Signal.SIGCHLD, SignalAction.Of(_ => signals++, SignalFlags.Restart));
            UserProcess child = p.Fork(self =>
            {
                self.Open(TestDriver.Node);
                self.CreateThread(thread => thread.Open(TestDriver.Node));
                return 7;
            });
            (int pid, WaitStatus status) = p.Wait();
            Assert.Equal((child.Pid, 7), (pid, status.ExitCode));
            Expect.Errno(Errno.ECHILD, () => p.Wait());
            Assert.Equal(1, signals);
        });
        kernel.Run();
    }

    [Fact]
    public void No_driver_is_called_when_the_machine_is_switched_off_in_the_middle_of_an_exit()
    {
        Kernel kernel = Boot();
        var calls = new List<string>();
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Release = (inode, filp) =>
            {
                calls.Add("release");
                WaitEvent(new WaitQueueHead(), () => false);
                return 0;
            },
            Flush = filp =>
            {
                calls.Add("flush");
                return 0;
            },
        }));
        kernel.Spawn("user", p =>
        {
            p.Open(TestDriver.Node);
            p.Open(TestDriver.Node);
        });
        Assert.Throws<DeadlockException>(kernel.Run);
        kernel.Dispose();
        Assert.Equal(["flush", "release"], calls);
    }

    /// <summary>A driver whose nopage sleeps before it gives a fresh page.</summary>
    private static TestDriver SlowPages()
    {
        var vmOps = new VmOperationsStruct
        {
            Nopage = (VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) =>
            {
                Yield();
                return AllocPage(GfpFlags.Kernel | GfpFlags.Zero) is { } page ? page : NopageResult.Oom;
            },
        };
        return new TestDriver(new FileOperations
        {
            Mmap = (filp, vma) =>
            {
                vma.VmOps = vmOps;
                return 0;
            },
        });
    }

    private sealed class SlowExit : KernelModule
    {
        private MiscDevice? _device;

        public bool IsExiting { get; private set; }

        public bool MayEnd { get; set; }

        public override KernelResult Init()
        {
            _device = new() { Name = "slow", Fops = new FileOperations { Owner = this } };
            return MiscRegister(_device);
        }

        public override void Exit()
        {
            IsExiting = true;
            while (!MayEnd)
                Yield();
            MiscDeregister(_device!);
        }
    }
}
