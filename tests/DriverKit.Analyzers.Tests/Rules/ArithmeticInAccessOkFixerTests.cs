using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.ArithmeticInAccessOkFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class ArithmeticInAccessOkFixerTests
{
    [Fact]
    public Task Comparison_IsPutBefore() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            static bool Product(UserVirtualAddress at) => GetUser(out uint n, at).IsSuccess && AccessOk(at, {|DK5008:n * 8|});
            static bool Sum(UserVirtualAddress at)
            {
                if (GetUser(out ulong n, at).IsError || !AccessOk(at, {|DK5008:16 + n|}))
                    return false;
                return true;
            }
        }
        """,
        """
        class Driver
        {
            static bool Product(UserVirtualAddress at) => GetUser(out uint n, at).IsSuccess && n <= uint.MaxValue / 8 && AccessOk(at, n * 8);
            static bool Sum(UserVirtualAddress at)
            {
                if (GetUser(out ulong n, at).IsError || !(n <= ulong.MaxValue - 16 && AccessOk(at, 16 + n)))
                    return false;
                return true;
            }
        }
        """);

    [Fact]
    public Task SumOfALocal_NothingOffered()
    {
        const string Source = """
            class Driver
            {
                static bool M(UserVirtualAddress at)
                {
                    if (GetUser(out ulong n, at).IsError)
                        return false;
                    ulong size = n * 8;
                    return AccessOk(at, {|DK5008:size|});
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
