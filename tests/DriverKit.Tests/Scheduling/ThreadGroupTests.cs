using DriverKit.Tests.Support;

namespace DriverKit.Tests.Scheduling;

/// <summary>Threads of one process end together, and the parent hears of them once, with the right status.</summary>
public sealed class ThreadGroupTests : KernelTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Exit_of_any_thread_gives_the_process_its_status(bool byLeader)
    {
        Kernel kernel = Boot();
        WaitStatus status = default;
        kernel.Spawn("parent", p =>
        {
            p.Fork(child =>
            {
                if (byLeader)
                {
                    child.CreateThread(thread => thread.Pause());
                    child.Nanosleep(TimeSpan.FromMilliseconds(1));
                    return 5;
                }

                child.CreateThread(thread => thread.Exit(5));
                child.Pause();
                return 0;
            });
            status = p.Wait().Status;
        });
        kernel.Run();
        Assert.Equal(new WaitStatus(5, Signal.None), status);
    }

    [Fact]
    public void A_signal_that_kills_a_process_is_what_its_parent_hears()
    {
        Kernel kernel = Boot();
        WaitStatus status = default;
        kernel.Spawn("parent", p =>
        {
            UserProcess child = p.Fork(child =>
            {
                child.CreateThread(thread => thread.Pause());
                child.Pause();
                return 0;
            });
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            p.Kill(child.Pid, Signal.SIGTERM);
            status = p.Wait().Status;
        });
        kernel.Run();
        Assert.Equal(new WaitStatus(0, Signal.SIGTERM), status);
    }

    [Fact]
    public void A_process_lives_on_when_its_first_thread_has_ended()
    {
        Kernel kernel = Boot();
        var log = new List<string>();
        kernel.Spawn("parent", p =>
        {
            UserProcess child = p.Fork(leader =>
            {
                leader.Fork(_ => 7);
                leader.CreateThread(thread =>
                {
                    thread.Sigaction(Signal.SIGUSR1, SignalAction.Of(info => log.Add($"{info.Signal}")));
                    thread.Nanosleep(TimeSpan.FromMilliseconds(1));
                    log.Add($"grandchild {thread.Wait().Status}");
                    Assert.Equal(Errno.EINTR, Assert.Throws<SyscallException>(thread.Pause).Errno);
                    thread.ExitThread(4);
                });
                leader.ExitThread(3);
                return 0;
            });
            p.Nanosleep(TimeSpan.FromMilliseconds(5));
            Assert.Equal(0, p.Waitpid(child.Pid, WaitOptions.NoHang).Pid);
            p.Kill(child.Pid, Signal.SIGUSR1);
            log.Add($"child {p.Waitpid(child.Pid).Status}");
        });
        kernel.Run();
        Assert.Equal(["grandchild exited with 7", "SIGUSR1", "child exited with 3"], log);
    }

    [Fact]
    public void A_signal_goes_to_a_thread_that_can_take_it()
    {
        Kernel kernel = Boot();
        int taker = 0;
        UserProcess process = kernel.Spawn("process", p =>
        {
            p.Sigaction(Signal.SIGUSR1, SignalAction.Of(_ => taker = 1));
            p.Sigaction(Signal.SIGUSR2, SignalAction.Of(_ => p.Nanosleep(TimeSpan.FromMilliseconds(10))));
            p.CreateThread(thread =>
            {
                thread.Sigaction(Signal.SIGUSR1, SignalAction.Of(_ => taker = thread.Tid));
                Assert.Equal(Errno.EINTR, Assert.Throws<SyscallException>(thread.Pause).Errno);
            });
            p.Sigprocmask(SignalMaskHow.Block, 1ul << ((int)Signal.SIGUSR1 - 1));
            Assert.Equal(Errno.EINTR, Assert.Throws<SyscallException>(p.Pause).Errno);
        });
        kernel.Spawn("killer", p =>
        {
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            p.Tgkill(process.Pid, process.Pid, Signal.SIGUSR2);
            p.Kill(process.Pid, Signal.SIGUSR1);
        });
        kernel.Run();
        Assert.NotEqual(0, taker);
    }

    [Fact]
    public void The_threads_of_a_process_share_its_alarm()
    {
        Kernel kernel = Boot();
        uint left = 0;
        bool rang = false;
        kernel.Spawn("process", p =>
        {
            p.Sigaction(Signal.SIGALRM, SignalAction.Of(_ => rang = true));
            p.CreateThread(thread => thread.Alarm(10));
            p.Nanosleep(TimeSpan.FromMilliseconds(1));
            left = p.Alarm(1);
            Assert.Equal(Errno.EINTR, Assert.Throws<SyscallException>(p.Pause).Errno);
        });
        kernel.Run();
        Assert.Equal(10u, left);
        Assert.True(rang);
        Assert.True(kernel.Uptime < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_process_that_has_handlers_in_common_with_another_keeps_them_when_that_executes_a_program()
    {
        Kernel kernel = Boot();
        kernel.InstallProgram("/bin/true", new ElfProgram());
        UserProcess parent = kernel.CreateProcess("parent");
        SignalAction action = SignalAction.Of(_ => { });
        parent.Sigaction(Signal.SIGUSR1, action);
        UserProcess child = parent.Clone(CloneFlags.Vm | CloneFlags.Sighand);
        child.Execve("/bin/true", ["true"]);
        Assert.Same(action, parent.Sigaction(Signal.SIGUSR1, action));
        Assert.Same(SignalAction.Default, child.Sigaction(Signal.SIGUSR1, action));
    }
}
