using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>Bugs written to look right: each must be reported.</summary>
public sealed class SneakyBugTests() : RuleTest("DK1002", "DK2001", "DK2002")
{
    [Fact]
    public Task WrongGuards_Trigger() => Verify("""
        KernelVirtualAddress _a;
        KernelResult Map(Page page) { if (page is null) return -EINVAL; _a = KmapAtomic(page, KmType.User0); return 0; }
        void Inverted(Page page)
        {
            if (Map(page).IsError) KunmapAtomic(_a, KmType.User0);
            {|DK1002:MightSleep()|};
        }
        void OtherGuard(Page page, bool high, bool dirty)
        {
            KernelVirtualAddress a = default;
            if (high) a = KmapAtomic(page, KmType.User0);
            if (high && dirty) KunmapAtomic(a, KmType.User0);
            {|DK1002:MightSleep()|};
        }
        void Reassigned(Page page, bool high)
        {
            KernelVirtualAddress a = default;
            if (high) a = KmapAtomic(page, KmType.User0);
            high = page.IsAnonymous;
            if (high) KunmapAtomic(a, KmType.User0);
            {|DK1002:MightSleep()|};
        }
        void Cleared(Page page, bool high)
        {
            KernelVirtualAddress a = default;
            if (high) a = KmapAtomic(page, KmType.User0);
            a = default;
            if (!a.IsNull) KunmapAtomic(a, KmType.User0);
            {|DK1002:MightSleep()|};
        }
        """);

    [Fact]
    public Task ExitsThatForget_Trigger() => Verify("""
        int Break(Page[] pages)
        {
            foreach (var page in pages)
            {
                var a = KmapAtomic(page, KmType.User0);
                if (page.IsAnonymous) break;
                KunmapAtomic(a, KmType.User0);
            }
            {|DK1002:MightSleep()|};
            return 0;
        }
        void Switch(Page page, int mode)
        {
            var a = KmapAtomic(page, KmType.User0);
            switch (mode)
            {
                case 0: KunmapAtomic(a, KmType.User0); break;
                case 1: case 2: break;
                default: KunmapAtomic(a, KmType.User0); return;
            }
            {|DK1002:MightSleep()|};
        }
        void Argument(Page page, UserVirtualAddress to)
        {
            Use(KmapAtomic(page, KmType.User0), {|DK1004:CopyToUser(to, default, 4)|});
            KunmapAtomic(default, KmType.User0);
            Use(default, CopyToUser(to, default, 4));
        }
        static void Use(KernelVirtualAddress a, ulong n) { }
        void InCondition(Page page, UserVirtualAddress to)
        {
            var a = KmapAtomic(page, KmType.User0);
            if (page.IsAnonymous && {|DK1004:CopyToUser(to, a, 4)|} != 0) { KunmapAtomic(a, KmType.User0); return; }
            int x = page.IsAnonymous ? 1 : {|DK1002:Slow()|};
            KunmapAtomic(a, KmType.User0);
        }
        static int Slow() { MightSleep(); return 1; }
        """);

    [Fact]
    public Task SleepHiddenInOtherForms_Triggers() => Verify("""
        sealed class Guard : IDisposable { public void Dispose() => MightSleep(); }
        static int s_slow = Slow();
        static int Slow() { MightSleep(); return 1; }
        static IEnumerable<int> Items() { yield break; }
        readonly struct Wrapped { public Wrapped(int n) { MightSleep(); } public static implicit operator Wrapped(int n) => new(n); public int this[int i] { get { MightSleep(); return 1; } } }
        void M(Page page, Wrapped wrapped, int[] numbers)
        {
            var a = KmapAtomic(page, KmType.User0);
            using ({|DK1002:new Guard()|}) { }
            Wrapped w = {|DK1002:3|};
            var n = {|DK1002:new Wrapped(4)|};
            string s = $"{{|DK1002:Slow()|}}";
            var list = new List<int> { {|DK1002:Slow()|} };
            numbers[{|DK1002:Slow()|}] = 1;
            (int x, int y) = ({|DK1002:Slow()|}, 2);
            int? z = x > 1 ? null : {|DK1002:Slow()|};
            lock (page) { {|DK1002:MightSleep()|}; }
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task OriginsThatTravel_Trigger() => Verify("""
        sealed class Device
        {
            private KernelVirtualAddress _buffer;
            private ulong _number;
            public void Open(ulong n) { _buffer = Vmalloc(n); _number = _buffer.Value; }
            public void Close() { _buffer = default; _number = 0; }
            public Page Nopage(ulong offset) => VirtToPage({|DK2001:(KernelLogicalAddress)(_buffer + offset)|});
            public Page ByNumber(ulong offset) => VirtToPage({|DK2001:new KernelLogicalAddress(_number + offset)|});
            public PhysicalAddress Physical() => {|DK2002:new PhysicalAddress(_number)|};
        }
        static Device Make() { var device = new Device(); device.Open(4); return device; }
        static KernelVirtualAddress Choose(bool x) => x ? Vmalloc(4) : Kmalloc(4, GfpFlags.Kernel);
        static (KernelVirtualAddress A, ulong N) Pair() => (Vmalloc(4), 4);
        static void Fill(out KernelVirtualAddress a, ref ulong n) { a = Vmalloc(n); n = a.Value; }
        void M(bool x, ulong n)
        {
            VirtToPage({|DK2001:(KernelLogicalAddress)Choose(x)|});
            VirtToPage({|DK2001:(KernelLogicalAddress)Pair().A|});
            var (a, _) = Pair();
            VirtToPage({|DK2001:(KernelLogicalAddress)a|});
            Fill(out var b, ref n);
            VirtToPage({|DK2001:(KernelLogicalAddress)b|});
            VirtToPage({|DK2001:new KernelLogicalAddress(n)|});
            KernelVirtualAddress? maybe = Vmalloc(4);
            VirtToPage({|DK2001:(KernelLogicalAddress)maybe.Value|});
            if (maybe is { } sure) VirtToPage({|DK2001:(KernelLogicalAddress)sure|});
            VirtToPage({|DK2001:(KernelLogicalAddress)(maybe ?? default)|});
            KernelVirtualAddress c;
            do { c = Vmalloc(4); } while (c.IsNull);
            VirtToPage({|DK2001:(KernelLogicalAddress)c|});
            Func<KernelVirtualAddress, KernelLogicalAddress> cast = v => (KernelLogicalAddress)v;
            VirtToPage({|DK2001:cast(c)|});
        }
        """);

    [Fact]
    public Task GenericsExtensionsAndPartials_Trigger() => Verify("""
            static T Same<T>(T value) => value;
            void M(Page page, UserVirtualAddress to)
            {
                VirtToPage({|DK2001:(KernelLogicalAddress)Same(Vmalloc(4))|});
                VirtToPage({|DK2001:Vmalloc(4).Logical()|});
                {|DK2001:Vmalloc(4).ToPage()|};
                var a = KmapAtomic(page, KmType.User0);
                {|DK1002:Part()|};
                {|DK1002:this.Extend()|};
                KunmapAtomic(a, KmType.User0);
            }
            partial void Part();
        }
        public sealed partial class Driver { partial void Part() => MightSleep(); }
        static class Extensions
        {
            public static KernelLogicalAddress Logical(this KernelVirtualAddress a) => (KernelLogicalAddress)a;
            public static Page ToPage(this KernelVirtualAddress a) => VirtToPage(a.Logical());
            public static void Extend(this Driver driver) => MightSleep();
        """);
}
