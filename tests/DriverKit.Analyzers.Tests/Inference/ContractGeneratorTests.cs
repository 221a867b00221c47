using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Tests.Inference;

/// <summary>What is found out of a library's public methods, and what those hear of it who build against the library.</summary>
public sealed class ContractGeneratorTests
{
    private const string Helpers = """
        namespace Lib;

        public static class Helper
        {
            private static readonly List<KernelLogicalAddress> Kept = [];

            public static void Fill(ulong size) => Kfree(Kmalloc(size, GfpFlags.Kernel));

            public static KernelLogicalAddress Table(ulong size, GfpFlags flags) => Kmalloc(size, flags);

            public static void Pause(bool mayWait)
            {
                if (mayWait)
                    Msleep(10);
            }

            public static void Enter(Spinlock guard) => SpinLock(guard);

            public static void Leave(Spinlock guard) => SpinUnlock(guard);

            public static bool TryEnter(Spinlock guard) => SpinTrylock(guard);

            public static KernelVirtualAddress Slot(Page page) => KmapAtomic(page, KmType.User0);

            public static void Unslot(KernelVirtualAddress at) => KunmapAtomic(at, KmType.User0);

            public static KernelVirtualAddress Area(ulong size) => Vmalloc(size);

            public static PhysicalAddress Where(KernelVirtualAddress at) => VirtToPhys((KernelLogicalAddress)at);

            public static void Drop(KernelLogicalAddress memory) => Kfree(memory);

            public static void Keep(KernelLogicalAddress memory) => Kept.Add(memory);

            public static void KeepSlowly(KernelLogicalAddress memory)
            {
                Kept.Add(memory);
                Msleep(10);
            }

            public static int Harmless(int number) => number + 1;

            internal static void Hidden() => Msleep(10);

            [MightSleep]
            public static void Said() { }
        }
        """;

    [Fact]
    public void PublicMethods_AreDescribed()
    {
        var contracts = Library.Contracts(Helpers);
        Assert.Equal("method MightSleep(Sort=Allocation,Via=Kmalloc)", contracts["M:Lib.Helper.Fill(System.UInt64)"]);
        Assert.Contains("method MightSleep(FlagsParameter=flags,Sort=Allocation,Via=Kmalloc)", contracts["M:Lib.Helper.Table(System.UInt64,DriverKit.Primitives.GfpFlags)"]);
        Assert.Contains("return ReturnsOrigin(LowMemory)", contracts["M:Lib.Helper.Table(System.UInt64,DriverKit.Primitives.GfpFlags)"]);
        Assert.Contains("return AllocatesWith(Kmalloc)", contracts["M:Lib.Helper.Table(System.UInt64,DriverKit.Primitives.GfpFlags)"]);
        Assert.Equal("method MightSleep(If=mayWait,Via=Msleep)", contracts["M:Lib.Helper.Pause(System.Boolean)"]);
        Assert.Contains("method Acquires(Spinlock,Lock=guard)", contracts["M:Lib.Helper.Enter(DriverKit.Locking.Spinlock)"]);
        Assert.Contains("method Releases(Spinlock,Lock=guard)", contracts["M:Lib.Helper.Leave(DriverKit.Locking.Spinlock)"]);
        Assert.Contains("method Acquires(Spinlock,Lock=guard,When=True)", contracts["M:Lib.Helper.TryEnter(DriverKit.Locking.Spinlock)"]);
        Assert.Contains("return ReturnsOrigin(Vmalloc)", contracts["M:Lib.Helper.Area(System.UInt64)"]);
        Assert.Contains("0 RequiresOrigin(LowMemory,Via=VirtToPhys)", contracts["M:Lib.Helper.Where(DriverKit.Primitives.KernelVirtualAddress)"]);
        Assert.Contains("0 FreesWith(Kmalloc,AllowsNull=true)", contracts["M:Lib.Helper.Drop(DriverKit.Primitives.KernelLogicalAddress)"]);
        Assert.Equal(string.Empty, contracts["M:Lib.Helper.Said"]);
        Assert.DoesNotContain(contracts.Keys, static id => id.Contains("Harmless") || id.Contains("Hidden"));
    }

    [Fact]
    public void NotALibrary_NothingIsWritten()
    {
        Assert.Empty(Library.Contracts(Helpers + "static class Program { static void Main() { } }", OutputKind.ConsoleApplication));
        Assert.Empty(Library.Contracts(Helpers, isOn: "false"));
        Assert.NotEmpty(Library.Contracts(Helpers, isOn: "true"));
    }

    [Fact]
    public Task SleepingHelperUnderSpinlock_Triggers() => Reports("SpinLock(_lock); Lib.Helper.Pause(true); SpinUnlock(_lock);", "DK1001", "Pause", "Msleep");

    [Fact]
    public Task HelperToldNotToSleep_DoesNotTrigger() => ReportsNothing("SpinLock(_lock); Lib.Helper.Pause(false); SpinUnlock(_lock);");

    [Fact]
    public Task SleepingHelperInAtomicSlot_Triggers() => Reports("var at = KmapAtomic(page, KmType.User0); Lib.Helper.Pause(true); KunmapAtomic(at, KmType.User0);", "DK1002", "Pause", "Msleep");

    [Fact]
    public Task SlotOfHelper_Triggers() => Reports("var at = Lib.Helper.Slot(page); Msleep(1); Lib.Helper.Unslot(at); Msleep(1);", "DK1002", "Msleep", "Slot");

