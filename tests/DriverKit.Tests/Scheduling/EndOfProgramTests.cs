using DriverKit.Tests.Support;

namespace DriverKit.Tests.Scheduling;

/// <summary>However a program ends, the host hears of it as an exception and goes on.</summary>
public sealed class EndOfProgramTests : KernelTest
{
    [Fact]
    public void A_program_that_ends_while_its_process_waits_in_vfork_tells_the_host()
    {
        Kernel kernel = Boot();
        UserProcess child = null!;
        UserProcess parent = kernel.Spawn("parent", p => { child = p.Vfork(); });
        Assert.Throws<InvalidOperationException>(kernel.Run);
        Assert.False(parent.IsAlive);
        child.Exit();
    }

    [Fact]
    public void A_bug_in_the_drivers_release_when_a_program_has_thrown_is_an_oops_and_both_are_told()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new TestDriver(new FileOperations { Release = (_, _) => throw new NullReferenceException() }));
        UserProcess process = kernel.Spawn("user", p =>
        {
            p.Open(TestDriver.Node, OpenFlags.ReadWrite);
            throw new InvalidOperationException("of the program");
        });
        Assert.Equal("of the program", Assert.Throws<InvalidOperationException>(kernel.Run).Message);
        Assert.False(process.IsAlive);
        Assert.Contains("NULL pointer dereference", kernel.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_without_a_program_dies_of_its_alarm_in_process_context()
    {
        Kernel kernel = Boot();
        bool released = false;
        var mutex = new KernelMutex("of the device");
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Release = (_, _) =>
            {
                MutexLock(mutex);
                released = true;
                MutexUnlock(mutex);
                return 0;
            },
        }));
        UserProcess process = kernel.CreateProcess("user");
        process.Open(TestDriver.Node, OpenFlags.ReadWrite);
        process.Alarm(1);
        kernel.RunFor(TimeSpan.FromSeconds(2));
        Assert.Equal(Signal.SIGALRM, process.TermSignal);
        Assert.False(kernel.IsTainted, kernel.Log.ToString());
        Assert.True(released);
    }

    [Fact]
    public void A_process_without_a_program_is_dead_when_the_call_that_kills_it_under_a_lock_returns()
    {
        Kernel kernel = Boot();
        var mutex = new KernelMutex("of the device");
        UserProcess victim = kernel.CreateProcess("victim");
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Ioctl = (_, _, _, _) =>
            {
                MutexLock(mutex);
                kernel.Signals.SendToProcess(victim.Task, new SignalInfo(Signal.SIGIO, SignalCode.Kernel));
                MutexUnlock(mutex);
                return 0;
            },
            Release = (_, _) =>
            {
                MutexLock(mutex);
                MutexUnlock(mutex);
                return 0;
            },
        }));
        victim.Open(TestDriver.Node, OpenFlags.ReadWrite);
        UserProcess other = kernel.CreateProcess("other");
        other.Ioctl(other.Open(TestDriver.Node, OpenFlags.ReadWrite), 0);
        Assert.Equal(Signal.SIGIO, victim.TermSignal);
        Assert.False(kernel.IsTainted, kernel.Log.ToString());
    }

    [Fact]
    public void The_death_of_a_process_in_an_interrupt_wakes_the_host_that_sleeps_in_a_call()
    {
        Kernel kernel = Boot();
        UserProcess reader = kernel.CreateProcess("reader");
        (int read, int write) = reader.Pipe();
        UserProcess writer = reader.Fork();
        reader.Close(write);
        writer.Alarm(1);
        Assert.Equal(0, reader.Read(read, new byte[1].AsSpan()));
        Assert.Equal(Signal.SIGALRM, writer.TermSignal);
    }

    [Fact]
    public void A_device_model_with_a_bug_is_told_to_the_host_that_sleeps_in_a_call_and_the_machine_goes_on()
    {
        Kernel kernel = Kernel.Boot(new() { MemorySize = 16.MiB() });
        UserProcess sleeper = kernel.CreateProcess("sleeper"), other = kernel.CreateProcess("other");
        int rounds = 0;
        kernel.Spawn("program", p =>
        {
            for (; rounds < 10; rounds++)
                p.Nanosleep(TimeSpan.FromMilliseconds(10));
        });
        kernel.Machine.After(TimeSpan.FromMilliseconds(35), () => throw new NotSupportedException("of the device"));
        Exception bug = Assert.ThrowsAny<Exception>(() => sleeper.Nanosleep(TimeSpan.FromSeconds(1)));
        Assert.Contains("of the device", bug.ToString(), StringComparison.Ordinal);
        other.SchedYield();
        kernel.Run();
        Assert.Equal(10, rounds);
        kernel.Dispose();
    }

    [Fact]
    public void A_process_whose_program_has_not_started_is_not_to_be_used_directly()
    {
        Kernel kernel = Boot();
        bool ran = false;
        UserProcess process = kernel.Spawn("program", _ => ran = true);
        Assert.Throws<InvalidOperationException>(() => process.SchedYield());
        Assert.Throws<InvalidOperationException>(() => process.Exit());
        kernel.Run();
        Assert.True(ran);
    }

    [Fact]
    public void Nothing_runs_after_a_panic()
    {
        Kernel kernel = Boot();
        int steps = 0;
        kernel.Spawn("other", p =>
        {
            p.Nanosleep(TimeSpan.FromSeconds(2));
            steps++;
        });
        kernel.RunKernelThread(() =>
        {
            var timer = new TimerList(_ => throw new NullReferenceException(), Jiffies + 1);
            AddTimer(timer);
        });
        Assert.Throws<KernelOopsException>(kernel.Run);
        Assert.Throws<InvalidOperationException>(kernel.Run);
        Assert.Throws<InvalidOperationException>(() => kernel.RunFor(TimeSpan.FromSeconds(5)));
        Assert.Equal(0, steps);
    }

    [Fact]
    public void A_program_that_catches_everything_makes_no_calls_on_a_machine_that_is_off()
    {
        int calls = 0;
        bool isOff = false;
        using (Kernel kernel = Kernel.Boot(new() { MemorySize = 16.MiB() }))
        {
            kernel.InsertModule(new TestDriver(new FileOperations
            {
                Ioctl = (_, _, _, _) => isOff ? ++calls : 0,
            }));
            kernel.Spawn("stubborn", p =>
            {
                int fd = p.Open(TestDriver.Node, OpenFlags.ReadWrite);
                try
                {
                    p.Pause();
                }
                finally
                {
                    p.Ioctl(fd, 0);
                }
            });
            kernel.RunFor(TimeSpan.FromSeconds(1));
            isOff = true;
        }

        Assert.Equal(0, calls);
    }

    [Fact]
    public void The_longest_sleep_is_long()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.Spawn("sleeper", p => p.Nanosleep(TimeSpan.MaxValue));
        kernel.RunFor(TimeSpan.FromDays(1));
        Assert.True(process.IsAlive);
        kernel.CreateProcess("killer").Kill(process.Pid, Signal.SIGKILL);
        kernel.Run();
    }

    [Fact]
    public void A_strategy_that_throws_is_told_to_the_host()
    {
        Kernel kernel = Kernel.Boot(new() { MemorySize = 16.MiB(), Cpus = 2 }, new() { Strategy = new Failing() });
        for (int i = 0; i < 3; i++)
        {
            kernel.Spawn($"p{i}", p =>
            {
                for (int n = 0; n < 10; n++)
                    p.SchedYield();
            });
        }

        Assert.Throws<NotSupportedException>(kernel.Run);
        kernel.Dispose();
    }

    private sealed class Failing : SchedulingStrategy
    {
        private int _left = 12;

        public override int Choose(in SchedulingPoint point) => _left-- > 0 ? point.Choices.Length - 1 : throw new NotSupportedException();
    }
}
