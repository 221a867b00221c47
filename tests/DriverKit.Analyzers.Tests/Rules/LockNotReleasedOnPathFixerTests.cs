using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.LockNotReleasedOnPathFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class LockNotReleasedOnPathFixerTests
{
    [Fact]
    public Task Returns_GiveTheLockBack() => Verify.VerifyCodeFixAsync(
        """
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxMutex;
        using static DriverKit.Headers.LinuxSpinlock;

        class Driver
        {
            Spinlock _lock = new();
            KernelMutex _mutex = new();
            int _count;

            KernelResult Take()
            {
                {|DK7003:SpinLockIrqsave(_lock, out IrqFlags flags)|};
                if (_count == 0)
                    return -EAGAIN;
                _count--;
                SpinUnlockIrqrestore(_lock, flags);
                return 0;
            }

            KernelResult Set(int count)
            {
                if ({|DK7003:MutexLockInterruptible(_mutex)|}.IsError)
                    return -ERESTARTSYS;
                if (count < 0)
                {
                    _count = 0;
                    // Nothing to count.
                    return -EINVAL;
                }

                _count = count;
                MutexUnlock(_mutex);
                return 0;
            }
        }
        """,
        """
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxMutex;
        using static DriverKit.Headers.LinuxSpinlock;

        class Driver
        {
            Spinlock _lock = new();
            KernelMutex _mutex = new();
            int _count;

            KernelResult Take()
            {
                SpinLockIrqsave(_lock, out IrqFlags flags);
                if (_count == 0)
                {
                    SpinUnlockIrqrestore(_lock, flags);
                    return -EAGAIN;
                }
                _count--;
                SpinUnlockIrqrestore(_lock, flags);
                return 0;
            }

            KernelResult Set(int count)
            {
                if (MutexLockInterruptible(_mutex).IsError)
                    return -ERESTARTSYS;
                if (count < 0)
                {
                    _count = 0;
                    // Nothing to count.
                    MutexUnlock(_mutex);
                    return -EINVAL;
                }

                _count = count;
                MutexUnlock(_mutex);
                return 0;
            }
        }
        """);

    [Fact]
    public Task ReturnThatComputes_NothingOffered()
    {
        const string Source = """
            using DriverKit.Locking;
            using static DriverKit.Headers.LinuxMutex;

            class Driver
            {
                KernelMutex _mutex = new();
                int _count;

                KernelResult Set(int count)
                {
                    {|DK7003:MutexLock(_mutex)|};
                    if (count < 0)
                        return Refuse(count);
                    _count = count;
                    MutexUnlock(_mutex);
                    return 0;
                }

                KernelResult Refuse(int count) => _count + count > 5 ? -EINVAL : -EBUSY;
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
