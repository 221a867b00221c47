using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.AddressKindsMixedFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class AddressKindsMixedFixerTests
{
    [Fact]
    public Task CertainConversions_AreReplaced() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            PhysicalAddress Down(KernelLogicalAddress a) => {|DK2002:new PhysicalAddress(a.Value)|};
            KernelLogicalAddress Up(PhysicalAddress p) { KernelLogicalAddress a = {|DK2002:new(p.Value)|}; return a + 4ul; }
        }
        """,
        """
        class Driver
        {
            PhysicalAddress Down(KernelLogicalAddress a) => Pa(a);
            KernelLogicalAddress Up(PhysicalAddress p) { KernelLogicalAddress a = Va(p); return a + 4ul; }
        }
        """);

    [Fact]
    public Task UncertainConversions_NothingOffered()
    {
        const string Source = """
            class Driver
            {
                PhysicalAddress Wide(KernelVirtualAddress a) => {|DK2002:new PhysicalAddress(a.Value)|};
                PhysicalAddress Sum(KernelLogicalAddress a) => {|DK2002:new PhysicalAddress(a.Value + 4)|};
                BusAddress Bus(PhysicalAddress p) => {|DK2002:new BusAddress(p.Value)|};
                bool Same(PhysicalAddress p, UserVirtualAddress u) => {|DK2002:p.Value == u.Value|};
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
