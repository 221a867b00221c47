using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.MmapRangeCheckOverflowsFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class MmapRangeCheckOverflowsFixerTests
{
    [Fact]
    public Task Sum_BecomesADifference() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            const ulong Size = 0x10000;

            KernelResult Above(OpenFile filp, VmAreaStruct vma)
            {
                ulong offset = vma.VmPgoff << PageShift;
                if ({|DK4002:offset + vma.Length > Size|})
                    return -EINVAL;
                return 0;
            }

            KernelResult Below(OpenFile filp, VmAreaStruct vma) => {|DK4002:(vma.VmPgoff << PageShift) + vma.Length <= Size|} ? 0 : -EINVAL;

            bool Turned(VmAreaStruct vma, ulong size, bool ready) => ready && !({|DK4002:size / 2 < vma.VmEnd - vma.VmStart + vma.VmPgoff * PageSize|});
        }
        """,
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            const ulong Size = 0x10000;

            KernelResult Above(OpenFile filp, VmAreaStruct vma)
            {
                ulong offset = vma.VmPgoff << PageShift;
                if (offset > Size || vma.Length > Size - offset)
                    return -EINVAL;
                return 0;
            }

            KernelResult Below(OpenFile filp, VmAreaStruct vma) => (vma.VmPgoff << PageShift) <= Size && vma.Length <= Size - (vma.VmPgoff << PageShift) ? 0 : -EINVAL;

            bool Turned(VmAreaStruct vma, ulong size, bool ready) => ready && !(vma.VmPgoff * PageSize > size / 2 || vma.VmEnd - vma.VmStart > size / 2 - vma.VmPgoff * PageSize);
        }
        """);

    [Fact]
    public Task SumKeptInALocal_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.AsmPgtable;
            using static DriverKit.Headers.LinuxMm;

            class Driver
            {
                KernelResult Kept(OpenFile filp, VmAreaStruct vma)
                {
                    ulong end = (vma.VmPgoff << PageShift) + vma.Length;
                    if ({|DK4002:end > 0x10000|})
                        return -EINVAL;
                    return {|DK4002:(vma.VmPgoff << PageShift) + vma.Length > Limit()|} ? -EINVAL : 0;
                }

                static ulong Limit() => 0x10000;
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
