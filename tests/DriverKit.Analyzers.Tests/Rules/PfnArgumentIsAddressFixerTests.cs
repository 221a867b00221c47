using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.PfnArgumentIsAddressFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class PfnArgumentIsAddressFixerTests
{
    [Fact]
    public Task Number_BecomesAFrameNumber() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            static readonly PhysicalAddress Registers = new(0xfeb00000);

            KernelResult Value(OpenFile filp, VmAreaStruct vma) =>
                RemapPfnRange(vma, vma.VmStart, {|DK4014:new Pfn(Registers.Value)|}, PageSize, vma.VmPageProt);

            KernelResult Cast(OpenFile filp, VmAreaStruct vma) =>
                RemapPfnRange(vma, vma.VmStart, {|DK4014:new((uint)Registers.Value)|}, PageSize, vma.VmPageProt);

            KernelResult Shift(OpenFile filp, VmAreaStruct vma) =>
                RemapPfnRange(vma, vma.VmStart, {|DK4014:new Pfn(vma.VmPgoff << PageShift)|}, PageSize, vma.VmPageProt);

            KernelResult Number(OpenFile filp, VmAreaStruct vma)
            {
                ulong start = Registers.Value;
                return RemapPfnRange(vma, vma.VmStart, {|DK4014:new Pfn(start & PageMask)|}, PageSize, vma.VmPageProt);
            }
        }
        """,
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            static readonly PhysicalAddress Registers = new(0xfeb00000);

            KernelResult Value(OpenFile filp, VmAreaStruct vma) =>
                RemapPfnRange(vma, vma.VmStart, Registers.ToPfn(), PageSize, vma.VmPageProt);

            KernelResult Cast(OpenFile filp, VmAreaStruct vma) =>
                RemapPfnRange(vma, vma.VmStart, Registers.ToPfn(), PageSize, vma.VmPageProt);

            KernelResult Shift(OpenFile filp, VmAreaStruct vma) =>
                RemapPfnRange(vma, vma.VmStart, new Pfn(vma.VmPgoff), PageSize, vma.VmPageProt);

            KernelResult Number(OpenFile filp, VmAreaStruct vma)
            {
                ulong start = Registers.Value;
                return RemapPfnRange(vma, vma.VmStart, new Pfn((start & PageMask) >> PageShift), PageSize, vma.VmPageProt);
            }
        }
        """);

    [Fact]
    public Task LocalAndVirtualAddress_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.AsmPgtable;
            using static DriverKit.Headers.LinuxMm;

            class Driver
            {
                static readonly PhysicalAddress Registers = new(0xfeb00000);

                KernelResult Local(OpenFile filp, VmAreaStruct vma)
                {
                    Pfn first = new(Registers.Value);
                    return RemapPfnRange(vma, vma.VmStart, {|DK4014:first|}, PageSize, vma.VmPageProt);
                }

                KernelResult Logical(OpenFile filp, VmAreaStruct vma) =>
                    RemapPfnRange(vma, vma.VmStart, {|DK4014:new Pfn(Va(Registers).Value)|}, PageSize, vma.VmPageProt);
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
