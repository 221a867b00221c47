using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.AllocatorMismatchFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class AllocatorMismatchFixerTests
{
    [Fact]
    public Task FunctionOfTheAllocator_IsCalled() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            KernelVirtualAddress _ring = Vmalloc(65536);
            void Exit() => {|DK3008:Kfree((KernelLogicalAddress)_ring)|};
            void Page()
            {
                var page = GetZeroedPage(GfpFlags.Kernel);
                {|DK3008:Kfree(page)|};
                var small = Kmalloc(8, GfpFlags.Kernel);
                {|DK3008:FreePage(small)|};
                var large = Vmalloc(8);
                {|DK3008:FreePages((KernelLogicalAddress)(large), 1)|};
            }
        }
        """,
        """
        class Driver
        {
            KernelVirtualAddress _ring = Vmalloc(65536);
            void Exit() => Vfree(_ring);
            void Page()
            {
                var page = GetZeroedPage(GfpFlags.Kernel);
                FreePage(page);
                var small = Kmalloc(8, GfpFlags.Kernel);
                Kfree(small);
                var large = Vmalloc(8);
                Vfree(large);
            }
        }
        """);

    [Fact]
    public Task OrderOfTheAllocation_IsGiven() => Verify.VerifyCodeFixAsync(
        """
        class Driver
        {
            void M(GfpFlags flags)
            {
                var a = GetFreePages(flags, 2);
                {|DK3008:FreePage(a)|};
                var b = AllocPages(flags, 3)!;
                {|DK3008:FreePages(b, 1)|};
                var c = GetFreePage(flags);
                {|DK3008:FreePages(c, 1)|};
            }
        }
        """,
        """
        class Driver
        {
            void M(GfpFlags flags)
            {
                var a = GetFreePages(flags, 2);
                FreePages(a, 2);
                var b = AllocPages(flags, 3)!;
                FreePages(b, 3);
                var c = GetFreePage(flags);
                FreePage(c);
            }
        }
        """);

    [Fact]
    public Task WhatWouldNotCompileOrIsNotCertain_NothingOffered()
    {
        const string Source = """
            class Driver
            {
                static void Drop(KernelLogicalAddress a) => Kfree(a);
                void M(DriverKit.Memory.Kernel.KmemCache one, DriverKit.Memory.Kernel.KmemCache other, Page page, GfpFlags flags)
                {
                    KernelVirtualAddress a = Kmalloc(8, flags);
                    {|DK3008:Vfree(a)|};
                    {|DK3008:Drop((KernelLogicalAddress)Vmalloc(8))|};
                    {|DK3008:Vfree(Kmap(page))|};
                    {|DK3008:KmemCacheFree(one, KmemCacheAlloc(other, flags))|};
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
