using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.NoncachedTooLateFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class NoncachedTooLateFixerTests
{
    [Fact]
    public Task Assignment_GoesBeforeTheRemap() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            KernelResult First(OpenFile filp, VmAreaStruct vma)
            {
                if (vma.Length != PageSize)
                    return -EINVAL;

                // the registers
                KernelResult result = RemapPfnRange(vma, vma.VmStart, new Pfn(0xfeb00), PageSize, vma.VmPageProt);
                {|DK4011:vma.VmPageProt = PgprotNoncached(vma.VmPageProt)|}; // not cached
                return result;
            }

            KernelResult Second(OpenFile filp, VmAreaStruct vma)
            {
                if (RemapPfnRange(vma, vma.VmStart, new Pfn(0xfeb00), PageSize, vma.VmPageProt).IsError)
                    return -EAGAIN;
                if ((filp.FFlags & OpenFlags.Sync) != 0)
                    {|DK4011:vma.VmPageProt = PgprotNoncached(vma.VmPageProt)|};
                return 0;
            }
        }
        """,
        """
        using static DriverKit.Headers.AsmPgtable;
        using static DriverKit.Headers.LinuxMm;

        class Driver
        {
            KernelResult First(OpenFile filp, VmAreaStruct vma)
            {
                if (vma.Length != PageSize)
                    return -EINVAL;

                // the registers
                vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
                KernelResult result = RemapPfnRange(vma, vma.VmStart, new Pfn(0xfeb00), PageSize, vma.VmPageProt);
                return result;
            }

            KernelResult Second(OpenFile filp, VmAreaStruct vma)
            {
                if ((filp.FFlags & OpenFlags.Sync) != 0)
                    vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
                if (RemapPfnRange(vma, vma.VmStart, new Pfn(0xfeb00), PageSize, vma.VmPageProt).IsError)
                    return -EAGAIN;
                return 0;
            }
        }
        """);

    [Fact]
    public Task OtherBlockOrOtherNames_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.AsmPgtable;
            using static DriverKit.Headers.LinuxMm;

            class Driver
            {
                KernelResult Finally(OpenFile filp, VmAreaStruct vma)
                {
                    try
                    {
                        return RemapPfnRange(vma, vma.VmStart, new Pfn(0xfeb00), PageSize, vma.VmPageProt);
                    }
                    finally
                    {
                        {|DK4011:vma.VmPageProt = PgprotNoncached(vma.VmPageProt)|};
                    }
                }

                KernelResult Result(OpenFile filp, VmAreaStruct vma)
                {
                    KernelResult result = RemapPfnRange(vma, vma.VmStart, new Pfn(0xfeb00), PageSize, vma.VmPageProt);
                    if (result.IsSuccess)
                        {|DK4011:vma.VmPageProt = PgprotNoncached(vma.VmPageProt)|};
                    return result;
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
