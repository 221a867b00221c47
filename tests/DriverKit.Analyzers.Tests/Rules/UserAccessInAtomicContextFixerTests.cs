using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.UserAccessInAtomicContextFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class UserAccessInAtomicContextFixerTests
{
    [Fact]
    public Task CheckedAddress_GetsTheFormForAtomicContext() => Verify.VerifyCodeFixAsync(
        """
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxSpinlock;

        class Driver
        {
            Spinlock _lock = new();

            KernelResult Both(UserVirtualAddress user, KernelLogicalAddress data)
            {
                if (!AccessOk(user, 16))
                    return -EFAULT;
                SpinLock(_lock);
                ulong left = {|DK1004:CopyToUser(user, data, 8)|};
                left += {|DK1004:CopyFromUser(data, user + 8ul, 8)|};
                SpinUnlock(_lock);
                return left == 0 ? 16 : -EFAULT;
            }
        }
        """,
        """
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxSpinlock;

        class Driver
        {
            Spinlock _lock = new();

            KernelResult Both(UserVirtualAddress user, KernelLogicalAddress data)
            {
                if (!AccessOk(user, 16))
                    return -EFAULT;
                SpinLock(_lock);
                ulong left = CopyToUserInatomic(user, data, 8);
                left += CopyFromUserInatomic(data, user + 8ul, 8);
                SpinUnlock(_lock);
                return left == 0 ? 16 : -EFAULT;
            }
        }
        """);

    [Fact]
    public Task UncheckedAddressOrNoSuchForm_NothingOffered()
    {
        const string Source = """
            using DriverKit.Locking;
            using static DriverKit.Headers.LinuxSpinlock;

            class Driver
            {
                Spinlock _lock = new();

                KernelResult Unchecked(UserVirtualAddress user, KernelLogicalAddress data)
                {
                    SpinLock(_lock);
                    ulong left = {|DK1004:CopyToUser(user, data, 8)|};
                    SpinUnlock(_lock);
                    return left == 0 ? 8 : -EFAULT;
                }

                KernelResult NoForm(UserVirtualAddress user, byte[] data)
                {
                    if (!AccessOk(user, 8))
                        return -EFAULT;
                    SpinLock(_lock);
                    KernelResult result = {|DK1004:PutUser(data[0], user)|};
                    SpinUnlock(_lock);
                    return result.IsError ? -EFAULT : 1;
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
