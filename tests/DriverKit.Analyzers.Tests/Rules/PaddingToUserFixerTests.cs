using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.PaddingToUserFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class PaddingToUserFixerTests
{
    [Fact]
    public Task Holes_BecomeFields() => Verify.VerifyCodeFixAsync(
        """
        struct Status
        {
            public byte Ready;
            public uint Errors;
            public ushort Code;
        }

        class Driver
        {
            static bool M(UserVirtualAddress to) => PutUser({|DK5007:new Status { Ready = 1 }|}, to).IsError;
        }
        """,
        """
        struct Status
        {
            public byte Ready;
            public byte Reserved0;
            public ushort Reserved1;
            public uint Errors;
            public ushort Code;
            public ushort Reserved2;
        }

        class Driver
        {
            static bool M(UserVirtualAddress to) => PutUser(new Status { Ready = 1 }, to).IsError;
        }
        """);

    [Fact]
    public Task PositionalRecord_NothingOffered()
    {
        const string Source = """
            record struct Status(byte Ready, uint Errors);

            class Driver
            {
                static bool M(UserVirtualAddress to) => PutUser({|DK5007:new Status(1, 2)|}, to).IsError;
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
