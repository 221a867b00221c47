using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.ProtectionNotFromVmaFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class ProtectionNotFromVmaFixerTests
{
    [Fact]
    public Task Constant_BecomesTheAreas() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            KernelResult First(OpenFile filp, VmAreaStruct vma) =>
                RemapPfnRange(vma, vma.VmStart, new Pfn(0xfe400), PageSize, {|DK4010:PageProtection.Shared|});

            KernelResult Second(OpenFile filp, VmAreaStruct area) =>
                IoRemapPfnRange(area, area.VmStart, new Pfn(0xfe400), PageSize, {|DK4010:PgprotNoncached(PageProtection.Shared)|});

            KernelResult Third(OpenFile filp, VmAreaStruct vma) =>
                RemapPfnRange(vma, vma.VmStart, new Pfn(0xfe400), PageSize, {|DK4010:new PageProtection(7)|});
        }
        """,
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            KernelResult First(OpenFile filp, VmAreaStruct vma) =>
                RemapPfnRange(vma, vma.VmStart, new Pfn(0xfe400), PageSize, vma.VmPageProt);

            KernelResult Second(OpenFile filp, VmAreaStruct area) =>
                IoRemapPfnRange(area, area.VmStart, new Pfn(0xfe400), PageSize, PgprotNoncached(area.VmPageProt));

            KernelResult Third(OpenFile filp, VmAreaStruct vma) =>
                RemapPfnRange(vma, vma.VmStart, new Pfn(0xfe400), PageSize, vma.VmPageProt);
        }
        """);

    [Fact]
    public Task FromElsewhere_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.AsmPgtable;
            using static DriverKit.Headers.LinuxMm;

            class Driver
            {
                static readonly PageProtection Own = PageProtection.Shared;

                KernelResult Field(OpenFile filp, VmAreaStruct vma) => RemapPfnRange(vma, vma.VmStart, new Pfn(0xfe400), PageSize, {|DK4010:Own|});

                KernelResult Overwritten(OpenFile filp, VmAreaStruct vma)
                {
                    vma.VmPageProt = PageProtection.ReadOnly;
                    return RemapPfnRange(vma, vma.VmStart, new Pfn(0xfe400), PageSize, {|DK4010:vma.VmPageProt|});
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
