using DriverKit.Analyzers.Rules;
using DriverKit.Analyzers.Tests.Verifier;
using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.VirtToPageOnNonLogicalAddressFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class VirtToPageOnNonLogicalAddressFixerTests
{
    [Fact]
    public Task Cast_IsReplacedAndUsingAdded() => Verify.VerifyCodeFixAsync(
        """
        using static System.Math;

        public class Driver
        {
            Page M(KernelVirtualAddress a, ulong n)
            {
                a = Vmalloc(n);
                // the first page
                var page = VirtToPage({|DK2001:(KernelLogicalAddress)a|});
                return VirtToPage({|DK2001:(KernelLogicalAddress)(a + 4096ul)|}) ?? page;
            }
        }
        """,
        """
        using static DriverKit.Headers.LinuxMm;
        using static System.Math;

        public class Driver
        {
            Page M(KernelVirtualAddress a, ulong n)
            {
                a = Vmalloc(n);
                // the first page
                var page = VmallocToPage(a);
                return VmallocToPage(a + 4096ul) ?? page;
            }
        }
        """);

    [Fact]
    public Task NoUsings_OneIsPutFirst() => Verify.VerifyCodeFixAsync(
        """
        // A driver.
        class Driver
        {
            Page M() => VirtToPage({|DK2001:(KernelLogicalAddress)Vmalloc(4)|});
        }
        """,
        """
        // A driver.
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            Page M() => VmallocToPage(Vmalloc(4));
        }
        """);

    [Fact]
    public Task LogicalVariable_IsWidened() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.LinuxMm;
        class Driver
        {
            Page M() { var a = (KernelLogicalAddress)Vmalloc(4); return VirtToPage({|DK2001:a|}); }
        }
        """,
        """
        using static DriverKit.Headers.LinuxMm;
        class Driver
        {
            Page M() { var a = (KernelLogicalAddress)Vmalloc(4); return VmallocToPage(a); }
        }
        """);

    [Fact]
    public Task NoAlternative_NothingOffered()
    {
        const string Source = """
            class Driver
            {
                static Page Helper(KernelVirtualAddress a) => VirtToPage((KernelLogicalAddress)a);
                void M(Page page)
                {
                    VirtToPage({|DK2001:(KernelLogicalAddress)Kmap(page)|});
                    Pa({|DK2001:(KernelLogicalAddress)Vmalloc(4)|});
                    Helper({|DK2001:Vmalloc(4)|});
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }

    [Fact]
    public void Keys_AreStable()
    {
        Assert.Equal("DK2001_CallVmallocAlternative", VirtToPageOnNonLogicalAddressFixer.Key_CallVmallocAlternative);
        Assert.Equal("DK2002_CallConversion", AddressKindsMixedFixer.Key_CallConversion);
        Assert.Contains("DK2001", new FlowRules().SupportedDiagnostics.Select(static rule => rule.Id));
    }
}
