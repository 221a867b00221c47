using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.BytesLeftReturnedFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class BytesLeftReturnedFixerTests
{
    [Fact]
    public Task Numbers_BecomeEfault() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            static KernelResult Arrow(UserVirtualAddress to, KernelVirtualAddress a) => {|DK5002:CopyToUser(to, a, 16)|};
            static KernelResult Asked(UserVirtualAddress to)
            {
                ulong left = ClearUser(to, 16);
                if (left != 0)
                    return {|DK5002:left|};
                return 0;
            }
            static KernelResult Arm(UserVirtualAddress to, ulong size)
            {
                ulong left = ClearUser(to, size);
                return left != 0 ? {|DK5002:left|} : size;
            }
        }
        """,
        """
        class Driver
        {
            static KernelResult Arrow(UserVirtualAddress to, KernelVirtualAddress a) => CopyToUser(to, a, 16) != 0 ? -EFAULT : 16;
            static KernelResult Asked(UserVirtualAddress to)
            {
                ulong left = ClearUser(to, 16);
                if (left != 0)
                    return -EFAULT;
                return 0;
            }
            static KernelResult Arm(UserVirtualAddress to, ulong size)
            {
                ulong left = ClearUser(to, size);
                return left != 0 ? -EFAULT : size;
            }
        }
        """);

    [Fact]
    public Task NumberThatMayBeZero_NothingOffered()
    {
        const string Source = """
            class Driver
            {
                static KernelResult Unasked(UserVirtualAddress to)
                {
                    ulong left = ClearUser(to, 16);
                    return {|DK5002:left|};
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
