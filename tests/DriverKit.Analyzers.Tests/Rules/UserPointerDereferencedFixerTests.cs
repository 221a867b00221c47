using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.UserPointerDereferencedFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class UserPointerDereferencedFixerTests
{
    [Fact]
    public Task Statements_CallTheUserAccess() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.CPointer;

        class Driver
        {
            static KernelResult M(KernelVirtualAddress a, UserVirtualAddress user)
            {
                Store({|DK2007:new KernelVirtualAddress(user.Value + 8)|}, 1u);
                Memcpy(a, {|DK2007:new KernelVirtualAddress(user.Value)|}, 16);
                Memset({|DK2007:new KernelVirtualAddress(user.Value)|}, 0, 16);
                return 0;
            }
        }
        """,
        """
        using static DriverKit.Headers.CPointer;

        class Driver
        {
            static KernelResult M(KernelVirtualAddress a, UserVirtualAddress user)
            {
                if (PutUser(1u, user + 8ul).IsError)
                    return -EFAULT;
                if (CopyFromUser(a, user, 16) != 0)
                    return -EFAULT;
                if (ClearUser(user, 16) != 0)
                    return -EFAULT;
                return 0;
            }
        }
        """);

    [Fact]
    public Task LoadsAndVoidMethods_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.CPointer;

            class Driver
            {
                static int Read(UserVirtualAddress user) => Load<int>({|DK2007:new KernelVirtualAddress(user.Value)|});
                static void Write(UserVirtualAddress user)
                {
                    Store({|DK2007:new KernelVirtualAddress(user.Value)|}, 1u);
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
