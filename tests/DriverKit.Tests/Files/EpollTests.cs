using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>epoll: level- and edge-triggered, once only, one instance watching another, and every error.</summary>
public sealed class EpollTests : KernelTest
{
    private const PollEvents Edge = PollEvents.EdgeTriggered;

    [Fact]
    public void Level_triggered_tells_as_long_as_it_lasts()
    {
        (UserProcess process, int epoll, int read, int write) = Start();
        process.EpollCtl(epoll, EpollOperation.Add, read, PollEvents.In, 0x1234_5678_9abc);
        Assert.Empty(Look(process, epoll));
        process.Write(write, "ab"u8);
        Assert.Equal([new EpollEvent(PollEvents.In, 0x1234_5678_9abc)], Look(process, epoll));
        process.Read(read, new byte[1]);
        Assert.Single(Look(process, epoll));
        process.Read(read, new byte[1]);
        Assert.Empty(Look(process, epoll));
        process.Close(write);
        Assert.Equal([new EpollEvent(PollEvents.Hup, 0x1234_5678_9abc)], Look(process, epoll));
    }

    [Fact]
    public void Edge_triggered_tells_of_every_write_once()
    {
        (UserProcess process, int epoll, int read, int write) = Start();
        process.Write(write, "a"u8);
        process.EpollCtl(epoll, EpollOperation.Add, read, PollEvents.In | Edge);
        Assert.Single(Look(process, epoll));
        Assert.Empty(Look(process, epoll));
        process.Write(write, "b"u8);
        Assert.Single(Look(process, epoll));
        process.Read(read, new byte[1]);
        Assert.Empty(Look(process, epoll));
        process.EpollCtl(epoll, EpollOperation.Mod, read, PollEvents.In | Edge);
        Assert.Single(Look(process, epoll));
    }

    [Fact]
    public void One_shot_tells_once_until_it_is_armed_again()
    {
        (UserProcess process, int epoll, int read, int write) = Start();
        process.EpollCtl(epoll, EpollOperation.Add, read, PollEvents.In | PollEvents.OneShot);
        process.Write(write, "a"u8);
        Assert.Single(Look(process, epoll));
        process.Write(write, "b"u8);
        Assert.Empty(Look(process, epoll));
        process.EpollCtl(epoll, EpollOperation.Mod, read, PollEvents.In | PollEvents.OneShot);
        Assert.Single(Look(process, epoll));
        Assert.Empty(Look(process, epoll));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    public void A_server_of_many_pipes_sees_every_byte(int cpus, int seed)
    {
        const int Clients = 5, Bytes = 200;
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus }, new KernelOptions { Strategy = new RandomStrategy((ulong)seed) });
        UserProcess server = kernel.CreateProcess("server");
        int epoll = server.EpollCreate();
        int[] counts = new int[Clients];
        var pipes = new (int Read, int Write)[Clients];
        for (int i = 0; i < Clients; i++)
        {
            pipes[i] = server.Pipe(OpenFlags.NonBlock);
            server.EpollCtl(epoll, EpollOperation.Add, pipes[i].Read, PollEvents.In | (i % 2 == 0 ? Edge : 0), (ulong)i);
        }

        for (int i = 0; i < Clients; i++)
        {
            int me = i;
            server.Fork(p =>
            {
                foreach ((int read, int write) in pipes.Where((_, each) => each != me))
                    p.Close(write);
                for (int sent = 0; sent < Bytes; sent += 8)
                    p.Write(pipes[me].Write, new byte[8]);
                return 0;
            });
        }

        foreach ((_, int write) in pipes)
            server.Close(write);
        var events = new EpollEvent[3];
        for (int open = Clients; open > 0;)
        {
            int told = server.EpollWait(epoll, events);
            Assert.InRange(told, 1, events.Length);
            foreach (EpollEvent each in events[..told])
                open -= Drain((int)each.Data) ? 1 : 0;
        }

        kernel.Run();
        Assert.All(counts, count => Assert.Equal(Bytes, count));

