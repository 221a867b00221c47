using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.UserCopyResultIgnoredFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class UserCopyResultIgnoredFixerTests
{
    [Fact]
    public Task Statements_ReturnEfault() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            static KernelResult Set(KernelVirtualAddress a, UserVirtualAddress from, uint value)
            {
                // the settings
                {|DK5001:CopyFromUser(a, from, 64)|};
                {|DK5001:PutUser(value, from)|};
                ulong left = {|DK5001:ClearUser(from, 4)|};
                return 0;
            }
        }
        """,
        """
        class Driver
        {
            static KernelResult Set(KernelVirtualAddress a, UserVirtualAddress from, uint value)
            {
                // the settings
                if (CopyFromUser(a, from, 64) != 0)
                    return -EFAULT;
                if (PutUser(value, from).IsError)
                    return -EFAULT;
                if (ClearUser(from, 4) != 0)
                    return -EFAULT;
                return 0;
            }
        }
        """);

    [Fact]
    public Task WhereReturningLeaks_NothingOffered()
    {
        const string Source = """
            class Driver
            {
                static KernelResult Held(UserVirtualAddress from)
                {
                    KernelLogicalAddress copy = Kmalloc(64, GfpFlags.Kernel);
                    {|DK5001:CopyFromUser(copy, from, 64)|};
                    Kfree(copy);
                    return 0;
                }
                static void Nothing(UserVirtualAddress from)
                {
                    {|DK5001:ClearUser(from, 64)|};
                }
                static void Arrow(UserVirtualAddress from) => {|DK5001:ClearUser(from, 64)|};
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
