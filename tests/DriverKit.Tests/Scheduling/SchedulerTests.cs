using DriverKit.Tests.Support;

namespace DriverKit.Tests.Scheduling;

/// <summary>Tasks take turns, sleep, wake, and end; the machine says when nothing can go on.</summary>
public sealed class SchedulerTests : KernelTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_sleeper_runs_again_when_it_is_woken(int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus });
        var queue = new WaitQueueHead();
        var log = new List<string>();
        bool flag = false;
        kernel.SpawnKernelThread("sleeper", () =>
        {
            log.Add("before");
            WaitEvent(queue, () => flag);
            log.Add("after");
        });
        kernel.SpawnKernelThread("waker", () =>
        {
            ScheduleTimeoutUninterruptible(10);
            log.Add("wake");
            flag = true;
            WakeUp(queue);
        });
        kernel.Run();
        Assert.Equal(["before", "wake", "after"], log);
        Assert.Equal(40, kernel.Uptime.TotalMilliseconds, 1.0);
    }

    [Fact]
    public void A_machine_in_which_nothing_can_run_says_who_waits_for_what()
    {
        Kernel kernel = Boot();
        var queue = new WaitQueueHead("dev->inq");
        kernel.SpawnKernelThread("sleeper", () => WaitEvent(queue, () => false));
        DeadlockException deadlock = Assert.Throws<DeadlockException>(kernel.Run);
        Assert.Contains("sleeper[2] is sleeping (uninterruptible) in wait_event(), waiting for wait queue dev->inq to be woken", deadlock.Report);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Many_tasks_that_hand_a_token_round_all_end(int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus });
        var queue = new WaitQueueHead();
        int token = 0;
        for (int i = 0; i < 10; i++)
        {
            int me = i;
            kernel.Spawn($"p{i}", process => kernel.RunKernelThread(() =>
            {
                for (int round = 0; round < 100; round++)
                {
                    WaitEvent(queue, () => token % 10 == me);
                    token++;
                    WakeUpAll(queue);
                }
            }));
        }

        kernel.Run();
        Assert.Equal(1000, token);
        Assert.Empty(kernel.Processes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_loop_that_takes_a_lock_again_and_again_does_not_keep_it_from_others(int steps)
    {
        Kernel kernel = Boot();
        var semaphore = new KernelSemaphore(1, "dev->sem");
        bool taken = false;
        kernel.SpawnKernelThread("loop", () =>
        {
            while (!taken)
            {
                Down(semaphore);
                for (int i = 0; i < steps; i++)
                    SmpProcessorId();
                Up(semaphore);
            }
        });
        kernel.SpawnKernelThread("other", () =>
        {
            ScheduleTimeoutUninterruptible(1);
            Down(semaphore);
            taken = true;
            Up(semaphore);
        });
        kernel.Run();
        Assert.InRange(kernel.Uptime.TotalSeconds, 0, 1);
    }

    [Fact]
    public void What_a_program_throws_comes_out_of_Run()
    {
        Kernel kernel = Boot();
        kernel.Spawn("p", _ => throw new FormatException("mine"));
        Assert.Equal("mine", Assert.Throws<FormatException>(kernel.Run).Message);
        Assert.Empty(kernel.Processes);
        kernel.Run();
    }

    [Fact]
    public void A_machine_is_switched_off_while_tasks_sleep()
    {
        Kernel kernel = Boot();
        bool unwound = false;
        kernel.SpawnKernelThread("sleeper", () =>
        {
            try
            {
                WaitEvent(new WaitQueueHead(), () => false);
            }
            finally
            {
                unwound = true;
            }
        });
        kernel.RunFor(TimeSpan.FromSeconds(1));
        kernel.Dispose();
        Assert.True(unwound);
    }
}