        bool Drain(int client)
        {
            try
            {
                while (server.Read(pipes[client].Read, new byte[30]) is > 0 and var got)
                    counts[client] += got;

                // The children hold the file open: closing alone would not end the watch.
                server.EpollCtl(epoll, EpollOperation.Del, pipes[client].Read);
                server.Close(pipes[client].Read);
                return true;
            }
            catch (SyscallException nothing) when (nothing.Errno == EAGAIN)
            {
                return false;
            }
        }
    }

    [Fact]
    public void A_wait_ends_with_its_time_or_a_signal()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int epoll = process.EpollCreate();
        TimeSpan start = kernel.Uptime;
        Assert.Empty(Look(process, epoll, 30));
        Assert.InRange((kernel.Uptime - start).TotalMilliseconds, 30, 31);
        Errno? end = null;
        UserProcess child = process.Fork(p =>
        {
            p.Sigaction(Signal.SIGUSR1, new SignalAction { Handler = _ => { }, Flags = SignalFlags.Restart });
            end = Assert.Throws<SyscallException>(() => Look(p, epoll, -1)).Errno;
            return 0;
        });
        kernel.RunFor(TimeSpan.FromMilliseconds(10));
        process.Kill(child.Pid, Signal.SIGUSR1);
        kernel.Run();
        Assert.Equal(EINTR, end);
    }

    [Fact]
    public void One_event_wakes_one_of_those_who_wait()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int epoll = process.EpollCreate();
        (int read, int write) = process.Pipe();
        process.EpollCtl(epoll, EpollOperation.Add, read, PollEvents.In | Edge);
        int woken = 0;
        for (int i = 0; i < 3; i++)
        {
            process.Fork(p =>
            {
                int told = Look(p, epoll, 50).Length;
                woken += told;
                return 0;
            });
        }

        kernel.RunFor(TimeSpan.FromMilliseconds(10));
        process.Write(write, "x"u8);
        kernel.Run();
        Assert.Equal(1, woken);
    }

    [Fact]
    public void An_instance_watches_another_at_most_four_deep_and_never_in_a_circle()
    {
        (UserProcess process, int epoll, int read, int write) = Start();
        process.EpollCtl(epoll, EpollOperation.Add, read, PollEvents.In);
        var chain = new List<int> { epoll };
        for (int i = 0; i < 4; i++)
        {
            int outer = process.EpollCreate();
            process.EpollCtl(outer, EpollOperation.Add, chain[^1], PollEvents.In);
            chain.Add(outer);
        }

        int tooMany = process.EpollCreate();
        Expect.Errno(ELOOP, () => process.EpollCtl(tooMany, EpollOperation.Add, chain[^1], PollEvents.In));
        Expect.Errno(ELOOP, () => process.EpollCtl(epoll, EpollOperation.Add, chain[1], PollEvents.In));
        Expect.Errno(EINVAL, () => process.EpollCtl(epoll, EpollOperation.Add, epoll, PollEvents.In));
        Assert.Empty(Look(process, chain[^1]));
        process.Write(write, "x"u8);
        Assert.Single(Look(process, chain[^1]));
        Assert.Equal(PollEvents.In, process.Poll(chain[2], PollEvents.In, 0));
        process.Read(read, new byte[1]);
        Assert.Empty(Look(process, chain[^1]));
    }

    [Fact]
    public void A_file_is_watched_until_its_last_descriptor_is_closed()
    {
        (UserProcess process, int epoll, int read, int write) = Start();
        process.Write(write, "x"u8);
        process.EpollCtl(epoll, EpollOperation.Add, read, PollEvents.In);
        int copy = process.Dup(read);
        process.EpollCtl(epoll, EpollOperation.Add, copy, PollEvents.In);
        process.Close(read);
        Assert.Equal([(ulong)read, (ulong)copy], Look(process, epoll).Select(each => each.Data));
        Expect.Errno(EBADF, () => process.EpollCtl(epoll, EpollOperation.Del, read));
        process.Close(copy);
        Assert.Empty(Look(process, epoll));
        process.EpollCtl(epoll, EpollOperation.Add, write, PollEvents.Out);
        process.Close(epoll);
        process.Close(write);
    }

    [Fact]
    public void A_driver_is_told_who_watches_and_wakes_them()
    {
        Kernel kernel = Boot();
        var queue = new WaitQueueHead("q");
        bool isReady = false;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Poll = (filp, wait) =>
            {
                PollWait(filp, queue, wait);
                return isReady ? PollEvents.In | PollEvents.RdNorm : 0;
            },
        });
        int epoll = process.EpollCreate();
        process.EpollCtl(epoll, EpollOperation.Add, fd, PollEvents.In | PollEvents.RdNorm);
        int told = 0;
        process.Fork(p =>
        {
            told = Look(p, epoll, -1).Length;
            return 0;
        });
        kernel.SpawnKernelThread("device", () =>
        {
            ScheduleTimeoutUninterruptible(5);
            isReady = true;
            WakeUpInterruptible(queue);
        });
        kernel.Run();
        Assert.Equal(1, told);
        process.EpollCtl(epoll, EpollOperation.Del, fd);
        Assert.False(queue.IsActive);
    }

    [Fact]
    public void Nonsense()
    {
        (UserProcess process, int epoll, int read, int write) = Start();
        int file = process.Open("/tmp/f", OpenFlags.ReadWrite | OpenFlags.Create), zero = process.Open("/dev/zero");
        UserVirtualAddress memory = process.Mmap(default, 4096, Protection.Read, MapFlags.Private | MapFlags.Anonymous);
        Expect.Errno(EINVAL, () => process.EpollCreate(OpenFlags.NonBlock));
        Expect.Errno(EPERM, () => process.EpollCtl(epoll, EpollOperation.Add, file, PollEvents.In));
        Expect.Errno(EPERM, () => process.EpollCtl(epoll, EpollOperation.Add, zero, PollEvents.In));
        Expect.Errno(EBADF, () => process.EpollCtl(epoll, EpollOperation.Add, 99, PollEvents.In));
        Expect.Errno(EBADF, () => process.EpollCtl(99, EpollOperation.Add, read, PollEvents.In));
        Expect.Errno(EINVAL, () => process.EpollCtl(read, EpollOperation.Add, write, PollEvents.In));
        Expect.Errno(EFAULT, () => process.EpollCtl(epoll, EpollOperation.Add, read, default(UserVirtualAddress)));
        Expect.Errno(ENOENT, () => process.EpollCtl(epoll, EpollOperation.Del, read));
        Expect.Errno(ENOENT, () => process.EpollCtl(epoll, EpollOperation.Mod, read, PollEvents.In));
        Expect.Errno(EINVAL, () => process.EpollCtl(epoll, (EpollOperation)9, read, PollEvents.In));
        process.EpollCtl(epoll, EpollOperation.Add, read, PollEvents.In | PollEvents.Exclusive);
        Expect.Errno(EEXIST, () => process.EpollCtl(epoll, EpollOperation.Add, read, PollEvents.In));
        Expect.Errno(EINVAL, () => process.EpollCtl(epoll, EpollOperation.Mod, read, PollEvents.In));
        Expect.Errno(EINVAL, () => process.EpollCtl(epoll, EpollOperation.Add, write, PollEvents.Out | PollEvents.Exclusive | PollEvents.OneShot));
        Expect.Errno(EINVAL, () => process.EpollWait(epoll, memory, 0, 0));
        Expect.Errno(EINVAL, () => process.EpollWait(epoll, memory, int.MaxValue, 0));
        Expect.Errno(EINVAL, () => process.EpollWait(read, memory, 1, 0));
        Expect.Errno(EBADF, () => process.EpollWait(99, memory, 1, 0));
        Expect.Errno(EFAULT, () => process.EpollWait(epoll, new UserVirtualAddress(0xffff_f000), 1, 0));
        process.Write(write, "x"u8);
        Expect.Errno(EFAULT, () => process.EpollWait(epoll, memory, 1, 0));
        Assert.Single(Look(process, epoll));
        Expect.Errno(EINVAL, () => process.Read(epoll, new byte[1]));
        Assert.Equal(0x180u, process.Fstat(epoll).StMode);
    }

    private (UserProcess Process, int Epoll, int Read, int Write) Start()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        return (process, process.EpollCreate(), read, write);
    }

    private static EpollEvent[] Look(UserProcess process, int epoll, int timeout = 0)
    {
        var events = new EpollEvent[8];
        return events[..process.EpollWait(epoll, events, timeout)];
    }
}
