using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.AddressUnitMixedFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class AddressUnitMixedFixerTests
{
    [Fact]
    public Task Shifts_AreAddedAndTakenAway() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            static bool Sum(VmAreaStruct vma, ulong size) => {|DK2004:vma.VmPgoff + vma.Length|} > size;
            static Page Frame(PhysicalAddress at) => PfnToPage({|DK2004:new Pfn(at.Value)|});
            static PhysicalAddress Made(Pfn frame) => {|DK2004:new PhysicalAddress(frame.Value)|};
            static KernelVirtualAddress Argument(VmAreaStruct vma) => Vmalloc({|DK2004:vma.Length >> PageShift|});
            static ulong Twice(VmAreaStruct vma) => {|DK2004:(vma.VmPgoff << PageShift) << PageShift|};
        }
        """,
        """
        class Driver
        {
            static bool Sum(VmAreaStruct vma, ulong size) => (vma.VmPgoff << PageShift) + vma.Length > size;
            static Page Frame(PhysicalAddress at) => PfnToPage(new Pfn(at.Value >> PageShift));
            static PhysicalAddress Made(Pfn frame) => new PhysicalAddress(frame.Value << PageShift);
            static KernelVirtualAddress Argument(VmAreaStruct vma) => Vmalloc((vma.Length >> PageShift) << PageShift);
            static ulong Twice(VmAreaStruct vma) => vma.VmPgoff << PageShift;
        }
        """);

    [Fact]
    public Task NumberGivenToAHelper_NothingElseOffered()
    {
        const string Source = """
            class Driver
            {
                static bool Compound(VmAreaStruct vma)
                {
                    ulong end = vma.Length;
                    {|DK2004:end += vma.VmPgoff|};
                    return end > 4096;
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
