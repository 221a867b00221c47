using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.IrqFlagsMisusedFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class IrqFlagsMisusedFixerTests
{
    [Fact]
    public Task InnerLocks_TakeThePlainForm() => Verify.VerifyCodeFixAsync(
        """
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxIrqflags;
        using static DriverKit.Headers.LinuxSpinlock;

        class Driver
        {
            Spinlock _rx = new(), _tx = new();
            int _moved;

            void Move()
            {
                SpinLockIrqsave(_rx, out IrqFlags flags);
                SpinLockIrqsave(_tx, out {|DK7006:flags|});
                _moved++;
                SpinUnlockIrqrestore(_tx, flags);
                SpinUnlockIrqrestore(_rx, flags);
            }

            void Pulse()
            {
                LocalIrqSave(out IrqFlags flags);
                SpinLockIrq(_tx);
                _moved++;
                {|DK7006:SpinUnlockIrq(_tx)|};
                LocalIrqRestore(flags);
            }
        }
        """,
        """
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxIrqflags;
        using static DriverKit.Headers.LinuxSpinlock;

        class Driver
        {
            Spinlock _rx = new(), _tx = new();
            int _moved;

            void Move()
            {
                SpinLockIrqsave(_rx, out IrqFlags flags);
                SpinLock(_tx);
                _moved++;
                SpinUnlock(_tx);
                SpinUnlockIrqrestore(_rx, flags);
            }

            void Pulse()
            {
                LocalIrqSave(out IrqFlags flags);
                SpinLock(_tx);
                _moved++;
                SpinUnlock(_tx);
                LocalIrqRestore(flags);
            }
        }
        """);

    [Fact]
    public Task OtherMistakes_NothingOffered()
    {
        const string Source = """
            using DriverKit.Locking;
            using static DriverKit.Headers.LinuxSpinlock;

            class Driver
            {
                Spinlock _lock = new();
                int _value;

                void Set(int value)
                {
                    SpinLockIrq(_lock);
                    _value = value;
                    {|DK7006:SpinUnlockIrqrestore(_lock, default)|};
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
