using DriverKit.Hardware;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Scheduling;

/// <summary>Programs that do anything: whatever they do to one another, the machine comes to rest, nothing is an oops, and the same seed gives the same run.</summary>
public sealed class RandomProgramTests
{
    private const int Line = 5;
    private const int Operations = 30;
    private const int MaxDepth = 2;

    [Theory]
    [MemberData(nameof(ScheduleTheory.Seeds), 24, MemberType = typeof(ScheduleTheory))]
    public void Whatever_programs_do_the_machine_comes_to_rest(ulong seed)
    {
        foreach (int cpus in new[] { 1, 2, 4 })
            Assert.Equal(Run(seed, cpus), Run(seed, cpus));
    }

    private static ulong Run(ulong seed, int cpus)
    {
        SchedulingStrategy strategy = seed % 4 == 0 ? new RoundRobin() : new ShuffledTurns(seed);
        using Kernel kernel = Kernel.Boot(new() { MemorySize = 64.MiB(), Cpus = cpus }, new() { Strategy = strategy });
        kernel.InsertModule(new TestDriver(new Locks(kernel.Machine.Interrupts[Line]).Operations));
        var random = new SeededRandom(seed + 1000);
        for (int i = 0; i < 4; i++)
            kernel.Spawn($"root{i}", p => Live(p, random, 0));
        kernel.Run();
        Assert.Empty(kernel.Processes);
        Assert.False(kernel.IsTainted, kernel.Log.ToString());
        return kernel.TraceHash;
    }

    private static void Live(UserProcess p, SeededRandom random, int depth)
    {
        int fd = -1;
        for (int i = 0; i < Operations && p.IsAlive; i++)
        {
            try
            {
                if (fd < 0)
                    fd = p.Open(TestDriver.Node, OpenFlags.ReadWrite);
                Act(p, fd, random, depth);
            }
            catch (SyscallException)
            {
            }
        }
    }

    private static void Act(UserProcess p, int fd, SeededRandom random, int depth)
    {
        int what = (int)random.Next(24);
        switch (what)
        {
            case 0 when depth < MaxDepth:
                p.Fork(child =>
                {
                    Live(child, random, depth + 1);
                    return (int)random.Next(256);
                });
                break;
            case 1 when depth < MaxDepth:
                p.CreateThread(thread => Live(thread, random, depth + 1));
                break;
            case 2:
                p.Kill(Victim(p, random), AnySignal(random));
                break;
            case 3:
                p.Tgkill(p.Pid, p.Pid + (int)random.Next(3), AnySignal(random));
                break;
            case 4:
                p.Sigaction(AnySignal(random), random.Next(3) switch
                {
                    0 => SignalAction.Ignore,
                    1 => SignalAction.Default,
                    _ => SignalAction.Of(_ => random.Next(), random.Next(2) == 0 ? SignalFlags.Restart : SignalFlags.None),
                });
                break;
            case 5:
                p.Sigprocmask((SignalMaskHow)random.Next(3), 1ul << (int)random.Next(20));
                break;
            case 6:
                p.Alarm((uint)random.Next(2));
                break;
            case 7:
                p.Nanosleep(TimeSpan.FromMicroseconds(random.Next(5000)));
                break;
            case 8:
                p.Waitpid(-1, WaitOptions.NoHang);
                break;
            case 9 when random.Next(4) == 0:
                p.ExitThread(1);
                break;
            case 10 when random.Next(8) == 0:
                p.Exit(2);
                break;
            case 11:
                p.Wait();
                break;
            case 12:
                p.Brk(p.Brk() + 4096);
                break;
            case 13 when random.Next(4) == 0:
                p.Close(fd);
                break;
            case 14 when random.Next(4) == 0:
                UserProcess forked = p.Vfork();
                try
                {
                    forked.Kill(p.Pid, random.Next(2) == 0 ? Signal.SIGTERM : Signal.None);
                }
                finally
                {
                    if (forked.IsAlive)
                        forked.Exit();
                }

                break;
            default:
                p.Ioctl(fd, (uint)random.Next(10));
                break;
        }
    }

