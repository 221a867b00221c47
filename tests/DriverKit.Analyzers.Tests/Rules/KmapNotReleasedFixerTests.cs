using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.KmapNotReleasedFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class KmapNotReleasedFixerTests
{
    [Fact]
    public Task Return_UnmapsBefore() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            int M(Page page)
            {
                var a = {|DK3003:Kmap(page)|};
                Memset(a, 0, 1);
                // done
                return 0;
            }

            int N(Page page, bool early)
            {
                var a = {|DK3003:KmapAtomic(page, KmType.User0)|};
                if (early)
                    return 1; // early
                Memset(a, 0, 1);
                KunmapAtomic(a, KmType.User0);
                return 0;
            }
        }
        """,
        """
        class Driver
        {
            int M(Page page)
            {
                var a = Kmap(page);
                Memset(a, 0, 1);
                // done
                Kunmap(page);
                return 0;
            }

            int N(Page page, bool early)
            {
                var a = KmapAtomic(page, KmType.User0);
                if (early)
                {
                    KunmapAtomic(a, KmType.User0);
                    return 1;
                } // early
                Memset(a, 0, 1);
                KunmapAtomic(a, KmType.User0);
                return 0;
            }
        }
        """);

    [Fact]
    public Task EndOfTheMethod_UnmapsThere() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            void M(Page page)
            {
                var a = {|DK3003:Kmap(page)|};
                Memset(a, 0, 1);
            }
        }
        """,
        """
        class Driver
        {
            void M(Page page)
            {
                var a = Kmap(page);
                Memset(a, 0, 1);
                Kunmap(page);
            }
        }
        """);

    [Fact]
    public Task UnmappedOnSomePaths_NothingOffered()
    {
        const string Source = """
            class Driver
            {
                int Some(Page page, bool first)
                {
                    var a = {|DK3003:Kmap(page)|};
                    if (first)
                        Kunmap(page);
                    return 0;
                }

                byte Result(Page page)
                {
                    var a = {|DK3003:Kmap(page)|};
                    return DriverKit.Headers.CPointer.Load<byte>(a);
                }

                static KernelVirtualAddress Begin(Page page) => KmapAtomic(page, KmType.User0);
                int Helper(Page page)
                {
                    var a = {|DK3003:Begin(page)|};
                    return 0;
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
