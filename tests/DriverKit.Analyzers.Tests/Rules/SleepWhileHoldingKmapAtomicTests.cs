using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class SleepWhileHoldingKmapAtomicTests() : RuleTest("DK1002", "DK1003", "DK1004")
{
    [Fact]
    public Task AskingInAtomicFirst_DoesNotTrigger() => Verify("""
        void M(Page page)
        {
            var a = KmapAtomic(page, KmType.User0);
            if (!DriverKit.Headers.LinuxHardirq.InAtomic())
                MightSleep();
            KunmapAtomic(a, KmType.User0);
            if (!DriverKit.Headers.LinuxHardirq.InAtomic())
                MightSleep();
        }
        """);

    [Fact]
    public Task DirectCall_Triggers() => Verify("""
        ulong M(Page page, UserVirtualAddress to)
        {
            var a = {|#0:KmapAtomic(page, KmType.User0)|};
            {|#1:MightSleep()|};
            KunmapAtomic(a, KmType.User0);
            return CopyToUser(to, default, 4);
        }
        """, Diagnostic("DK1002").WithLocation(1).WithArguments("MightSleep", "", "KmapAtomic", 5));

    [Fact]
    public Task AfterRelease_DoesNotTrigger() => Verify("""
        ulong M(Page page, UserVirtualAddress to, KernelVirtualAddress bounce)
        {
            var a = KmapAtomic(page, KmType.User0);
            Memcpy(bounce, a, 4096);
            KunmapAtomic(a, KmType.User0);
            return CopyToUser(to, bounce, 4096);
        }
        """);

    [Fact]
    public Task Helpers_Trigger() => Verify("""
        KernelVirtualAddress _a;
        void Map(Page page) => _a = KmapAtomic(page, KmType.User0);
        void Unmap() => KunmapAtomic(_a, KmType.User0);
        void Fill(UserVirtualAddress to) => Push(to);
        void Push(UserVirtualAddress to) { MightSleep(); if (CopyToUser(to, _a, 4) != 0) return; }
        void M(Page page, UserVirtualAddress to)
        {
            Map(page);
            {|#0:Fill(to)|};
            Unmap();
            Fill(to);
        }
        """, Diagnostic("DK1002").WithLocation(0).WithArguments("Fill", " (Fill → Push → MightSleep)", "Map → KmapAtomic", 10));

    [Fact]
    public Task EarlyReturnKeepsSlot_Triggers() => Verify("""
        int M(Page page, bool bad)
        {
            var a = KmapAtomic(page, KmType.User0);
            if (bad)
            {
                {|DK1002:MightSleep()|};
                return 1;
            }
            KunmapAtomic(a, KmType.User0);
            MightSleep();
            return 0;
        }
        """);

    [Fact]
    public Task ReleasedOnBothBranches_DoesNotTrigger() => Verify("""
        int M(Page page, bool bad)
        {
            var a = KmapAtomic(page, KmType.User0);
            if (bad) { KunmapAtomic(a, KmType.User0); MightSleep(); return 1; }
            else KunmapAtomic(a, KmType.User0);
            MightSleep();
            return 0;
        }
        """);

    [Fact]
    public Task ReleasedOnOneBranchOnly_Triggers() => Verify("""
        void M(Page page, bool bad)
        {
            var a = KmapAtomic(page, KmType.User0);
            if (bad) KunmapAtomic(a, KmType.User0);
            {|DK1002:MightSleep()|};
        }
        """);

    [Fact]
    public Task SameGuardOnAcquireAndRelease_DoesNotTrigger() => Verify("""
        void M(Page page, bool high, ulong n)
        {
            KernelVirtualAddress a = default;
            if (high) a = KmapAtomic(page, KmType.User0);
            Printk(n);
            bool copy = high;
            if (copy) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        void ByNull(Page page, bool high)
        {
            KernelVirtualAddress a = default;
            if (high) a = KmapAtomic(page, KmType.User0);
            if (!a.IsNull) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        void ByNullable(Page page, bool high)
        {
            KernelVirtualAddress? a = high ? KmapAtomic(page, KmType.User0) : null;
            if (a is { } mapped) KunmapAtomic(mapped, KmType.User0);
            MightSleep();
        }
        void ByProperty(Page page)
        {
            KernelVirtualAddress a = page.IsHighMemory ? KmapAtomic(page, KmType.User0) : PageAddress(page);
            Printk(1);
            if (page.IsHighMemory) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        void ByFlag(Page page, int mode)
        {
            bool held = false;
            KernelVirtualAddress a = default;
            if (mode > 3 && mode != 7) { a = KmapAtomic(page, KmType.User0); held = true; }
            if (held) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        void ByExpression(Page page, int mode, bool x)
        {
            KernelVirtualAddress a = default;
            bool both = mode == 3 && x;
            if (both) a = KmapAtomic(page, KmType.User0);
            switch (both) { case true: KunmapAtomic(a, KmType.User0); break; }
            MightSleep();
        }
        static KernelVirtualAddress PageAddress(Page p) => default;
        static void Printk(ulong n) { }
        """);

    [Fact]
    public Task GuardChangedInBetween_Triggers() => Verify("""
        void M(Page page, bool high)
        {
            KernelVirtualAddress a = default;
            if (high) a = KmapAtomic(page, KmType.User0);
            Change(ref high);
            if (high) KunmapAtomic(a, KmType.User0);
            {|DK1002:MightSleep()|};
        }
        static void Change(ref bool x) => x = Environment.TickCount > 3;
        """);

    [Fact]
    public Task LoopThatRebalances_DoesNotTrigger() => Verify("""
        void M(Page[] pages, UserVirtualAddress to, KernelVirtualAddress bounce)
        {
            foreach (var page in pages)
            {
                var a = KmapAtomic(page, KmType.User0);
                Memcpy(bounce, a, 4096);
                KunmapAtomic(a, KmType.User0);
                if (CopyToUser(to, bounce, 4096) != 0) break;
            }
            MightSleep();
        }
        void Conditional(Page[] pages)
        {
            for (int i = 0; i < pages.Length; i++)
            {
                KernelVirtualAddress a = default;
                if (pages[i].IsHighMemory) a = KmapAtomic(pages[i], KmType.User0);
                if (pages[i].IsHighMemory) KunmapAtomic(a, KmType.User0);
                MightSleep();
            }
        }
        void AllThenNone(Page[] pages)
        {
            var all = new KernelVirtualAddress[pages.Length];
            for (int i = 0; i < pages.Length; i++) all[i] = KmapAtomic(pages[i], KmType.User0);
            for (int i = pages.Length - 1; i >= 0; i--) KunmapAtomic(all[i], KmType.User0);
            MightSleep();
        }
        """);

    [Fact]
    public Task LoopThatSleepsInside_Triggers() => Verify("""
        void M(Page[] pages, UserVirtualAddress to)
        {
            foreach (var page in pages)
            {
                var a = KmapAtomic(page, KmType.User0);
                {|DK1002:MightSleep()|};
                if (to.IsNull) { KunmapAtomic(a, KmType.User0); break; }
                KunmapAtomic(a, KmType.User0);
            }
        }
        """);

    [Fact]
    public Task HeldFromOneRoundToTheNext_Triggers() => Verify("""
        void M(Page page, int n)
        {
            bool held = false;
            for (int i = 0; i < n; i++)
            {
                {|DK1002:MightSleep()|};
                if (!held) { KmapAtomic(page, KmType.User0); held = true; }
            }
        }
        """);

    [Fact]
    public Task TryFinally_DoesNotTrigger() => Verify("""
        int M(Page page, bool bad)
        {
            var a = KmapAtomic(page, KmType.User0);
            try
            {
                if (bad) return 1;
                Memset(a, 0, 4096);
            }
            finally
            {
                KunmapAtomic(a, KmType.User0);
            }
            MightSleep();
            return 0;
        }
        int Catch(Page page)
        {
            var a = KmapAtomic(page, KmType.User0);
            try { Memset(a, 0, 4096); KunmapAtomic(a, KmType.User0); }
            catch (Exception) { KunmapAtomic(a, KmType.User0); MightSleep(); throw; }
            MightSleep();
            return 0;
        }
        """);

    [Fact]
    public Task SleepInFinallyBeforeRelease_Triggers() => Verify("""
        void M(Page page)
        {
            var a = KmapAtomic(page, KmType.User0);
            try { Memset(a, 0, 4096); }
            finally { {|DK1002:MightSleep()|}; KunmapAtomic(a, KmType.User0); }
        }
        """);

    [Fact]
    public Task UsingScope_TriggersInsideOnly() => Verify("""
        sealed class Atomic : IDisposable
        {
            private readonly KernelVirtualAddress _a;
            public Atomic(Page page) => _a = KmapAtomic(page, KmType.User0);
            public void Dispose() => KunmapAtomic(_a, KmType.User0);
        }
        void M(Page page)
        {
            using (var atomic = new Atomic(page))
            {
                {|DK1002:MightSleep()|};
            }
            MightSleep();
        }
        void Declaration(Page page)
        {
            { using var atomic = new Atomic(page); }
            MightSleep();
        }
        ref struct Scope
        {
            private readonly KernelVirtualAddress _a;
            public Scope(Page page) => _a = KmapAtomic(page, KmType.User0);
            public void Dispose() => KunmapAtomic(_a, KmType.User0);
        }
        void ByPattern(Page page)
        {
            using (new Scope(page)) { {|DK1002:MightSleep()|}; }
            MightSleep();
        }
        """);

    [Fact]
    public Task Flags_DecideWhetherItSleeps() => Verify("""
        void M(Page page, GfpFlags unknown, bool big)
        {
            const GfpFlags Quiet = GfpFlags.Atomic | GfpFlags.Zero;
            var a = KmapAtomic(page, KmType.User0);
            Kmalloc(16, GfpFlags.Atomic);
            Kmalloc(16, Quiet);
            Kmalloc(16, unknown);
            Kmalloc(16, unknown & ~GfpFlags.Wait);
            {|DK1003:Kmalloc(16, GfpFlags.Kernel)|};
            {|DK1003:Kmalloc(16, unknown | GfpFlags.Wait)|};
            var flags = GfpFlags.Atomic;
            if (big) flags |= GfpFlags.Kernel;
            {|DK1003:Kmalloc(16, flags)|};
            if ((unknown & GfpFlags.Wait) == 0) Kmalloc(16, unknown); else {|DK1003:Kmalloc(16, unknown)|};
            KunmapAtomic(a, KmType.User0);
        }
        static KernelLogicalAddress Get(GfpFlags flags) => Kmalloc(16, flags | GfpFlags.Zero);
        static void Inside(Page page, GfpFlags flags)
        {
            var a = KmapAtomic(page, KmType.User0);
            Get(flags);
            KunmapAtomic(a, KmType.User0);
        }
        void Callers(Page page)
        {
            Inside(page, GfpFlags.Atomic);
            {|DK1003:Inside(page, GfpFlags.Kernel)|};
            var a = KmapAtomic(page, KmType.User0);
            Get(GfpFlags.Atomic);
            {|DK1003:Get(GfpFlags.Kernel)|};
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task LambdaAndDelegates_Trigger() => Verify("""
        private static readonly Action<KernelVirtualAddress> Free = a => MightSleep();
        private readonly Action _quiet = () => { };
        [MightSleep] static void Wait(KernelVirtualAddress a) { }
        private static readonly FileOperations Fops = new()
        {
            Read = (OpenFile filp, UserVirtualAddress to, ulong n, ref long position) =>
            {
                var a = KmapAtomic(null, KmType.User0);
                {|DK1004:CopyToUser(to, a, n)|};
                KunmapAtomic(a, KmType.User0);
                return 0;
            },
        };
        void M(Page page, Action unknown)
        {
            Action<KernelVirtualAddress> local = Wait;
            Action captured = () => MightSleep();
            void Function() => captured();
            var a = KmapAtomic(page, KmType.User0);
            {|DK1002:Free(a)|};
            {|DK1002:local(a)|};
            {|DK1002:captured()|};
            {|DK1002:Function()|};
            _quiet();
            unknown();
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task OwnContracts_Count() => Verify("""
        [MightSleep] static void Wait() { }
        [Acquires(KernelResource.KmapAtomicSlot)] static void Enter() { }
        [Releases(KernelResource.KmapAtomicSlot)] static void Leave() { }
        [Acquires(KernelResource.PreemptCount)] static void Preempt() { }
        delegate void Harmless();
        [MightSleep] delegate void Sleeper();
        void M(Sleeper sleeper, Harmless harmless)
        {
            Preempt();
            Wait();
            Enter();
            {|DK1002:Wait()|};
            {|DK1002:sleeper()|};
            harmless();
            Leave();
            Wait();
        }
        """);

    [Fact]
    public Task ConditionalHelpers_AreCorrelated() => Verify("""
        KernelVirtualAddress _a;
        bool TryMap(Page page)
        {
            if (!page.IsHighMemory) return false;
            _a = KmapAtomic(page, KmType.User0);
            return true;
        }
        void Release(bool mapped) { if (mapped) KunmapAtomic(_a, KmType.User0); }
        void M(Page page)
        {
            if (!TryMap(page)) { MightSleep(); return; }
            KunmapAtomic(_a, KmType.User0);
            MightSleep();
        }
        void Stored(Page page)
        {
            bool mapped = TryMap(page);
            Release(mapped);
            MightSleep();
        }
        void Wrong(Page page)
        {
            if (TryMap(page)) {|DK1002:MightSleep()|};
            Release(true);
        }
        void Sleep(bool really) { if (really) MightSleep(); }
        void ByArgument(Page page)
        {
            var a = KmapAtomic(page, KmType.User0);
            Sleep(false);
            {|DK1002:Sleep(true)|};
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task Recursion_Settles() => Verify("""
        void Down(int n) { if (n == 0) { MightSleep(); return; } Down(n - 1); }
        void Even(int n) { if (n > 0) Odd(n - 1); }
        void Odd(int n) { if (n > 0) Even(n - 1); else MightSleep(); }
        void Calm(int n) { if (n > 0) Calm(n - 1); }
        void M(Page page)
        {
            var a = KmapAtomic(page, KmType.User0);
            {|DK1002:Down(3)|};
            {|DK1002:Even(3)|};
            Calm(3);
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task HelperThatReleasesBeforeSleeping_DoesNotTrigger() => Verify("""
        static void Finish(KernelVirtualAddress a) { KunmapAtomic(a, KmType.User0); MightSleep(); }
        void M(Page page)
        {
            var a = KmapAtomic(page, KmType.User0);
            Finish(a);
            MightSleep();
        }
        void Two(Page page)
        {
            var outer = KmapAtomic(page, KmType.User0);
            var inner = KmapAtomic(page, KmType.User1);
            {|DK1002:Finish(inner)|};
            KunmapAtomic(outer, KmType.User0);
        }
        """);

    [Fact]
    public Task HigherOrderHelper_Triggers() => Verify("""
        [MightSleep] static void Wait(KernelVirtualAddress a) { }
        static void WithPage(Page page, Action<KernelVirtualAddress> use)
        {
            var a = KmapAtomic(page, KmType.User0);
            use(a);
            KunmapAtomic(a, KmType.User0);
        }
        static void WithCopy(Page page, Action<KernelVirtualAddress> use) => use(default);
        void M(Page page, UserVirtualAddress to)
        {
            WithPage(page, {|DK1004:a => CopyToUser(to, a, 4)|});
            WithPage(page, a => Memset(a, 0, 4096));
            WithCopy(page, a => CopyToUser(to, a, 4));
            WithPage(page, {|DK1002:Wait|});
        }
        """);
}
