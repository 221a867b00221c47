using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class VirtToPageOnNonLogicalAddressTests() : RuleTest("DK2001")
{
    [Fact]
    public Task Cast_Triggers() => Verify("""
        Page M(ulong size)
        {
            var buffer = Vmalloc(size);
            return VirtToPage({|#0:(KernelLogicalAddress)buffer|});
        }
        """, Diagnostic("DK2001").WithLocation(0).WithArguments("VirtToPage", "low memory", "Vmalloc", 5, "", "call VmallocToPage instead"));

    [Fact]
    public Task LowMemory_DoesNotTrigger() => Verify("""
        Page M(ulong size)
        {
            KernelVirtualAddress wide = Kmalloc(size, GfpFlags.Kernel);
            KernelVirtualAddress other = Va(new PhysicalAddress(0x1000));
            var p = Pa((KernelLogicalAddress)other);
            return VirtToPage((KernelLogicalAddress)wide);
        }
        Page Unknown(KernelVirtualAddress a, KernelLogicalAddress b) { VirtToPage(b); return VirtToPage((KernelLogicalAddress)a); }
        """);

    [Fact]
    public Task ArithmeticAndValue_Trigger() => Verify("""
        void M(ulong size)
        {
            var buffer = Vmalloc(size);
            var moved = buffer + 4096ul;
            VirtToPage({|DK2001:(KernelLogicalAddress)moved.PageAlignDown|});
            VirtToPage({|DK2001:new KernelLogicalAddress(buffer.Value)|});
            ulong number = buffer.Value + 8192;
            number &= ~0xffful;
            var rebuilt = new KernelLogicalAddress(number);
            Pa({|DK2001:rebuilt - 16ul|});
            VirtToPhys({|DK2001:(KernelLogicalAddress)(buffer - 4ul)|});
            (ulong a, ulong b) = (number, size);
            VirtToPage({|DK2001:new KernelLogicalAddress(a)|});
            VirtToPage(new KernelLogicalAddress(b));
        }
        """);

    [Fact]
    public Task OtherOrigins_Trigger() => Verify("""
        void M(Page page, PhysicalAddress start)
        {
            var a = Kmap(page);
            VirtToPage({|DK2001:(KernelLogicalAddress)a|});
            var b = KmapAtomic(page, KmType.User0);
            Pa({|DK2001:(KernelLogicalAddress)b|});
            KunmapAtomic(b, KmType.User0);
            var io = Ioremap(start, 4096);
            Pa({|DK2001:{|DK2002:new KernelLogicalAddress(io.Value)|}|});
        }
        """);

    [Fact]
    public Task FreeingWithTheWrongFunction_DoesNotTrigger() => Verify("""
        void M(bool page)
        {
            var a = Vmalloc(4096);
            if (page)
                FreePage((KernelLogicalAddress)a);
            else
                Kfree((KernelLogicalAddress)a);
        }
        """);

    [Fact]
    public Task ThroughHelpers_Triggers() => Verify("""
        static KernelVirtualAddress Allocate(ulong n) { var a = Vmalloc(n); return a; }
        static KernelVirtualAddress Same(KernelVirtualAddress a) => a;
        static Page PageOf(KernelVirtualAddress a) => VirtToPage((KernelLogicalAddress)a);
        static Page Deep(KernelVirtualAddress a, int i) => PageOf(a + (ulong)i);
        void M()
        {
            var a = Allocate(100);
            {|#1:PageOf|}({|#0:a|});
            Deep({|DK2001:Same(a)|}, 3);
            Deep(Kmalloc(4, GfpFlags.Kernel), 3);
        }
        """, Diagnostic("DK2001").WithLocation(0).WithArguments("VirtToPage", "low memory", "Allocate → Vmalloc", 9, " (it gets there through PageOf → VirtToPage)", "call VmallocToPage instead"));

    [Fact]
    public Task Fields_Trigger() => Verify("""
        private readonly KernelVirtualAddress _one = Vmalloc(4096);
        private KernelVirtualAddress _two;
        private KernelVirtualAddress _either;
        private KernelVirtualAddress _handed;
        private static KernelVirtualAddress s_three;
        private KernelVirtualAddress Four { get; }
        public KernelVirtualAddress Public;
        public Driver(KernelVirtualAddress handed) { _two = Vmalloc(4096); Four = Vmalloc(1); _handed = handed; }
        void Init() { s_three = Vmalloc(100); _either = Vmalloc(4); Public = Vmalloc(4); }
        void Other() { _either = Kmalloc(4, GfpFlags.Kernel); }
        void Exit() { _two = default; s_three = new KernelVirtualAddress(0); }
        void M()
        {
            VirtToPage({|DK2001:(KernelLogicalAddress)_one|});
            VirtToPage({|DK2001:(KernelLogicalAddress)_two|});
            VirtToPage({|DK2001:(KernelLogicalAddress)s_three|});
            VirtToPage({|DK2001:(KernelLogicalAddress)Four|});
            VirtToPage((KernelLogicalAddress)_either);
            VirtToPage((KernelLogicalAddress)_handed);
            VirtToPage((KernelLogicalAddress)Public);
            Public = Vmalloc(8);
            VirtToPage({|DK2001:(KernelLogicalAddress)Public|});
        }
        """);

    [Fact]
    public Task CorrelatedBranches_DoNotTrigger() => Verify("""
        Page ByFlag(ulong size, int i)
        {
            bool big = size > 131072;
            KernelVirtualAddress a = big ? Vmalloc(size) : Kmalloc(size, GfpFlags.Kernel);
            if (a.IsNull) return null;
            return big ? VmallocToPage(a) : VirtToPage((KernelLogicalAddress)a);
        }
        Page ByQuestion(ulong size)
        {
            var a = Vmalloc(size);
            return IsVmallocAddress(a) ? VmallocToPage(a) : VirtToPage((KernelLogicalAddress)a);
        }
        static bool IsVmallocAddress(KernelVirtualAddress a) => a.Value >= 0xf8000000 && a.Value < 0xff000000;
        static Page AnyToPage(KernelVirtualAddress a, bool vmalloced) => vmalloced ? VmallocToPage(a) : VirtToPage((KernelLogicalAddress)a);
        static Page Ask(KernelVirtualAddress a) => IsVmallocAddress(a) ? VmallocToPage(a) : VirtToPage((KernelLogicalAddress)a);
        void M() { AnyToPage(Vmalloc(1), true); Ask(Vmalloc(1)); AnyToPage({|DK2001:Vmalloc(1)|}, false); }
        static Page VmallocToPage(KernelVirtualAddress a) => null;
        """);

    [Fact]
    public Task SomePath_Triggers() => Verify("""
        Page M(ulong size, bool big)
        {
            KernelVirtualAddress a = Kmalloc(size, GfpFlags.Kernel);
            if (a.IsNull) a = Vmalloc(size);
            for (var at = a; at < a + size; at += 4096ul)
                VirtToPage({|DK2001:(KernelLogicalAddress)at|});
            return null;
        }
        """);

    [Fact]
    public Task LambdaAndTable_Trigger() => Verify("""
        private static readonly Func<KernelVirtualAddress, Page> ToPage = a => VirtToPage((KernelLogicalAddress)a);
        private static readonly FileOperations Fops = new() { Mmap = (filp, vma) => { var a = Vmalloc(4); VirtToPage({|DK2001:(KernelLogicalAddress)a|}); return 0; } };
        void M()
        {
            var a = Vmalloc(4);
            ToPage({|DK2001:a|});
            Func<Page> captured = () => VirtToPage((KernelLogicalAddress)a);
            {|DK2001:captured()|};
            Page Local() => VirtToPage((KernelLogicalAddress)a);
            {|DK2001:Local()|};
        }
        """);

    [Fact]
    public Task ObjectsAndRecords_Trigger() => Verify("""
        sealed class Hidden { public KernelVirtualAddress Buffer; public Page Page() => VirtToPage({|DK2001:(KernelLogicalAddress)Buffer|}); }
        static readonly Hidden s_hidden = new Hidden { Buffer = Vmalloc(4) };
        public sealed class Device { public KernelVirtualAddress Buffer; public bool IsBig; public Page Page() => VirtToPage((KernelLogicalAddress)Buffer); }
        sealed record Area(KernelVirtualAddress Start, ulong Size);
        record struct Pair { public KernelVirtualAddress A { get; init; } public KernelVirtualAddress B { get; init; } }
        internal void M(Device other)
        {
            var device = new Device { Buffer = Vmalloc(4) };
            {|DK2001:device.Page()|};
            other.Page();
            var area = new Area(Vmalloc(4), 4);
            VirtToPage({|DK2001:(KernelLogicalAddress)area.Start|});
            var pair = new Pair { A = Vmalloc(4), B = Kmalloc(4, GfpFlags.Kernel) };
            VirtToPage({|DK2001:(KernelLogicalAddress)pair.A|});
            VirtToPage((KernelLogicalAddress)pair.B);
            var swapped = pair with { A = pair.B };
            VirtToPage((KernelLogicalAddress)swapped.A);
            var copy = pair;
            copy.A.ToString();
            if (Vmalloc(4) is { IsNull: false, Value: var v }) VirtToPage({|DK2001:new KernelLogicalAddress(v)|});
        }
        """);

    [Fact]
    public Task RefAndOut_Trigger() => Verify("""
        static bool TryAllocate(ulong n, out KernelVirtualAddress a) { a = Vmalloc(n); return !a.IsNull; }
        static void Replace(ref KernelVirtualAddress a) => a = Kmalloc(4, GfpFlags.Kernel);
        void M()
        {
            if (!TryAllocate(4, out var a)) return;
            VirtToPage({|DK2001:(KernelLogicalAddress)a|});
            Replace(ref a);
            VirtToPage((KernelLogicalAddress)a);
        }
        """);

    [Fact]
    public Task OwnContracts_Count() => Verify("""
        [return: ReturnsOrigin(AddressOrigin.Vmalloc)] static KernelVirtualAddress Grab() => new(5);
        [return: ReturnsOrigin(AddressOrigin.Unknown)] static KernelVirtualAddress Whatever() => new(5);
        static void NeedsVmalloc([RequiresOrigin(AddressOrigin.Vmalloc)] KernelVirtualAddress a) { }
        void M()
        {
            VirtToPage({|DK2001:(KernelLogicalAddress)Grab()|});
            VirtToPage((KernelLogicalAddress)Whatever());
            NeedsVmalloc(Grab());
            NeedsVmalloc({|#0:Kmalloc(4, GfpFlags.Kernel)|});
        }
        """, Diagnostic("DK2001").WithLocation(0));
}
