using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.NopageWithoutGetPageFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class NopageWithoutGetPageFixerTests
{
    [Fact]
    public Task Reference_IsTaken() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        #nullable enable
        class Driver
        {
            Page[] _pages = [];
            Page? _page;
            KernelLogicalAddress _memory;

            NopageResult Element(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
            {
                if (vma.VmPgoff >= 4)
                    return NopageResult.Sigbus;

                // the page that was asked for
                return {|DK4004:_pages[vma.VmPgoff]|};
            }

            NopageResult Nullable(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
            {
                return {|DK4004:_page|};
            }

            NopageResult Computed(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
            {
                return {|DK4004:VirtToPage(_memory + (vma.VmPgoff << PageShift))|};
            }
        }
        """,
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        #nullable enable
        class Driver
        {
            Page[] _pages = [];
            Page? _page;
            KernelLogicalAddress _memory;

            NopageResult Element(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
            {
                if (vma.VmPgoff >= 4)
                    return NopageResult.Sigbus;

                // the page that was asked for
                GetPage(_pages[vma.VmPgoff]);
                return _pages[vma.VmPgoff];
            }

            NopageResult Nullable(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
            {
                if (_page is not null)
                    GetPage(_page);
                return _page;
            }

            NopageResult Computed(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
            {
                Page page = VirtToPage(_memory + (vma.VmPgoff << PageShift));
                GetPage(page);
                return page;
            }
        }
        """);

    [Fact]
    public Task NoStatementOfItsOwn_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.AsmPgtable;
            using static DriverKit.Headers.LinuxMm;

            class Driver
            {
                Page _page;

                NopageResult Arrow(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type) => {|DK4004:_page|};

                NopageResult Choice(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
                {
                    return {|DK4004:vma.VmPgoff == 0 ? _page : NopageResult.Sigbus|};
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
