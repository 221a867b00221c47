using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.KunmapWrongArgumentFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class KunmapWrongArgumentFixerTests
{
    [Fact]
    public Task WhatWasMapped_IsGiven() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            void M(Page page)
            {
                var a = Kmap(page);
                {|DK3001:Kunmap(VmallocToPage(a))|};
                var b = KmapAtomic(page, KmType.User0);
                {|DK3001:KunmapAtomic(PageAddress(page), KmType.User0)|};
                var c = KmapAtomic(page, KmType.User1);
                {|DK3001:KunmapAtomic(c, KmType.User0)|};
            }
        }
        """,
        """
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            void M(Page page)
            {
                var a = Kmap(page);
                Kunmap(page);
                var b = KmapAtomic(page, KmType.User0);
                KunmapAtomic(b, KmType.User0);
                var c = KmapAtomic(page, KmType.User1);
                KunmapAtomic(c, KmType.User1);
            }
        }
        """);

    [Fact]
    public Task TheOtherFunction_IsCalled() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            void M(Page page)
            {
                KernelVirtualAddress a;
                a = Kmap(page);
                {|DK3001:KunmapAtomic(a, KmType.User0)|};
            }

            void N(Page page)
            {
                var b = KmapAtomic(page, KmType.User0);
                {|DK3001:Kunmap(page)|};    // the slot
            }
        }
        """,
        """
        class Driver
        {
            void M(Page page)
            {
                KernelVirtualAddress a;
                a = Kmap(page);
                Kunmap(page);
            }

            void N(Page page)
            {
                var b = KmapAtomic(page, KmType.User0);
                KunmapAtomic(b, KmType.User0);    // the slot
            }
        }
        """);

    [Fact]
    public Task NoNameToSayAgain_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.LinuxMm;

            class Driver
            {
                static KernelVirtualAddress Begin(Page page) => KmapAtomic(page, KmType.User0);
                void M(Page page)
                {
                    var a = Kmap(VmallocToPage(default));
                    {|DK3001:KunmapAtomic(a, KmType.User0)|};
                    Begin(page);
                    {|DK3001:KunmapAtomic(PageAddress(page), KmType.User0)|};
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
