using DriverKit.Tests.Support;

namespace DriverKit.Tests.Scheduling;

/// <summary>Signals reach processes that sleep, run and have not started; handlers run, calls are made again or fail with EINTR, children are waited for.</summary>
public sealed class SignalTests : KernelTest
{
    [Fact]
    public void A_signal_without_a_handler_ends_the_sleeper()
    {
        Kernel kernel = Boot();
        UserProcess sleeper = kernel.Spawn("sleeper", p => p.Pause());
        kernel.Spawn("killer", p =>
        {
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            p.Kill(sleeper.Pid, Signal.SIGTERM);
        });
        kernel.Run();
        Assert.False(sleeper.IsAlive);
        Assert.Equal(Signal.SIGTERM, sleeper.TermSignal);
        Assert.Null(sleeper.ExitCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_handler_interrupts_a_call_or_has_it_made_again(bool restart)
    {
        Kernel kernel = Boot();
        var driver = new WaitDriver();
        kernel.InsertModule(driver);
        var log = new List<string>();
        UserProcess reader = kernel.Spawn("reader", p =>
        {
            p.Sigaction(Signal.SIGUSR1, SignalAction.Of(info => log.Add($"{info.Signal} from {info.Pid}"), restart ? SignalFlags.Restart : SignalFlags.None));
            int fd = p.Open("/dev/wait", OpenFlags.ReadWrite);
            try
            {
                log.Add($"read {p.Read(fd, new byte[1].AsSpan())}");
            }
            catch (SyscallException error)
            {
                log.Add(error.Errno.Name);
            }
        });
        UserProcess writer = kernel.Spawn("writer", p =>
        {
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            p.Kill(reader.Pid, Signal.SIGUSR1);
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            p.Write(p.Open("/dev/wait", OpenFlags.WriteOnly), [1]);
        });
        kernel.Run();
        Assert.Equal([$"SIGUSR1 from {writer.Pid}", restart ? "read 0" : "EINTR"], log);
        kernel.RemoveModule(driver);
    }

    [Fact]
    public void SIGKILL_cannot_be_caught_blocked_or_ignored()
    {
        Kernel kernel = Boot();
        UserProcess victim = kernel.Spawn("victim", p =>
        {
            Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => p.Sigaction(Signal.SIGKILL, SignalAction.Ignore)).Errno);
            p.Sigprocmask(SignalMaskHow.SetMask, ulong.MaxValue);
            Assert.Equal(ulong.MaxValue & ~(1ul << 8), p.Sigprocmask(SignalMaskHow.Block, 0));
            p.Pause();
        });
        kernel.Spawn("killer", p =>
        {
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            p.Kill(victim.Pid, Signal.SIGTERM);
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            Assert.True(victim.IsAlive);
            p.Kill(victim.Pid, Signal.SIGKILL);
        });
        kernel.Run();
        Assert.Equal(Signal.SIGKILL, victim.TermSignal);
    }

    [Fact]
    public void A_parent_learns_how_its_children_end()
    {
        Kernel kernel = Boot();
        kernel.Spawn("parent", p =>
        {
            Assert.Equal(Errno.ECHILD, Assert.Throws<SyscallException>(() => p.Wait()).Errno);
            int signals = 0;
            p.Sigaction(Signal.SIGCHLD, SignalAction.Of(_ => signals++, SignalFlags.Restart));
            UserProcess seven = p.Fork(child =>
            {
                child.Nanosleep(TimeSpan.FromMilliseconds(3));
                return 7;
            });
            UserProcess killed = p.Fork(child =>
            {
                child.Pause();
                return 0;
            });
            Assert.Equal((0, default), p.Waitpid(-1, WaitOptions.NoHang));
            p.Kill(killed.Pid, Signal.SIGINT);
            Assert.Equal((killed.Pid, new WaitStatus(0, Signal.SIGINT)), p.Waitpid(killed.Pid));
            Assert.Equal((seven.Pid, new WaitStatus(7, Signal.None)), p.Wait());
            Assert.Equal(2, signals);
            Assert.Equal(Errno.ECHILD, Assert.Throws<SyscallException>(() => p.Wait()).Errno);
        });
        kernel.Run();
    }

    [Fact]
    public void Blocked_signals_wait_and_real_time_signals_queue()
    {
        Kernel kernel = Boot();
        UserProcess p = kernel.CreateProcess("p");
        var got = new List<(Signal, ulong)>();
        foreach (Signal signal in new[] { Signal.SIGUSR1, Signal.SIGRTMIN })
            p.Sigaction(signal, SignalAction.Of(info => got.Add((info.Signal, info.Value))));
        p.Sigprocmask(SignalMaskHow.Block, ulong.MaxValue);
        for (int i = 0; i < 3; i++)
        {
            p.Kill(p.Pid, Signal.SIGRTMIN);
            p.Kill(p.Pid, Signal.SIGUSR1);
        }

        Assert.Equal((1ul << 9) | (1ul << 31), p.Sigpending());
        Assert.Empty(got);
        p.Sigprocmask(SignalMaskHow.SetMask, 0);
        Assert.Equal([Signal.SIGUSR1, Signal.SIGRTMIN, Signal.SIGRTMIN, Signal.SIGRTMIN], got.Select(each => each.Item1));
    }

