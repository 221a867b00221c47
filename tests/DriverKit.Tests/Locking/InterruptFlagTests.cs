using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>Interrupts and bottom halves of a processor, off and on.</summary>
public sealed class InterruptFlagTests : LockTest
{
    [Fact]
    public void Flags_are_saved_and_restored() => BootSmp().RunKernelThread(() =>
    {
        LocalSaveFlags(out IrqFlags on);
        Assert.False(IrqsDisabledFlags(on));
        LocalIrqSave(out IrqFlags outer);
        LocalIrqSave(out IrqFlags inner);
        Assert.Equal((false, true, true), (IrqsDisabledFlags(outer), IrqsDisabledFlags(inner), IrqsDisabled()));
        LocalIrqRestore(inner);
        Assert.True(IrqsDisabled());
        LocalIrqRestore(outer);
        Assert.False(IrqsDisabled());
        LocalIrqDisable();
        Assert.True(IrqsDisabled());
        LocalIrqEnable();
        Assert.False(IrqsDisabled());
    });

    [Fact]
    public void Nothing_sleeps_with_interrupts_off()
    {
        Kernel kernel = BootSmp();
        ExpectOops(kernel, "sleeping function called from invalid context: mutex_lock()", () =>
        {
            LocalIrqDisable();
            MutexLock(new KernelMutex());
        }, "DK1001");
        kernel.RunKernelThread(() => Assert.False(IrqsDisabled()));
    }

    [Fact]
    public void A_driver_that_returns_with_interrupts_off_does_not_leave_them_off()
    {
        Kernel kernel = BootSmp();
        kernel.RunKernelThread(LocalIrqDisable);
        kernel.RunKernelThread(() => Assert.False(IrqsDisabled()));
    }

    [Fact]
    public void What_comes_while_they_are_off_is_taken_when_they_are_on_again()
    {
        Kernel kernel = BootSmp();
        bool hasFired = false;
        var timer = new ClockEvent(() => hasFired = true);
        kernel.SpawnKernelThread("t", () =>
        {
            LocalIrqSave(out IrqFlags flags);
            kernel.Scheduler.Set(timer, kernel.Scheduler.Clock.Now + 5000);
            for (int i = 0; i < 100; i++)
                LookAround();
            Assert.False(hasFired);
            LocalIrqRestore(flags);
            Assert.True(hasFired);
        });
        kernel.Run();
    }

    [Fact]
    public void Softirqs_run_when_the_last_lock_lets_bottom_halves_in()
    {
        Kernel kernel = BootSmp();
        var controller = new Softirqs(kernel);
        kernel.Scheduler.Interrupts = controller;
        kernel.RunKernelThread(() =>
        {
            Spinlock a = new(), b = new();
            SpinLockBh(a);
            SpinLockBh(b);
            kernel.Machine.CurrentCpu.SoftirqPending = 1;
            SpinUnlockBh(b);
            Assert.Equal(0, controller.Runs);
            SpinUnlockBh(a);
            Assert.Equal((1, 0, false), (controller.Runs, PreemptCount(), IrqsDisabled()));
            SpinLockBh(a);
            SpinUnlockBh(a);
            Assert.Equal(1, controller.Runs);
        });
    }

    [Fact]
    public void Bottom_halves_are_not_let_in_where_they_cannot_run()
    {
        Kernel kernel = BootSmp();
        ExpectOops(kernel, "BUG: at kernel/softirq.c local_bh_enable(): spin_unlock_bh() with interrupts off", () =>
        {
            var gate = new Spinlock();
            SpinLockBh(gate);
            LocalIrqDisable();
            SpinUnlockBh(gate);
        });
        ExpectOops(kernel, "BUG: at kernel/softirq.c local_bh_enable(): spin_unlock_bh() without local_bh_disable()", () =>
        {
            var gate = new Spinlock();
            SpinLock(gate);
            SpinUnlockBh(gate);
        }, "DK1006");
    }

    /// <summary>Counts do_softirq() and looks at where it is called.</summary>
    private sealed class Softirqs(Kernel kernel) : IInterruptController
    {
        public int Runs { get; private set; }

        public bool IsPending => false;

        public bool IsPendingOn(Cpu cpu) => false;

        public ReadOnlySpan<int> PendingOn(Cpu cpu) => [];

        public bool CanRaise(int line) => false;

        public void Raise(int line) => throw new InvalidOperationException();

        public void Handle(Cpu cpu, int line) => throw new InvalidOperationException();

        public void DoSoftirq(Cpu cpu)
        {
            Runs++;
            Assert.Equal((kernel.Machine.CurrentCpu, false, 1), (cpu, cpu.InterruptsEnabled, cpu.PreemptCount));
            cpu.SoftirqPending = 0;
        }
    }
}
