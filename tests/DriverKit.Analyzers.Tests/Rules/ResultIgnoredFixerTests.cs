using DriverKit.Analyzers.Rules.Lifecycle;
using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class ResultIgnoredFixerTests
{
    [Fact]
    public Task Statements_Checked() => Verify(
        """
        using DriverKit.CharDevices;
        using static DriverKit.Headers.LinuxMiscdevice;
        class Driver
        {
            KernelResult M(MiscDevice a, MiscDevice b, bool both)
            {
                // The first.
                {|DK8001:MiscRegister(a)|}; // behind
                if (both)
                {
                    {|DK8001:MiscRegister(b)|};
                }

                KernelResult result = {|DK8001:MiscRegister(b)|};
                result = MiscRegister(a);
                return result;
            }
        }
        """,
        """
        using DriverKit.CharDevices;
        using static DriverKit.Headers.LinuxMiscdevice;
        class Driver
        {
            KernelResult M(MiscDevice a, MiscDevice b, bool both)
            {
                // The first.
                if (MiscRegister(a) is { IsError: true } error)
                    return error; // behind
                if (both)
                {
                    if (MiscRegister(b) is { IsError: true } error2)
                        return error2;
                }

                KernelResult result = MiscRegister(b);
                if (result.IsError)
                    return result;
                result = MiscRegister(a);
                return result;
            }
        }
        """);

    [Fact]
    public Task NowhereToReturnIt_NoFix() => Verify(
        """
        using DriverKit.CharDevices;
        using static DriverKit.Headers.LinuxMiscdevice;
        class Driver
        {
            void M(MiscDevice misc)
            {
                {|DK8001:MiscRegister(misc)|};
                Action later = () => {|DK8001:MiscRegister(misc)|};
            }
            int N(MiscDevice misc)
            {
                {|DK8001:MiscRegister(misc)|};
                return 0;
            }
            KernelResult O(MiscDevice misc, bool really)
            {
                if (really)
                    {|DK8001:MiscRegister(misc)|};
                else
                    {|DK8001:Vmalloc(4096)|};
                return 0;
            }
        }
        """,
        null);

    private static Task Verify(string source, string? fixedSource) =>
        CSharpCodeFixVerifier<ResultIgnored, ResultIgnoredFixer, DefaultVerifier>.VerifyCodeFixAsync(source, fixedSource ?? source);
}
