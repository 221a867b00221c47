using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.SleepingAllocationInAtomicContextFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class SleepingAllocationInAtomicContextFixerTests
{
    [Fact]
    public Task KernelFlags_BecomeAtomic() => Verify.VerifyCodeFixAsync(
        """
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxSpinlock;

        class Driver
        {
            Spinlock _lock = new();
            KernelLogicalAddress _a, _b, _c;

            void Fill()
            {
                SpinLock(_lock);
                _a = {|DK1003:Kmalloc(16, GfpFlags.Kernel)|};
                _b = {|DK1003:Kmalloc(16, GfpFlags.NoWarn | GfpFlags.Kernel)|}; // both
                _c = {|DK1003:Take(GfpFlags.Kernel)|};
                SpinUnlock(_lock);
            }

            static KernelLogicalAddress Take(GfpFlags flags) => GetFreePage(flags);
        }
        """,
        """
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxSpinlock;

        class Driver
        {
            Spinlock _lock = new();
            KernelLogicalAddress _a, _b, _c;

            void Fill()
            {
                SpinLock(_lock);
                _a = Kmalloc(16, GfpFlags.Atomic);
                _b = Kmalloc(16, GfpFlags.NoWarn | GfpFlags.Atomic); // both
                _c = Take(GfpFlags.Atomic);
                SpinUnlock(_lock);
            }

            static KernelLogicalAddress Take(GfpFlags flags) => GetFreePage(flags);
        }
        """);

    [Fact]
    public Task FlagsThatAreNotWrittenHere_NothingOffered()
    {
        const string Source = """
            using DriverKit.Locking;
            using static DriverKit.Headers.LinuxSpinlock;

            class Driver
            {
                Spinlock _lock = new();
                KernelLogicalAddress _a, _b, _c;

                void Fill()
                {
                    GfpFlags flags = GfpFlags.Kernel;
                    SpinLock(_lock);
                    _a = {|DK1003:Kmalloc(16, flags)|};
                    _b = {|DK1003:Kmalloc(16, GfpFlags.Kernel | GfpFlags.NoFs)|};
                    _c = {|DK1003:Take()|};
                    SpinUnlock(_lock);
                }

                static KernelLogicalAddress Take() => GetFreePage(GfpFlags.User);
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
