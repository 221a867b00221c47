using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.FirstOpenForgottenFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class FirstOpenForgottenFixerTests
{
    [Fact]
    public Task Open_IsCalled() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            static int _areas;
            static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Close = VmaClose };

            static void VmaOpen(VmAreaStruct vma) => _areas++;

            static void VmaClose(VmAreaStruct vma) => _areas--;

            KernelResult First(OpenFile filp, VmAreaStruct vma)
            {
                vma.VmFlags |= VmFlags.DontExpand;
                {|DK4007:vma.VmOps = Ops|};
                return 0;
            }

            KernelResult Second(OpenFile filp, VmAreaStruct area)
            {
                {|DK4007:area.VmOps = Ops|}; // shared
                return 0;
            }
        }
        """,
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            static int _areas;
            static readonly VmOperationsStruct Ops = new() { Open = VmaOpen, Close = VmaClose };

            static void VmaOpen(VmAreaStruct vma) => _areas++;

            static void VmaClose(VmAreaStruct vma) => _areas--;

            KernelResult First(OpenFile filp, VmAreaStruct vma)
            {
                vma.VmFlags |= VmFlags.DontExpand;
                vma.VmOps = Ops;
                VmaOpen(vma);
                return 0;
            }

            KernelResult Second(OpenFile filp, VmAreaStruct area)
            {
                area.VmOps = Ops; // shared
                VmaOpen(area);
                return 0;
            }
        }
        """);

    [Fact]
    public Task LambdaAndHelper_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.AsmPgtable;
            using static DriverKit.Headers.LinuxMm;

            class Driver
            {
                static int _areas;
                static readonly VmOperationsStruct Ops = new() { Open = _ => _areas++, Close = _ => _areas-- };

                KernelResult First(OpenFile filp, VmAreaStruct vma)
                {
                    {|DK4007:vma.VmOps = Ops|};
                    return 0;
                }

                KernelResult Second(OpenFile filp, VmAreaStruct vma) => {|DK4007:Use(vma)|};

                static KernelResult Use(VmAreaStruct vma)
                {
                    vma.VmOps = Ops;
                    return 0;
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
