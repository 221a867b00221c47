using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>struct rw_semaphore: many that read or one that writes, sleeping, strictly in order.</summary>
public sealed class RwSemaphoreTests : LockTest
{
    [Theory]
    [MemberData(nameof(Runs))]
    public void Many_read_or_one_writes_and_nobody_is_forgotten(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var sem = new RwSemaphore("sem");
        int readers = 0, writers = 0, most = 0, done = 0;
        RunThreads(kernel, 6, me =>
        {
            for (int round = 0; round < 15; round++)
            {
                bool writes = (me + round) % 3 == 0;
                if (writes)
                {
                    if (round % 2 == 0 || !DownWriteTrylock(sem))
                        DownWrite(sem);
                    Assert.Equal((0, 1), (readers, ++writers));
                    LookAround();
                    writers--;
                    if (round % 4 == 0)
                    {
                        readers++;
                        DowngradeWrite(sem);
                        LookAround();
                        Assert.Equal(0, writers);
                        readers--;
                        UpRead(sem);
                    }
                    else
                    {
                        UpWrite(sem);
                    }
                }
                else
                {
                    if (round % 2 == 0 || !DownReadTrylock(sem))
                        DownRead(sem);
                    most = Math.Max(most, ++readers);
                    Assert.Equal(0, writers);
                    ScheduleTimeoutUninterruptible(1);
                    readers--;
                    UpRead(sem);
                }

                done++;
            }
        });
        Assert.Equal((90, 0), (done, sem.Activity));
        Assert.True(most > 1);
    }

    [Fact]
    public void Nobody_overtakes_one_that_waits()
    {
        Kernel kernel = BootSmp();
        var sem = new RwSemaphore();
        var order = new List<string>();
        kernel.SpawnKernelThread("holder", () =>
        {
            DownRead(sem);
            ScheduleTimeoutUninterruptible(20);
            Assert.False(DownReadTrylock(sem));
            UpRead(sem);
        });
        string[] names = ["w1", "r1", "r2", "w2", "r3"];
        RunThreads(kernel, 5, me =>
        {
            ScheduleTimeoutUninterruptible(1 + me);
            bool writes = names[me][0] == 'w';
            if (writes)
                DownWrite(sem);
            else
                DownRead(sem);
            order.Add(names[me]);
            ScheduleTimeoutUninterruptible(2);
            order.Add("-" + names[me]);
            if (writes)
                UpWrite(sem);
            else
                UpRead(sem);
        });
        Assert.Equal(["w1", "-w1", "r1", "r2", "-r1", "-r2", "w2", "-w2", "r3", "-r3"], order);
    }

    [Fact]
    public void A_writer_that_downgrades_lets_readers_in_and_no_writer()
    {
        Kernel kernel = BootSmp();
        var sem = new RwSemaphore();
        var order = new List<string>();
        kernel.SpawnKernelThread("first", () =>
        {
            DownWrite(sem);
            ScheduleTimeoutUninterruptible(10);
            order.Add("downgrade");
            DowngradeWrite(sem);
            ScheduleTimeoutUninterruptible(10);
            order.Add("up");
            UpRead(sem);
        });
        kernel.SpawnKernelThread("reader", () =>
        {
            ScheduleTimeoutUninterruptible(1);
            DownRead(sem);
            order.Add("read");
            UpRead(sem);
        });
        kernel.SpawnKernelThread("writer", () =>
        {
            ScheduleTimeoutUninterruptible(2);
            DownWrite(sem);
            order.Add("write");
            UpWrite(sem);
        });
        kernel.Run();
        Assert.Equal(["downgrade", "read", "up", "write"], order);
    }

    public static TheoryData<string, Action<RwSemaphore>, string?> Misuses => new()
    {
        { "bad unlock balance detected! ]\nkthread/2 is trying to release lock (sem) in up_read()", UpRead, "DK7002" },
        { "bad unlock balance detected! ]\nkthread/2 is trying to release lock (sem) in up_write()", UpWrite, "DK7002" },
        { "bad unlock balance detected! ]\nkthread/2 is trying to release lock (sem) in downgrade_write()", DowngradeWrite, "DK7002" },
        { "possible recursive locking detected", sem => { DownWrite(sem); DownRead(sem); }, "DK7001" },
        { "possible recursive locking detected", sem => { DownRead(sem); DownRead(sem); }, "DK7001" },
        { "possible recursive locking detected", sem => { DownRead(sem); DownWrite(sem); }, "DK7001" },
        { "bad unlock balance detected", sem => { DownRead(sem); UpWrite(sem); }, "DK7002" },
        { "sleeping function called from invalid context: down_read()", sem => { PreemptDisable(); DownRead(sem); }, "DK1001" },
        { "sleeping function called from invalid context: down_write()", sem => { LocalIrqDisable(); DownWrite(sem); }, "DK1001" },
        { "NULL pointer dereference", _ => DownRead(null!), null },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void Misuse_is_reported(string cause, Action<RwSemaphore> use, string? rule) => ExpectOops(BootSmp(), cause, () => use(new RwSemaphore("sem")), rule);
}
