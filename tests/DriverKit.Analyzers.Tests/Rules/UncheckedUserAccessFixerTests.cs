using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.UncheckedUserAccessFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class UncheckedUserAccessFixerTests
{
    [Fact]
    public Task Check_IsPutBefore() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            static KernelResult Give(UserVirtualAddress at, KernelVirtualAddress a)
            {
                if (GetUser(out ulong pointer, at).IsError)
                    return -EFAULT;
                // to where the process says
                if ({|DK5005:CopyToUserInatomic(new UserVirtualAddress(pointer), a, 64)|} != 0)
                    return -EFAULT;
                return 0;
            }
        }
        """,
        """
        class Driver
        {
            static KernelResult Give(UserVirtualAddress at, KernelVirtualAddress a)
            {
                if (GetUser(out ulong pointer, at).IsError)
                    return -EFAULT;
                // to where the process says
                if (!AccessOk(new UserVirtualAddress(pointer), 64))
                    return -EFAULT;
                if (CopyToUserInatomic(new UserVirtualAddress(pointer), a, 64) != 0)
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
                static KernelResult Give(UserVirtualAddress at, Page page)
                {
                    if (GetUser(out ulong pointer, at).IsError)
                        return -EFAULT;
                    KernelVirtualAddress a = KmapAtomic(page, KmType.User0);
                    ulong left = {|DK5005:CopyToUserInatomic(new UserVirtualAddress(pointer), a, 64)|};
                    KunmapAtomic(a, KmType.User0);
                    return left == 0 ? 0 : -EFAULT;
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
