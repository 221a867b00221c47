using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>Classic RCU: nothing is freed while a reader can see it.</summary>
public sealed class RcuTests : LockTest
{
    [Theory]
    [MemberData(nameof(Runs))]
    public void No_reader_sees_what_has_been_freed(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var shared = new Item();
        int freed = 0, read = 0, round = 0;
        RunThreads(kernel, 4, me =>
        {
            if (me == 0)
            {
                for (; round < 10; round++)
                {
                    Item old = shared;
                    RcuAssignPointer(ref shared, new Item());
                    if (round % 2 == 0)
                    {
                        CallRcu(old, Free);
                    }
                    else
                    {
                        SynchronizeRcu();
                        Free(old);
                    }
                }

                RcuBarrier();
                return;
            }

            while (round < 10)
            {
                RcuReadLock();
                Item seen = RcuDereference(shared);
                Assert.False(seen.IsFreed);
                LookAround();
                LookAround();
                Assert.False(seen.IsFreed);
                RcuReadUnlock();
                if (++read % 5 == 0)
                    ScheduleTimeoutUninterruptible(1);
            }
        });
        Assert.Equal(10, freed);
        Assert.True(read > 10);

        void Free(RcuHead head)
        {
            ((Item)head).IsFreed = true;
            freed++;
        }
    }

    [Fact]
    public void A_grace_period_waits_for_a_reader_that_was_there_and_not_for_one_that_comes_later()
    {
        Kernel kernel = BootSmp(cpus: 2);
        bool isReading = false, isOver = false;
        kernel.SpawnKernelThread("reader", () =>
        {
            RcuReadLock();
            isReading = true;
            for (int i = 0; i < 50_000; i++)
                LookAround();
            Assert.False(isOver);
            RcuReadUnlock();
            ScheduleTimeoutUninterruptible(1);
            RcuReadLock();
            for (int i = 0; i < 50_000; i++)
                LookAround();
            Assert.True(isOver);
            RcuReadUnlock();
        });
        kernel.SpawnKernelThread("writer", () =>
        {
            while (!isReading)
                ScheduleTimeoutUninterruptible(1);
            SynchronizeRcu();
            isOver = true;
        });
        kernel.Run();
    }

    [Fact]
    public void Callbacks_run_in_order_in_interrupt_context_and_may_call_again()
    {
        Kernel kernel = BootSmp();
        var order = new List<int>();
        kernel.RunKernelThread(() =>
        {
            CallRcu(new RcuHead(), head =>
            {
                order.Add(1);
                Assert.NotEqual(0, PreemptCount());
                CallRcu(head, _ => order.Add(3));
            });
            CallRcu(new RcuHead(), _ => order.Add(2));
            Assert.Empty(order);
        });
        kernel.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal([1, 2, 3], order);
    }

    [Fact]
    public void A_process_that_makes_system_calls_and_never_sleeps_does_not_hold_it_up()
    {
        Kernel kernel = BootSmp();
        bool isOver = false;
        int calls = 0;
        kernel.RunKernelThread(() => CallRcu(new RcuHead(), _ => isOver = true));
        kernel.Spawn("busy", process =>
        {
            while (!isOver && calls++ < 1_000_000)
                process.Close(process.Open("/dev/null", OpenFlags.ReadOnly));
        });
        kernel.Run();
        Assert.True(isOver);
    }

    [Fact]
    public void Misuse_is_reported()
    {
        Kernel kernel = BootSmp();
        ExpectOops(kernel, "sleeping function called from invalid context: synchronize_rcu()", () =>
        {
            RcuReadLock();
            SynchronizeRcu();
        }, "DK1001");
        ExpectOops(kernel, "kernel BUG in rcu_read_unlock: preempt_count is 0", RcuReadUnlock, "DK1006");
        ExpectOops(kernel, "BUG: scheduling while atomic", RcuReadLock, "DK1006");
        ExpectOops(kernel, "NULL pointer dereference", () => CallRcu(null!, _ => { }));
        ExpectOops(kernel, "NULL pointer dereference", () => CallRcu(new RcuHead(), null!));
        ExpectOops(kernel, "BUG: call_rcu() of a head that waits for a grace period already", () =>
        {
            var head = new RcuHead();
            CallRcu(head, _ => { });
            CallRcu(head, _ => { });
        });
    }

    private sealed class Item : RcuHead
    {
        public bool IsFreed { get; set; }
    }
}
