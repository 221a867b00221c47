using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.RemapOfUnreservedRamFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class RemapOfUnreservedRamFixerTests
{
    [Fact]
    public Task SinglePage_IsInserted() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            readonly Page _page = AllocPage(GfpFlags.Kernel);
            readonly KernelLogicalAddress _memory = GetZeroedPage(GfpFlags.Kernel);
            readonly KernelVirtualAddress _area = Vmalloc(PageSize);

            KernelResult First(OpenFile filp, VmAreaStruct vma) => {|DK4009:RemapPfnRange(vma, vma.VmStart, PageToPfn(_page), PageSize, vma.VmPageProt)|};

            KernelResult Second(OpenFile filp, VmAreaStruct vma) => {|DK4009:RemapPfnRange(vma, vma.VmStart, Pa(_memory).ToPfn(), PageSize, vma.VmPageProt)|};

            KernelResult Third(OpenFile filp, VmAreaStruct vma) => {|DK4009:RemapPfnRange(vma, vma.VmStart, VmallocToPfn(_area), PageSize, vma.VmPageProt)|};
        }
        """,
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            readonly Page _page = AllocPage(GfpFlags.Kernel);
            readonly KernelLogicalAddress _memory = GetZeroedPage(GfpFlags.Kernel);
            readonly KernelVirtualAddress _area = Vmalloc(PageSize);

            KernelResult First(OpenFile filp, VmAreaStruct vma) => VmInsertPage(vma, vma.VmStart, _page);

            KernelResult Second(OpenFile filp, VmAreaStruct vma) => VmInsertPage(vma, vma.VmStart, VirtToPage(_memory));

            KernelResult Third(OpenFile filp, VmAreaStruct vma) => VmInsertPage(vma, vma.VmStart, VmallocToPage(_area)!);
        }
        """);

    [Fact]
    public Task ManyPagesAndKmalloc_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.AsmPgtable;
            using static DriverKit.Headers.LinuxMm;

            class Driver
            {
                readonly KernelLogicalAddress _pages = GetFreePages(GfpFlags.Kernel, 2), _small = Kmalloc(4096, GfpFlags.Kernel);

                KernelResult First(OpenFile filp, VmAreaStruct vma) => {|DK4009:RemapPfnRange(vma, vma.VmStart, Pa(_pages).ToPfn(), 4 * PageSize, vma.VmPageProt)|};

                KernelResult Second(OpenFile filp, VmAreaStruct vma) => {|DK4009:RemapPfnRange(vma, vma.VmStart, Pa(_small).ToPfn(), PageSize, vma.VmPageProt)|};
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
