using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.InsertPfnContractFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class InsertPfnContractFixerTests
{
    [Fact]
    public Task Area_IsPrepared() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            KernelResult Mark(OpenFile filp, VmAreaStruct vma)
            {
                if (vma.Length != PageSize || vma.IsCopyOnWrite)
                    return -EINVAL;
                return {|DK4005:VmInsertPfn(vma, vma.VmStart, new Pfn(0xfeb00))|};
            }

            KernelResult Test(OpenFile filp, VmAreaStruct vma)
            {
                vma.VmFlags |= VmFlags.PfnMap;
                for (ulong i = 0; i < 4; i++)
                {
                    KernelResult result = {|DK4005:VmInsertPfn(vma, vma.VmStart + i * PageSize, new Pfn(0xfeb00) + i)|};
                    if (result.IsError)
                        return result;
                }

                return 0;
            }

            KernelResult Both(OpenFile filp, VmAreaStruct vma)
            {
                return {|DK4005:VmInsertPfn(vma, vma.VmStart, new Pfn(0xfeb00))|};
            }
        }
        """,
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            KernelResult Mark(OpenFile filp, VmAreaStruct vma)
            {
                if (vma.Length != PageSize || vma.IsCopyOnWrite)
                    return -EINVAL;
                vma.VmFlags |= VmFlags.PfnMap;
                return VmInsertPfn(vma, vma.VmStart, new Pfn(0xfeb00));
            }

            KernelResult Test(OpenFile filp, VmAreaStruct vma)
            {
                vma.VmFlags |= VmFlags.PfnMap;
                if (vma.IsCopyOnWrite)
                    return -EINVAL;
                for (ulong i = 0; i < 4; i++)
                {
                    KernelResult result = VmInsertPfn(vma, vma.VmStart + i * PageSize, new Pfn(0xfeb00) + i);
                    if (result.IsError)
                        return result;
                }

                return 0;
            }

            KernelResult Both(OpenFile filp, VmAreaStruct vma)
            {
                if (vma.IsCopyOnWrite)
                    return -EINVAL;
                vma.VmFlags |= VmFlags.PfnMap;
                return VmInsertPfn(vma, vma.VmStart, new Pfn(0xfeb00));
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
                KernelResult Through(OpenFile filp, VmAreaStruct vma) => {|DK4005:Helper(vma)|};

                KernelResult Helper(VmAreaStruct vma) => VmInsertPfn(vma, vma.VmStart, new Pfn(0xfeb00));
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