    [Fact]
    public Task AllocatingHelperUnderSpinlock_Triggers() => Reports("SpinLock(_lock); Lib.Helper.Fill(16); SpinUnlock(_lock);", "DK1003", "Fill", "Kmalloc");

    [Fact]
    public Task FlagsOfHelper_Decide() => ReportsNothing("SpinLock(_lock); var t = Lib.Helper.Table(16, GfpFlags.Atomic); SpinUnlock(_lock); Kfree(t);");

    [Fact]
    public Task AreaOfHelper_Triggers() => Reports("var area = Lib.Helper.Area(4096); VirtToPhys((KernelLogicalAddress)area); Vfree(area);", "DK2001", "Area");

    [Fact]
    public Task HelperThatNeedsLowMemory_Triggers() => Reports("var area = Vmalloc(4096); Lib.Helper.Where(area); Vfree(area);", "DK2001", "Where", "VirtToPhys");

    [Fact]
    public Task FreedByHelper_Triggers() => Reports("var t = Kmalloc(16, GfpFlags.Kernel); if (t.IsNull) return; Lib.Helper.Drop(t); Store(t, 1u);", "DK3006", "Drop");

    [Fact]
    public Task KeptByHelper_DoesNotTrigger() => ReportsNothing("var t = Kmalloc(16, GfpFlags.Kernel); if (t.IsNull) return; Lib.Helper.Keep(t);");

    [Fact]
    public Task KeptBySleepingHelper_DoesNotTrigger() => ReportsNothing("var t = Kmalloc(16, GfpFlags.Kernel); if (t.IsNull) return; Lib.Helper.KeepSlowly(t);");

    [Fact]
    public Task LockedTwiceByHelper_Triggers() => Reports("Lib.Helper.Enter(_lock); Lib.Helper.Enter(_lock); Lib.Helper.Leave(_lock); Lib.Helper.Leave(_lock);", "DK7001", "Enter");

    [Fact]
    public Task LockedByHelperAndLeft_Triggers() => Reports("Lib.Helper.Enter(_lock); if (page.IsHighMemory) return; Lib.Helper.Leave(_lock);", "DK7003", "Enter");

    [Fact]
    public Task TriedByHelper_DoesNotTrigger() => ReportsNothing("if (!Lib.Helper.TryEnter(_lock)) return; Lib.Helper.Leave(_lock);");

    [Theory]
    [InlineData("""[assembly: InferredContract("M:Lib.Helper.Quiet", "method MightSleep(Via=Msleep)")]""", 1)]
    [InlineData("""[assembly: InferredContract("M:Lib.Helper.Quiet", "method MightSleep(Via=Msleep); and more")]""", 0)]
    [InlineData("""[assembly: InferredContract("M:Lib.Helper.Quiet", "method MightSleep(If=nobody)")]""", 0)]
    [InlineData("""[assembly: InferredContract("M:Lib.Helper.Quiet", "method Acquires(Everything)")]""", 0)]
    [InlineData("""[assembly: InferredContract("M:Lib.Helper.Quiet", null!)]""", 0)]
    [InlineData("""[assembly: InferredContract("M:Lib.Helper.Quiet", "7 FreesWith(Kmalloc)")]""", 0)]
    public async Task WhatTheAssemblySays_IsBelievedOnlyWhenUnderstood(string attribute, int reports)
    {
        string library = attribute + "\nnamespace Lib { public static class Helper { public static void Quiet() { } } }";
        var found = await Library.LintAsync(library, Driver("var at = KmapAtomic(page, KmType.User0); Lib.Helper.Quiet(); KunmapAtomic(at, KmType.User0);"), isOn: "false");
        Assert.Equal(reports, found.Count(static diagnostic => diagnostic.Id == "DK1002"));
    }

    [Fact]
    public async Task WrittenAttribute_WinsOverInferredOne()
    {
        const string Source = """
            namespace Lib;
            public static class Helper
            {
                [MightSleep(FlagsParameter = nameof(flags))]
                public static void Fill(GfpFlags flags) => Kfree(Kmalloc(16, GfpFlags.Kernel));
            }
            """;
        Assert.Empty(await Library.LintAsync(Source, Driver("SpinLock(_lock); Lib.Helper.Fill(GfpFlags.Atomic); SpinUnlock(_lock);")));
    }

    private static string Driver(string statements) => $$"""
        public sealed class Driver
        {
            private readonly Spinlock _lock = new("driver");

            private void M(Page page)
            {
                {{statements}}
            }
        }
        """;

    /// <summary>The rule reports the statements, and says what comes through the library; without the generator nothing is known.</summary>
    private static async Task Reports(string statements, string id, params string[] words)
    {
        if (!AllAnalyzers.Has(id))
            return;
        var found = Assert.Single(await Library.LintAsync(Helpers, Driver(statements)), diagnostic => diagnostic.Id == id);
        Assert.All(words, word => Assert.Contains(word, found.GetMessage(), StringComparison.Ordinal));
        Assert.DoesNotContain(await Library.LintAsync(Helpers, Driver(statements), isOn: "false"), diagnostic => diagnostic.Id == id);
    }

    private static async Task ReportsNothing(string statements) => Assert.Empty(await Library.LintAsync(Helpers, Driver(statements)));
}
