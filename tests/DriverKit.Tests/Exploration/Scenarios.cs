namespace DriverKit.Tests.Exploration;

/// <summary>Small concurrent programs: each wrong in one way, and the twin that is right.</summary>
internal static class Scenarios
{
    /// <summary>Looks at the flag, then sleeps: a wake-up in between is lost.</summary>
    public static void LostWakeUp(Kernel kernel)
    {
        var queue = new WaitQueueHead("dev->inq");
        bool ready = false;
        kernel.SpawnKernelThread("reader", () =>
        {
            if (!ready)
                SleepOn(queue);
        });
        kernel.SpawnKernelThread("writer", () =>
        {
            ready = true;
            WakeUp(queue);
        });
    }

    public static void SafeSleep(Kernel kernel)
    {
        var queue = new WaitQueueHead("dev->inq");
        bool ready = false;
        kernel.SpawnKernelThread("reader", () => WaitEvent(queue, () => ready));
        kernel.SpawnKernelThread("writer", () =>
        {
            ready = true;
            WakeUp(queue);
        });
    }

    /// <summary>A writer makes the device interrupt; the handler wakes the reader.</summary>
    public static void WakingHandler(Kernel kernel)
    {
        var queue = new WaitQueueHead("dev->inq");
        bool ready = false;
        kernel.RunKernelThread(() => Assert.True(RequestIrq(
            7,
            (irq, devId) =>
            {
                ready = true;
                WakeUp(queue);
                return IrqHandled;
            },
            Irqf.None,
            "dev",
            null).IsSuccess));
        kernel.SpawnKernelThread("reader", () => WaitEvent(queue, () => ready));
        kernel.SpawnKernelThread("writer", () =>
        {
            SmpProcessorId();
            kernel.Machine.Interrupts[7].Raise();
        });
    }

    /// <summary>Two take what only one may have.</summary>
    public static void CheckThenAct(Kernel kernel)
    {
        bool taken = false;
        int owners = 0;
        for (int i = 0; i < 2; i++)
        {
            kernel.SpawnKernelThread($"opener{i}", () =>
            {
                if (taken)
                    return;
                SmpProcessorId();
                taken = true;
                Assert.Equal(1, ++owners);
            });
        }
    }

    public static void TestAndSet(Kernel kernel)
    {
        bool taken = false;
        int owners = 0;
        for (int i = 0; i < 2; i++)
        {
            kernel.SpawnKernelThread($"opener{i}", () =>
            {
                SmpProcessorId();
                if (taken)
                    return;
                taken = true;
                SmpProcessorId();
                Assert.Equal(1, ++owners);
            });
        }
    }

    /// <summary>Two mutexes, taken in either order.</summary>
    public static void AbBaMutexes(Kernel kernel) => TwoMutexes(kernel, sameOrder: false);

    public static void AbAbMutexes(Kernel kernel) => TwoMutexes(kernel, sameOrder: true);

    private static void TwoMutexes(Kernel kernel, bool sameOrder)
    {
        KernelMutex a = new("a"), b = new("b");
        kernel.SpawnKernelThread("one", () => Both(a, b));
        kernel.SpawnKernelThread("two", () => Both(sameOrder ? a : b, sameOrder ? b : a));

        static void Both(KernelMutex first, KernelMutex second)
        {
            MutexLock(first);
            MutexLock(second);
            MutexUnlock(second);
            MutexUnlock(first);
        }
    }

    /// <summary>Adds to a counter in two steps, as a processor does, with no lock and with one.</summary>
    public static Action<Kernel> Counter(bool locked) => kernel =>
    {
        var @lock = new Spinlock("lock");
        int count = 0, done = 0;
        for (int i = 0; i < 2; i++)
        {
            kernel.SpawnKernelThread($"adder{i}", () =>
            {
                if (locked)
                    SpinLock(@lock);
                int old = count;
                SmpProcessorId();
                count = old + 1;
                if (locked)
                    SpinUnlock(@lock);
                if (++done == 2)
                    Assert.Equal(2, count);
            });
        }
    };

    /// <summary>A process side takes the handler's lock with interrupts on; the twin turns them off.</summary>
    public static Action<Kernel> HandlerLock(bool interruptsOff) => kernel => kernel.SpawnKernelThread("process", () =>
    {
        var @lock = new Spinlock("lock");
        object device = new();
        KernelResult requested = RequestIrq(
            7,
            (_, _) =>
            {
                SpinLock(@lock);
                SpinUnlock(@lock);
                return IrqHandled;
            },
            Irqf.Shared,
            "card",
            device);
        Assert.False(requested.IsError);
        if (interruptsOff)
            SpinLockIrq(@lock);
        else
            SpinLock(@lock);
        SmpProcessorId();
        if (interruptsOff)
            SpinUnlockIrq(@lock);
        else
            SpinUnlock(@lock);
        FreeIrq(7, device);
    });

    /// <summary>Two gates, taken in either order.</summary>
    public static void AbBa(Kernel kernel) => TwoGates(kernel, sameOrder: false);

    public static void AbAb(Kernel kernel) => TwoGates(kernel, sameOrder: true);

    /// <summary>Threads that do nothing but pass preemption points, and write down who passed them.</summary>
    public static Action<Kernel> Steps(int tasks, int steps, Action<string> finished) => kernel =>
    {
        var order = new System.Text.StringBuilder();
        int left = tasks;
        for (int i = 0; i < tasks; i++)
        {
            char me = (char)('a' + i);
            kernel.SpawnKernelThread(me.ToString(), () =>
            {
                order.Append(me);
                for (int step = 0; step < steps; step++)
                {
                    SmpProcessorId();
                    order.Append(me);
                }

                if (--left == 0)
                    finished(order.ToString());
            });
        }
    };

    private static void TwoGates(Kernel kernel, bool sameOrder)
    {
        Gate a = new("a"), b = new("b");
        kernel.SpawnKernelThread("one", () => Both(a, b));
        kernel.SpawnKernelThread("two", () => Both(sameOrder ? a : b, sameOrder ? b : a));

        static void Both(Gate first, Gate second)
        {
            first.Down();
            second.Down();
            second.Up();
            first.Up();
        }
    }

    /// <summary>A semaphore for one, made of a wait queue.</summary>
    internal sealed class Gate(string name)
    {
        private readonly WaitQueueHead _queue = new(name);
        private bool _taken;

        public void Down() => WaitEvent(_queue, () => !_taken && (_taken = true));

        public void Up()
        {
            _taken = false;
            WakeUp(_queue);
        }
    }
}