    private static int Victim(UserProcess p, SeededRandom random) => random.Next(30) == 0 ? -1 : p.Pid + (int)random.Next(7) - 3;

    private static Signal AnySignal(SeededRandom random) =>
        random.Next(10) == 0 ? Signal.SIGKILL : random.Next(3) == 0 ? Signal.SIGCHLD : (Signal)(10 + (int)random.Next(6));

    /// <summary>A driver that uses everything one can wait for.</summary>
    private sealed class Locks(InterruptLine wire)
    {
        private readonly KernelMutex _mutex = new("mutex");
        private readonly KernelSemaphore _semaphore = new(2, "semaphore");
        private readonly RwSemaphore _rwsem = new("rwsem");
        private readonly Spinlock _lock = new("lock");
        private readonly Rwlock _rwlock = new("rwlock");
        private readonly Completion _done = new("done");
        private readonly WaitQueueHead _queue = new("queue");
        private readonly TimerList _timer = new(_ => { });
        private readonly TaskletStruct _tasklet = new(_ => { });
        private readonly WorkStruct _work = new(_ => Msleep(1));
        private int _events;
        private int _opened;

        public FileOperations Operations => new()
        {
            Open = (_, _) =>
            {
                if (_opened++ != 0)
                    return 0;
                _timer.Function = _ => Add();
                _tasklet.Func = _ => Add();
                Assert.Equal(0, RequestIrq(Line, Handle, default, "random", this).Value);
                return 0;
            },
            Release = (_, _) =>
            {
                MutexLock(_mutex);
                MutexUnlock(_mutex);
                return 0;
            },
            UnlockedIoctl = (_, command, _) => Ioctl(command),
        };

        private IrqReturn Handle(int irq, object? device)
        {
            SpinLock(_lock);
            _events++;
            SpinUnlock(_lock);
            TaskletSchedule(_tasklet);
            ScheduleWork(_work);
            return IrqReturn.Handled;
        }

        private void Add()
        {
            SpinLockIrqsave(_lock, out IrqFlags flags);
            _events++;
            SpinUnlockIrqrestore(_lock, flags);
            Complete(_done);
            WakeUp(_queue);
        }

        private KernelResult Ioctl(uint command)
        {
            switch (command)
            {
                case 0:
                    if (MutexLockInterruptible(_mutex).IsError)
                        return -Errno.ERESTARTSYS;
                    Msleep(1);
                    MutexUnlock(_mutex);
                    return 0;
                case 1:
                    if (DownInterruptible(_semaphore).IsError)
                        return -Errno.ERESTARTSYS;
                    Msleep(1);
                    Up(_semaphore);
                    return 0;
                case 2:
                    DownRead(_rwsem);
                    CondResched();
                    UpRead(_rwsem);
                    return 0;
                case 3:
                    DownWrite(_rwsem);
                    Msleep(1);
                    UpWrite(_rwsem);
                    return 0;
                case 4:
                    SpinLockIrq(_lock);
                    Udelay(3);
                    SpinUnlockIrq(_lock);
                    return 0;
                case 5:
                    ReadLock(_rwlock);
                    CpuRelax();
                    ReadUnlock(_rwlock);
                    WriteLock(_rwlock);
                    CpuRelax();
                    WriteUnlock(_rwlock);
                    return 0;
                case 6:
                    ModTimer(_timer, Jiffies + 1);
                    return WaitForCompletionInterruptibleTimeout(_done, 2).IsError ? -Errno.ERESTARTSYS : 0;
                case 7:
                    int seen = _events;
                    return WaitEventInterruptibleTimeout(_queue, () => _events != seen, 2).IsError ? -Errno.ERESTARTSYS : 0;
                case 8:
                    wire.Raise();
                    TaskletDisable(_tasklet);
                    TaskletEnable(_tasklet);
                    return 0;
                default:
                    DelTimerSync(_timer);
                    FlushScheduledWork();
                    SynchronizeIrq(Line);
                    return 0;
            }
        }
    }
}
