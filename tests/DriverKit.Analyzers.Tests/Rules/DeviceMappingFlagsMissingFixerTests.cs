using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.DeviceMappingFlagsMissingFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class DeviceMappingFlagsMissingFixerTests
{
    [Fact]
    public Task Area_IsMarked() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            static readonly VmOperationsStruct Ops = new() { Nopage = Nopage };

            static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;

            KernelResult First(OpenFile filp, VmAreaStruct vma)
            {
                {|DK4012:vma.VmOps = Ops|};
                return 0;
            }

            KernelResult Second(OpenFile filp, VmAreaStruct area)
            {
                if (area.Length != PageSize)
                    return -EINVAL;

                {|DK4012:area.VmOps = Ops|};
                return 0;
            }
        }
        """,
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            static readonly VmOperationsStruct Ops = new() { Nopage = Nopage };

            static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;

            KernelResult First(OpenFile filp, VmAreaStruct vma)
            {
                vma.VmFlags |= VmFlags.Reserved;
                vma.VmOps = Ops;
                return 0;
            }

            KernelResult Second(OpenFile filp, VmAreaStruct area)
            {
                if (area.Length != PageSize)
                    return -EINVAL;

                area.VmFlags |= VmFlags.Reserved;
                area.VmOps = Ops;
                return 0;
            }
        }
        """);

    [Fact]
    public Task Helper_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.AsmPgtable;
            using static DriverKit.Headers.LinuxMm;

            class Driver
            {
                static readonly VmOperationsStruct Ops = new() { Nopage = Nopage };

                static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => NopageResult.Sigbus;

                KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
                {
                    {|DK4012:Use(vma)|};
                    return 0;
                }

                static void Use(VmAreaStruct vma) => vma.VmOps = Ops;
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
