using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.IoMemoryDereferencedFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class IoMemoryDereferencedFixerTests
{
    [Fact]
    public Task Calls_AreReplaced() => Verify.VerifyCodeFixAsync(
        """
        using static DriverKit.Headers.CPointer;

        class Driver
        {
            static uint Read(IoAddress io) => Load<uint>({|DK2009:new KernelVirtualAddress(io.Value)|});
            static void Write(IoAddress io, KernelVirtualAddress a)
            {
                Store({|DK2009:new KernelVirtualAddress(io.Value + 4)|}, (ushort)1);
                Memcpy(a, {|DK2009:new KernelVirtualAddress(io.Value)|}, 16);
                Memset({|DK2009:new KernelVirtualAddress(io.Value)|}, 0, 16);
            }
        }
        """,
        """
        using static DriverKit.Headers.CPointer;

        class Driver
        {
            static uint Read(IoAddress io) => Readl(io);
            static void Write(IoAddress io, KernelVirtualAddress a)
            {
                Writew((ushort)1, io + 4ul);
                MemcpyFromio(a, io, 16);
                MemsetIo(io, 0, 16);
            }
        }
        """);

    [Fact]
    public Task OtherWidthsAndLocals_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.CPointer;

            class Driver
            {
                static ulong Wide(IoAddress io) => Load<ulong>({|DK2009:new KernelVirtualAddress(io.Value)|});
                static uint Local(IoAddress io)
                {
                    var a = new KernelVirtualAddress(io.Value);
                    return Load<uint>({|DK2009:a|});
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
