using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.UninitializedMemoryToUserFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class UninitializedMemoryToUserFixerTests
{
    [Fact]
    public Task Allocations_AreZeroed() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            static ulong Small(UserVirtualAddress to)
            {
                KernelLogicalAddress a = Kmalloc(64, GfpFlags.Kernel);
                return CopyToUser(to, {|DK5006:a|}, 64);
            }
            static ulong Big(UserVirtualAddress to)
            {
                KernelLogicalAddress a = GetFreePages(GfpFlags.Kernel, 1);
                return CopyToUser(to, {|DK5006:a|}, 64);
            }
        }
        """,
        """
        class Driver
        {
            static ulong Small(UserVirtualAddress to)
            {
                KernelLogicalAddress a = Kzalloc(64, GfpFlags.Kernel);
                return CopyToUser(to, a, 64);
            }
            static ulong Big(UserVirtualAddress to)
            {
                KernelLogicalAddress a = GetFreePages(GfpFlags.Kernel | GfpFlags.Zero, 1);
                return CopyToUser(to, a, 64);
            }
        }
        """);

    [Fact]
    public Task Vmalloc_NothingOffered()
    {
        const string Source = """
            class Driver
            {
                static ulong M(UserVirtualAddress to)
                {
                    KernelVirtualAddress a = Vmalloc(4096);
                    return CopyToUser(to, {|DK5006:a|}, 64);
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
