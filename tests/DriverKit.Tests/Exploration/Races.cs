using DriverKit.Tests.Support;

namespace DriverKit.Tests.Exploration;

/// <summary>A race that is planted, and its twin that is right.</summary>
internal sealed record Race(string Name, Action<Kernel> Wrong, Action<Kernel> Right, ExploreOptions Options)
{
    private const ulong Doorbell = 0xE0000000;

    /// <summary>The races of the table in docs/schedules.md.</summary>
    public static IReadOnlyList<Race> All { get; } =
    [
        new("lost wake-up: looks, then `sleep_on`", Scenarios.LostWakeUp, Scenarios.SafeSleep, new()),
        new("`sleepy`: two readers see one flag", Sleepy(takesFlag: false), Sleepy(takesFlag: true), new()),
        new("AB-BA: two mutexes in two orders", Scenarios.AbBaMutexes, Scenarios.AbAbMutexes, new()),
        new("a handler takes a lock that is held with interrupts on", Scenarios.HandlerLock(interruptsOff: false), Scenarios.HandlerLock(interruptsOff: true),
            new() { Machine = new() { MemorySize = 16.MiB() }, Interrupts = [7] }),
        new("no `wmb` before the doorbell (store buffers)", RingDoorbell(barrier: false), RingDoorbell(barrier: true),
            new() { Machine = new() { MemorySize = 16.MiB(), Cpus = 2, StoreBuffers = true } }),
        new("`jit_timer`: frees what its timer uses", JitTimer(stopsTimer: false), JitTimer(stopsTimer: true), new()),
    ];

    public override string ToString() => Name;

    /// <summary>The book's sleepy: whoever is woken clears the flag, after it has looked.</summary>
    private static Action<Kernel> Sleepy(bool takesFlag) => kernel =>
    {
        var queue = new WaitQueueHead("wq");
        bool flag = false;
        int woken = 0;
        for (int i = 0; i < 2; i++)
        {
            kernel.SpawnKernelThread($"reader{i}", () =>
            {
                KernelResult result = WaitEventInterruptible(queue, takesFlag ? () => flag && !(flag = false) : () => flag);
                Assert.False(result.IsError);
                flag = false;
                woken++;
            });
        }

        kernel.SpawnKernelThread("writer", () =>
        {
            for (int written = 1; written <= 2; written++)
            {
                flag = true;
                WakeUpInterruptible(queue);
                ScheduleTimeoutUninterruptible(10);
                Assert.Equal(written, woken);
            }
        });
    };

    /// <summary>A descriptor in memory, and a register that tells the card to read it.</summary>
    private static Action<Kernel> RingDoorbell(bool barrier) => kernel =>
    {
        var card = new Card(kernel);
        kernel.AddDevice(new MmioRegisters("card", new(Doorbell), 4096, card));
        kernel.SpawnKernelThread("driver", () =>
        {
            KernelLogicalAddress descriptor = Kzalloc(64, GfpFlags.Kernel);
            IoAddress registers = Ioremap(new(Doorbell), 4096);
            Store(descriptor, 7u);
            if (barrier)
                Wmb();
            Writel((uint)VirtToPhys(descriptor).Value, registers);
            Iounmap(registers);
            Kfree(descriptor);
            Assert.Equal(7u, card.Seen);
        });
        kernel.SpawnKernelThread("other", () => SmpProcessorId());
    };

    /// <summary>The book's jit_timer: a signal ends the wait, and the data goes while the timer is set.</summary>
    private static Action<Kernel> JitTimer(bool stopsTimer) => kernel =>
    {
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Read = (OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
            {
                var wait = new WaitQueueHead("data->wait");
                KernelLogicalAddress data = Kzalloc(64, GfpFlags.Kernel);
                var timer = new TimerList();
                SetupTimer(
                    timer,
                    _ =>
                    {
                        Store(data, Load<uint>(data) + 1);
                        WakeUpInterruptible(wait);
                    },
                    null);
                ModTimer(timer, Jiffies + 10);
                KernelResult result = WaitEventInterruptible(wait, () => Load<uint>(data) != 0);
                if (stopsTimer)
                    DelTimerSync(timer);
                Kfree(data);
                return result;
            },
        }));
        UserProcess reader = kernel.Spawn("reader", p =>
        {
            p.Sigaction(Signal.SIGUSR1, SignalAction.Of(_ => { }));
            try
            {
                p.Read(p.Open(TestDriver.Node), new byte[8]);
            }
            catch (SyscallException interrupted) when (interrupted.Errno == Errno.EINTR)
            {
                // Time for the timer to run out.
                p.Nanosleep(TimeSpan.FromSeconds(1));
            }
        });
        kernel.Spawn("killer", p =>
        {
            if (reader.IsAlive)
                p.Kill(reader.Pid, Signal.SIGUSR1);
        });
    };

    private sealed class Card(Kernel kernel) : IRegisterDevice
    {
        public uint Seen { get; private set; }

        public ulong ReadRegister(ulong offset, int width) => 0;

        public void WriteRegister(ulong offset, int width, ulong value) => Seen = (uint)kernel.Machine.Bus.Read(new(value), 4);
    }
}
