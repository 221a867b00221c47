using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.LockUnsafeAgainstInterruptFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class LockUnsafeAgainstInterruptFixerTests
{
    [Fact]
    public Task Locks_SaveTheFlags() => Verify.VerifyCodeFixAsync(
        """
        using DriverKit.Interrupts;
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxInterrupt;
        using static DriverKit.Headers.LinuxSpinlock;
        using static DriverKit.Headers.LinuxWorkqueue;

        class Driver
        {
            Spinlock _lock = new();
            WorkStruct _work = new();
            int _pending;

            KernelResult Start()
            {
                InitWork(_work, Send);
                return RequestIrq(4, Interrupt, 0, "uart", this);
            }

            void Stop() => FreeIrq(4, this);

            IrqReturn Interrupt(int irq, object devId)
            {
                SpinLock(_lock);
                _pending++;
                SpinUnlock(_lock);
                return IrqHandled;
            }

            void Send(WorkStruct work)
            {
                {|DK7005:SpinLock(_lock)|};
                if (_pending == 0)
                {
                    SpinUnlock(_lock);
                    return;
                }

                _pending = 0;
                SpinUnlock(_lock);
                {|DK7005:SpinLockBh(_lock)|}; // again
                _pending--;
                SpinUnlockBh(_lock);
            }
        }
        """,
        """
        using DriverKit.Interrupts;
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxInterrupt;
        using static DriverKit.Headers.LinuxSpinlock;
        using static DriverKit.Headers.LinuxWorkqueue;

        class Driver
        {
            Spinlock _lock = new();
            WorkStruct _work = new();
            int _pending;

            KernelResult Start()
            {
                InitWork(_work, Send);
                return RequestIrq(4, Interrupt, 0, "uart", this);
            }

            void Stop() => FreeIrq(4, this);

            IrqReturn Interrupt(int irq, object devId)
            {
                SpinLock(_lock);
                _pending++;
                SpinUnlock(_lock);
                return IrqHandled;
            }

            void Send(WorkStruct work)
            {
                SpinLockIrqsave(_lock, out IrqFlags flags);
                if (_pending == 0)
                {
                    SpinUnlockIrqrestore(_lock, flags);
                    return;
                }

                _pending = 0;
                SpinUnlockIrqrestore(_lock, flags);
                SpinLockIrqsave(_lock, out IrqFlags flags2); // again
                _pending--;
                SpinUnlockIrqrestore(_lock, flags2);
            }
        }
        """);

    [Fact]
    public Task UnlockElsewhere_NothingOffered()
    {
        const string Source = """
            using DriverKit.Interrupts;
            using DriverKit.Locking;
            using static DriverKit.Headers.LinuxInterrupt;
            using static DriverKit.Headers.LinuxSpinlock;
            using static DriverKit.Headers.LinuxWorkqueue;

            class Driver
            {
                Spinlock _lock = new();
                WorkStruct _work = new();
                int _pending;

                KernelResult Start()
                {
                    InitWork(_work, Send);
                    return RequestIrq(4, Interrupt, 0, "uart", this);
                }

                void Stop() => FreeIrq(4, this);

                IrqReturn Interrupt(int irq, object devId)
                {
                    SpinLock(_lock);
                    _pending++;
                    SpinUnlock(_lock);
                    return IrqHandled;
                }

                void Send(WorkStruct work)
                {
                    {|DK7005:SpinLock(_lock)|};
                    _pending = 0;
                    Leave();
                }

                void Leave() => SpinUnlock(_lock);
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
