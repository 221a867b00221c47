using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.NeedlessAtomicAllocationFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class NeedlessAtomicAllocationFixerTests
{
    [Fact]
    public Task AtomicFlags_BecomeKernel() => Verify.VerifyCodeFixAsync(
        """
        sealed class DriverModule : KernelModule
        {
            KernelLogicalAddress _a;

            public override KernelResult Init()
            {
                _a = Kmalloc(16, {|DK1009:GfpFlags.Atomic | GfpFlags.NoWarn|});
                return _a.IsNull ? -ENOMEM : 0;
            }

            public override void Exit() => Kfree(_a);
        }
        """,
        """
        sealed class DriverModule : KernelModule
        {
            KernelLogicalAddress _a;

            public override KernelResult Init()
            {
                _a = Kmalloc(16, GfpFlags.Kernel | GfpFlags.NoWarn);
                return _a.IsNull ? -ENOMEM : 0;
            }

            public override void Exit() => Kfree(_a);
        }
        """);

    [Fact]
    public Task FlagsThatAreNotWrittenHere_NothingOffered()
    {
        const string Source = """
            sealed class DriverModule : KernelModule
            {
                KernelLogicalAddress _a;

                public override KernelResult Init()
                {
                    GfpFlags flags = GfpFlags.Atomic;
                    _a = Kmalloc(16, {|DK1009:flags|});
                    return _a.IsNull ? -ENOMEM : 0;
                }

                public override void Exit() => Kfree(_a);
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
