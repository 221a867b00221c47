using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>What the engine can and cannot follow, shown through the rules.</summary>
public sealed class EngineTests() : RuleTest("DK1002", "DK2001", "DK2002")
{
    [Fact]
    public Task NestedFinally_RunsOnEveryWayOut_DoesNotTrigger() => Verify("""
        int M(Page page, int n)
        {
            var a = KmapAtomic(page, KmType.User0);
            try
            {
                try { if (n == 1) return 1; if (n == 2) throw new InvalidOperationException(); }
                finally { Memset(a, 0, 1); }
                while (true) { try { if (n-- < 0) break; } finally { Memset(a, 0, 2); } }
            }
            finally { KunmapAtomic(a, KmType.User0); }
            MightSleep();
            return 0;
        }
        """);

    [Fact]
    public Task ReturnFromTry_DoesNotReachTheCodeAfterIt() => Verify("""
        void M(Page page, bool x)
        {
            try { if (x) { KmapAtomic(page, KmType.User0); return; } }
            finally { Memset(default, 0, 1); }
            MightSleep();
        }
        """);

    [Fact]
    public Task HelperThatThrows_EndsThePath() => Verify("""
        static void Bug() => throw new InvalidOperationException();
        void M(Page page, bool x)
        {
            var a = KmapAtomic(page, KmType.User0);
            if (x) Bug(); else KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        """);

    [Fact]
    public Task LocalFunctionsAndLambdas_WriteWhatTheyCapture() => Verify("""
        void M(Page page, Action<Action> run)
        {
            bool held = false;
            KernelVirtualAddress a = default;
            void Map() { a = KmapAtomic(page, KmType.User0); held = true; }
            void Unmap() { if (held) KunmapAtomic(a, KmType.User0); held = false; }
            Map();
            {|DK1002:MightSleep()|};
            Unmap();
            MightSleep();
            Unmap();
            MightSleep();
        }
        void Escapes(Page page, List<int> list)
        {
            bool held = false;
            KernelVirtualAddress a = default;
            list.ForEach(i => { held = i > 0; });
            if (held) a = KmapAtomic(page, KmType.User0);
            if (held) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        """);

    [Fact]
    public Task IteratorsAndAsync_RunLater() => Verify("""
        IEnumerable<int> Numbers(Page page) { MightSleep(); yield return 1; }
        async System.Threading.Tasks.Task Later() { await System.Threading.Tasks.Task.Yield(); MightSleep(); }
        void M(Page page)
        {
            var a = KmapAtomic(page, KmType.User0);
            var numbers = Numbers(page);
            _ = Later();
            KunmapAtomic(a, KmType.User0);
        }
        IEnumerable<int> Inside(Page page)
        {
            var a = KmapAtomic(page, KmType.User0);
            {|DK1002:MightSleep()|};
            KunmapAtomic(a, KmType.User0);
            yield return 1;
        }
        async System.Threading.Tasks.Task InsideAsync(Page page)
        {
            await System.Threading.Tasks.Task.Yield();
            var a = KmapAtomic(page, KmType.User0);
            {|DK1002:MightSleep()|};
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task VirtualCalls_AreFollowedWhenCertain() => Verify("""
        abstract class Base { public virtual void Maybe() => MightSleep(); public abstract void Unknown(); }
        sealed class Derived : Base { public override void Maybe() { } public override void Unknown() => MightSleep(); }
        interface ISleeper { void Sleep(); }
        sealed class Sleeper : ISleeper { public void Sleep() => MightSleep(); }
        void M(Page page, Base some, Derived derived, ISleeper any, Sleeper sleeper)
        {
            var a = KmapAtomic(page, KmType.User0);
            some.Maybe();
            {|DK1002:some.Unknown()|};
            derived.Maybe();
            {|DK1002:derived.Unknown()|};
            {|DK1002:any.Sleep()|};
            {|DK1002:((ISleeper)sleeper).Sleep()|};
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task PropertiesAndOperatorsWithCode_AreCalls() => Verify("""
        int Slow { get { MightSleep(); return 1; } set { MightSleep(); } }
        sealed class Number { public static Number operator +(Number a, Number b) { MightSleep(); return a; } }
        void M(Page page, Number n)
        {
            var a = KmapAtomic(page, KmType.User0);
            int x = {|DK1002:Slow|};
            {|DK1002:Slow|} = 3;
            n = {|DK1002:n + n|};
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task ManyIndependentBranches_StayWithinBudget() => Verify("void M(Page page, int n, KernelVirtualAddress a) {"
        + string.Concat(Enumerable.Range(0, 40).Select(static i => $"if (n == {i}) a = Vmalloc(4); if (n == {i + 100}) a = Kmalloc(4, GfpFlags.Kernel);\n"))
        + "VirtToPage({|DK2001:(KernelLogicalAddress)a|}); }");

    [Fact]
    public Task SwitchesOnModes_AreCorrelated() => Verify("""
        enum Mode { None, Atomic, Normal }
        void M(Page page, Mode mode, UserVirtualAddress to)
        {
            KernelVirtualAddress a;
            switch (mode)
            {
                case Mode.Atomic: a = KmapAtomic(page, KmType.User0); break;
                case Mode.Normal: a = Kmap(page); break;
                default: return;
            }
            Memset(a, 0, 4096);
            if (mode == Mode.Normal) CopyToUser(to, a, 4);
            if (mode == Mode.Atomic) KunmapAtomic(a, KmType.User0); else Kunmap(page);
            MightSleep();
        }
        void Expression(Page page, Mode mode)
        {
            var a = mode switch { Mode.Atomic => KmapAtomic(page, KmType.User0), Mode.Normal => Kmap(page), _ => default };
            if (mode is Mode.Atomic) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        """);
}
