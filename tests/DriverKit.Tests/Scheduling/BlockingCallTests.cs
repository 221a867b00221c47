using DriverKit.Tests.Support;

namespace DriverKit.Tests.Scheduling;

/// <summary>A signal during each call that sleeps: EINTR, or the call is made again, as signal(7) says; an ignored signal changes nothing; SIGKILL ends it.</summary>
public sealed class BlockingCallTests : KernelTest
{
    private const byte Full = 4;

    /// <summary>Calls that sleep for ever here, and whether SA_RESTART has them made again.</summary>
    private static readonly Dictionary<string, (Action<UserProcess> Call, bool Restarts)> Calls = new()
    {
        ["read of a pipe"] = (p => p.Read(p.Pipe().Read, new byte[1].AsSpan()), true),
        ["write to a full pipe"] = (
            p =>
            {
                int pipe = p.Pipe().Write;
                p.Write(pipe, new byte[1 << 16]);
                p.Write(pipe, new byte[1]);
            }, true),
        ["splice from an empty pipe"] = (p => p.Splice(p.Pipe().Read, p.Pipe().Write, 10), true),
        ["tee of an empty pipe"] = (p => p.Tee(p.Pipe().Read, p.Pipe().Write, 10), true),
        ["wait"] = (
            p =>
            {
                p.Fork();
                p.Wait();
            }, true),
        ["poll"] = (p => p.Poll(p.Pipe().Read, PollEvents.In), false),
        ["select"] = (p => p.Select(new HashSet<int> { p.Pipe().Read }, null, null, null), false),
        ["epoll_wait"] = (
            p =>
            {
                int epoll = p.EpollCreate();
                p.EpollCtl(epoll, EpollOperation.Add, p.Pipe().Read, PollEvents.In);
                p.EpollWait(epoll, new EpollEvent[1]);
            }, false),
        ["pause"] = (p => p.Pause(), false),
        ["nanosleep"] = (p => p.Nanosleep(TimeSpan.FromDays(1)), false),
        ["wait_event_interruptible"] = (p => Driver(p, 0), true),
        ["down_interruptible"] = (p => Driver(p, 1), true),
        ["mutex_lock_interruptible"] = (p => Driver(p, 2), true),
        ["wait_for_completion_interruptible"] = (p => Driver(p, 3), true),
        ["prepare_to_wait and schedule"] = (p => Driver(p, Full), true),
    };

    public static TheoryData<string> Names => [.. Calls.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_handler_without_SA_RESTART_ends_it_with_EINTR(string name)
    {
        (Kernel kernel, _, List<string> log) = Start(name, SignalAction.Of(_ => { }), Signal.SIGUSR1);
        kernel.Run();
        Assert.Equal("EINTR", Assert.Single(log));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_handler_with_SA_RESTART_has_it_made_again_where_signal_7_says_so(string name)
    {
        int handled = 0;
        (Kernel kernel, UserProcess caller, List<string> log) = Start(name, SignalAction.Of(_ => handled++, SignalFlags.Restart), Signal.SIGUSR1);
        kernel.Run();
        Assert.Equal(1, handled);
        Assert.Equal(Calls[name].Restarts ? [] : ["EINTR"], log);
        Assert.Equal(Calls[name].Restarts ? Signal.SIGKILL : Signal.None, caller.TermSignal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_ignored_signal_changes_nothing_and_SIGKILL_ends_it(string name)
    {
        (Kernel kernel, UserProcess caller, List<string> log) = Start(name, SignalAction.Ignore, Signal.SIGUSR1);
        kernel.Run();
        Assert.Empty(log);
        Assert.Equal(Signal.SIGKILL, caller.TermSignal);
    }

    [Fact]
    public void A_sleep_that_signals_do_not_end_is_ended_by_none()
    {
        Kernel kernel = Boot();
        var gate = new WaitQueueHead("gate");
        bool open = false;
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Read = (OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
            {
                WaitEvent(gate, () => open);
                return 0;
            },
        }));
        bool returned = false;
        UserProcess caller = kernel.Spawn("caller", p =>
        {
            p.Read(p.Open(TestDriver.Node), new byte[1].AsSpan());
            returned = true;
        });
        kernel.Spawn("killer", p => p.Kill(caller.Pid, Signal.SIGKILL));
        kernel.RunFor(TimeSpan.FromSeconds(1));
        Assert.True(caller.IsAlive);
        open = true;
        kernel.RunKernelThread(() => WakeUp(gate));
        kernel.Run();
        Assert.Equal(Signal.SIGKILL, caller.TermSignal);
        Assert.False(returned);
    }

    /// <summary>A process in the call; after a millisecond it gets the signal, and a millisecond later SIGKILL.</summary>
    private (Kernel Kernel, UserProcess Caller, List<string> Log) Start(string name, SignalAction action, Signal signal)
    {
        Kernel kernel = Boot();
        kernel.InsertModule(NewDriver());
        var log = new List<string>();
        UserProcess caller = kernel.Spawn("caller", p =>
        {
            p.Sigaction(signal, action);
            try
            {
                Calls[name].Call(p);
                log.Add("returned");
            }
            catch (SyscallException error)
            {
                log.Add(error.Errno.Name);
            }
        });
        kernel.Spawn("killer", p =>
        {
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            p.Kill(caller.Pid, signal);
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            if (caller.IsAlive)
                p.Kill(caller.Pid, Signal.SIGKILL);
        });
        return (kernel, caller, log);
    }

    private static void Driver(UserProcess process, uint how) => process.Ioctl(process.Open(TestDriver.Node), how);

    private static TestDriver NewDriver()
    {
        var queue = new WaitQueueHead("queue");
        var semaphore = new KernelSemaphore(0, "semaphore");
        var mutex = new KernelMutex("mutex");
        var completion = new Completion("completion");
        return new TestDriver(new FileOperations { UnlockedIoctl = Ioctl });

        KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
        {
            switch (command)
            {
                case 0:
                    return WaitEventInterruptible(queue, () => false);
                case 1:
                    return DownInterruptible(semaphore).IsError ? -ERESTARTSYS : 0;
                case 2:
                    TaskStruct holder = KthreadRun(
                        _ =>
                        {
                            MutexLock(mutex);
                            ScheduleTimeoutUninterruptible(1000);
                            MutexUnlock(mutex);
                            return 0;
                        },
                        null,
                        "holder")!;
                    ScheduleTimeoutUninterruptible(0);
                    Yield();
                    KernelResult locked = MutexLockInterruptible(mutex);
                    return locked.IsError ? -ERESTARTSYS : 0;
                case 3:
                    return WaitForCompletionInterruptible(completion);
                default:
                    WaitQueueEntry wait = DefineWait();
                    PrepareToWait(queue, wait, TaskInterruptible);
                    if (!SignalPending(Current))
                        Schedule();
                    FinishWait(queue, wait);
                    return SignalPending(Current) ? -ERESTARTSYS : 0;
            }
        }
    }
}