    [Fact]
    public void A_process_that_nothing_runs_dies_at_once()
    {
        Kernel kernel = Boot();
        UserProcess killer = kernel.CreateProcess("killer"), victim = kernel.CreateProcess("victim");
        killer.Kill(victim.Pid, Signal.None);
        killer.Kill(victim.Pid, Signal.SIGCHLD);
        Assert.True(victim.IsAlive);
        killer.Kill(victim.Pid, Signal.SIGHUP);
        Assert.False(victim.IsAlive);
        Assert.Equal(Errno.ESRCH, Assert.Throws<SyscallException>(() => killer.Kill(victim.Pid, Signal.SIGHUP)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => killer.Kill(killer.Pid, (Signal)65)).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => killer.Kill(killer.Pid, (Signal)(-1))).Errno);
        Assert.Equal(Signal.SIGUSR2, Assert.Throws<SignalException>(() => killer.Kill(killer.Pid, Signal.SIGUSR2)).Signal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Threads_share_memory_and_die_together(int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus });
        UserProcess main = kernel.Spawn("main", p =>
        {
            UserVirtualAddress shared = p.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
            UserProcess adder = p.CreateThread(self =>
            {
                Assert.Equal(p.Pid, self.Pid);
                Assert.NotEqual(p.Tid, self.Tid);
                self.Store(shared, 42);
            });
            while (adder.IsAlive)
                p.SchedYield();
            Assert.Equal(42, p.Load<int>(shared));
            p.CreateThread(self => self.Pause());
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            p.Exit(3);
        });
        kernel.Run();
        Assert.Equal(3, main.ExitCode);
        Assert.Empty(kernel.Processes);
    }

    [Fact]
    public void Alarm_goes_off_in_virtual_time()
    {
        Kernel kernel = Boot();
        UserProcess p = kernel.CreateProcess("p");
        int alarms = 0;
        p.Sigaction(Signal.SIGALRM, SignalAction.Of(_ => alarms++));
        Assert.Equal(0u, p.Alarm(100));
        Assert.Equal(100u, p.Alarm(50));
        Assert.Equal(Errno.EINTR, Assert.Throws<SyscallException>(p.Pause).Errno);
        Assert.Equal(1, alarms);
        Assert.Equal(50, kernel.Uptime.TotalSeconds, 0.1);
        p.Alarm(1);
        Assert.Equal(Errno.EINTR, Assert.Throws<SyscallException>(() => p.Nanosleep(TimeSpan.FromSeconds(10))).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => p.Nanosleep(TimeSpan.FromSeconds(-1))).Errno);
    }

    [Fact]
    public void A_handler_of_a_bad_access_may_mend_it()
    {
        Kernel kernel = Boot();
        UserProcess p = kernel.CreateProcess("p");
        UserVirtualAddress page = p.Mmap(default, 4096, Protection.Read, MapFlags.Private | MapFlags.Anonymous);
        p.Sigaction(Signal.SIGSEGV, SignalAction.Of(info =>
        {
            Assert.Equal((SignalCode.ACCERR, page.Value + 8), (info.Code, info.Value));
            p.Mprotect(page, 4096, Protection.Read | Protection.Write);
        }));
        p.Store(page + 8, 5);
        Assert.Equal(5, p.Load<int>(page + 8));
    }

    [Fact]
    public void A_bad_access_that_a_program_does_not_catch_kills_it_and_comes_out_of_Run()
    {
        Kernel kernel = Boot();
        UserProcess p = kernel.Spawn("p", p => p.Load<int>(default));
        Assert.Equal(Signal.SIGSEGV, Assert.Throws<SignalException>(kernel.Run).Signal);
        Assert.Equal(Signal.SIGSEGV, p.TermSignal);
    }

    [Fact]
    public void A_process_in_the_middle_of_a_call_cannot_be_driven_from_outside()
    {
        Kernel kernel = Boot();
        UserProcess p = kernel.Spawn("p", p => p.Nanosleep(TimeSpan.FromSeconds(5)));
        kernel.RunFor(TimeSpan.FromSeconds(1));
        Assert.Contains("in the middle of nanosleep()", Assert.Throws<InvalidOperationException>(() => p.Brk()).Message);
        kernel.Run();
        Assert.Equal(0, p.ExitCode);
    }

    /// <summary>/dev/wait: read sleeps until a write has come.</summary>
    private sealed class WaitDriver : KernelModule
    {
        private readonly WaitQueueHead _queue = new();
        private MiscDevice? _device;
        private bool _written;

        public override KernelResult Init()
        {
            _device = new MiscDevice
            {
                Name = "wait",
                Minor = MiscDynamicMinor,
                Fops = new FileOperations
                {
                    Owner = this,
                    Read = (OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => WaitEventInterruptible(_queue, () => _written),
                    Write = (OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
                    {
                        _written = true;
                        WakeUpInterruptible(_queue);
                        return count;
                    },
                },
            };
            return MiscRegister(_device);
        }

        public override void Exit() => MiscDeregister(_device!);
    }
}
