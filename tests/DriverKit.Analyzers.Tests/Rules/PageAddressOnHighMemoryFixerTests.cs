using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.PageAddressOnHighMemoryFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class PageAddressOnHighMemoryFixerTests
{
    [Fact]
    public Task Statement_IsMapped() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            static void M()
            {
                Page page = AllocPage(GfpFlags.HighUser);
                if (page is null)
                    return;
                // nothing in it
                Memset(PageAddress({|DK2005:page|}), 0, PageSize);
                FreePage(page);
            }
        }
        """,
        """
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            static void M()
            {
                Page page = AllocPage(GfpFlags.HighUser);
                if (page is null)
                    return;
                // nothing in it
                KernelVirtualAddress mapped = Kmap(page);
                Memset(mapped, 0, PageSize);
                Kunmap(page);
                FreePage(page);
            }
        }
        """);

    [Fact]
    public Task AddressThatIsKept_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.LinuxMm;

            class Driver
            {
                static void M()
                {
                    Page page = AllocPage(GfpFlags.HighUser);
                    if (page is null)
                        return;
                    KernelVirtualAddress a = PageAddress({|DK2005:page|});
                    Memset(a, 0, PageSize);
                    FreePage(page);
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
