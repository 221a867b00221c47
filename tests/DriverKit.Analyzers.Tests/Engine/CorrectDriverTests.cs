using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>Correct drivers written to look wrong: nothing may be reported.</summary>
public sealed class CorrectDriverTests() : RuleTest("DK1002", "DK2001", "DK2002")
{
    [Fact]
    public Task ResultsDecide_DoesNotTrigger() => Verify("""
        KernelVirtualAddress _a;
        KernelResult Map(Page page)
        {
            if (page is null) return -EINVAL;
            _a = KmapAtomic(page, KmType.User0);
            return 0;
        }
        KernelResult M(Page page)
        {
            var result = Map(page);
            if (result.IsError) { MightSleep(); return result; }
            Memset(_a, 0, 4096);
            KunmapAtomic(_a, KmType.User0);
            MightSleep();
            return 0;
        }
        KernelResult N(Page page)
        {
            if (Map(page).IsSuccess) KunmapAtomic(_a, KmType.User0);
            MightSleep();
            return 0;
        }
        KernelResult O(Page page)
        {
            var result = Map(page);
            if (result.Value < 0) goto fail;
            KunmapAtomic(_a, KmType.User0);
        fail:
            MightSleep();
            return result;
        }
        KernelResult P(Page page)
        {
            if (Map(page) != 0) { MightSleep(); return -EIO; }
            KunmapAtomic(_a, KmType.User0);
            MightSleep();
            return 4;
        }
        """);

    [Fact]
    public Task GotoUnwinding_DoesNotTrigger() => Verify("""
        int M(Page page, int mode)
        {
            int result = -1;
            var buffer = Kmalloc(16, GfpFlags.Kernel);
            if (buffer.IsNull) goto nothing;
            var a = KmapAtomic(page, KmType.User0);
            if (mode == 1) goto unmap;
            if (mode == 2) { result = 2; goto unmap; }
            Memcpy(buffer, a, 16);
            result = 0;
        unmap:
            KunmapAtomic(a, KmType.User0);
            MightSleep();
        nothing:
            MightSleep();
            return result;
        }
        int Retry(Page page, int n)
        {
            KernelLogicalAddress spare = default;
        again:
            var a = KmapAtomic(page, KmType.User0);
            var b = Kmalloc(16, GfpFlags.Atomic);
            if (b.IsNull && spare.IsNull)
            {
                KunmapAtomic(a, KmType.User0);
                spare = Kmalloc(16, GfpFlags.Kernel);
                if (spare.IsNull) return 1;
                goto again;
            }
            KunmapAtomic(a, KmType.User0);
            MightSleep();
            return 0;
        }
        """);

    [Fact]
    public Task CountersAndDelegatesAsGuards_DoNotTrigger() => Verify("""
        void Counter(Page page, bool x, bool y)
        {
            int held = 0;
            KernelVirtualAddress a = default, b = default;
            if (x) { a = KmapAtomic(page, KmType.User0); held++; }
            if (y) { b = KmapAtomic(page, KmType.User1); held++; }
            if (held > 1) KunmapAtomic(b, KmType.User1);
            if (held > 0) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        void Undo(Page page, bool high)
        {
            Action undo = () => { };
            if (high) { var a = KmapAtomic(page, KmType.User0); undo = () => KunmapAtomic(a, KmType.User0); }
            undo();
            MightSleep();
        }
        void Optional(Page page, bool high)
        {
            Action undo = null;
            if (high) { var a = KmapAtomic(page, KmType.User0); undo = () => KunmapAtomic(a, KmType.User0); }
            undo?.Invoke();
            MightSleep();
        }
        """);

    [Fact]
    public Task GuardsInObjects_DoNotTrigger() => Verify("""
        sealed class Request { public bool Mapped; public KernelVirtualAddress At; public bool IsMapped => Mapped; public Page Page; }
        static void Map(Request request)
        {
            if (!request.Page.IsHighMemory) return;
            request.At = KmapAtomic(request.Page, KmType.User0);
            request.Mapped = true;
        }
        static void Unmap(Request request)
        {
            if (!request.IsMapped) return;
            KunmapAtomic(request.At, KmType.User0);
            request.Mapped = false;
        }
        void M(Page page)
        {
            var request = new Request { Page = page };
            Map(request);
            Unmap(request);
            MightSleep();
        }
        void Twice(Page a, Page b)
        {
            var first = new Request { Page = a };
            var second = new Request { Page = b };
            Map(first); Map(second);
            Unmap(second); Unmap(first);
            MightSleep();
        }
        void Loop(List<Page> pages)
        {
            foreach (var page in pages)
            {
                var request = new Request { Page = page };
                Map(request);
                try { if (page.IsAnonymous) continue; Memset(request.At, 0, 1); }
                finally { Unmap(request); }
                MightSleep();
            }
        }
        """);

    [Fact]
    public Task PredicatesAskedTwice_DoNotTrigger() => Verify("""
        static bool NeedsMap(Page page, int flags) => (flags & 4) != 0 && page.IsHighMemory;
        enum State { Idle, Mapped }
        State _state;
        void M(Page page, int flags)
        {
            KernelVirtualAddress a = default;
            if (NeedsMap(page, flags)) a = KmapAtomic(page, KmType.User0);
            Memset(a, 0, 1);
            if (NeedsMap(page, flags)) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        void ByState(Page page)
        {
            KernelVirtualAddress a = default;
            if (_state == State.Idle) { a = KmapAtomic(page, KmType.User0); _state = State.Mapped; } else return;
            if (_state == State.Mapped) { KunmapAtomic(a, KmType.User0); _state = State.Idle; }
            MightSleep();
        }
        void ByTuple(Page page, int n)
        {
            var (mapped, a) = n > 3 ? (true, KmapAtomic(page, KmType.User0)) : (false, default);
            if (mapped) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        void ByTupleHelper(Page page, int n)
        {
            var (mapped, a) = Try(page, n);
            if (mapped) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        static (bool Mapped, KernelVirtualAddress At) Try(Page page, int n) => n > 3 ? (true, KmapAtomic(page, KmType.User0)) : (false, default);
        """);

    [Fact]
    public Task OriginsThatAreChecked_DoNotTrigger() => Verify("""
        enum BufferKind { Low, Vmalloc }
        struct Buffer { public KernelVirtualAddress At; public BufferKind Kind; }
        static Buffer Allocate(ulong n)
        {
            KernelVirtualAddress low = Kmalloc(n, GfpFlags.Kernel);
            if (!low.IsNull) return new Buffer { At = low, Kind = BufferKind.Low };
            return new Buffer { At = Vmalloc(n), Kind = BufferKind.Vmalloc };
        }
        static Page PageOf(Buffer buffer) => buffer.Kind switch
        {
            BufferKind.Vmalloc => LinuxMm.VmallocToPage(buffer.At),
            _ => VirtToPage((KernelLogicalAddress)buffer.At),
        };
        void M(ulong n)
        {
            var buffer = Allocate(n);
            if (buffer.At.IsNull) return;
            PageOf(buffer);
            if (buffer.Kind == BufferKind.Low) VirtToPage((KernelLogicalAddress)buffer.At);
            var a = buffer.At;
            if (VirtAddrValid(a)) VirtToPage((KernelLogicalAddress)a);
            var b = Vmalloc(n);
            if (b < LinuxMm.HighMemory) VirtToPage((KernelLogicalAddress)b);
        }
        KernelVirtualAddress _current;
        bool _low;
        void Grow(ulong n) { _current = Vmalloc(n); _low = false; }
        void Shrink(ulong n) { _current = Kmalloc(n, GfpFlags.Kernel); _low = true; }
        Page Find() => _low ? VirtToPage((KernelLogicalAddress)_current) : LinuxMm.VmallocToPage(_current);
        """.Replace("LinuxMm.", "DriverKit.Headers.LinuxMm."));

    [Fact]
    public Task BookDriver_DoesNotTrigger() => Verify("""
        private readonly KernelLogicalAddress[] _quanta = new KernelLogicalAddress[16];
        Page Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
        {
            ulong offset = address.Value - vma.VmStart.Value + (vma.VmPgoff << PageShift);
            if (offset >= 16 * PageSize) return null;
            var quantum = _quanta[offset >> PageShift];
            if (quantum.IsNull) return null;
            var page = VirtToPage(quantum + (offset & (PageSize - 1)));
            return page;
        }
        Page Direct(VmAreaStruct vma, UserVirtualAddress address)
        {
            var physical = new PhysicalAddress(address - vma.VmStart + (vma.VmPgoff << PageShift));
            var pfn = new Pfn(physical.Value >> PageShift);
            return PfnValid(pfn) ? PfnToPage(pfn) : null;
        }
        KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
        {
            var buffer = Kmalloc(16 * PageSize, GfpFlags.Kernel);
            if (buffer.IsNull) return -ENOMEM;
            ulong length = vma.VmEnd.Value - vma.VmStart.Value;
            if (length > 16 * PageSize) return -EIO;
            var first = Pa(buffer).ToPfn();
            for (ulong at = vma.VmStart.Value; at < vma.VmEnd.Value; at += PageSize)
                if (DriverKit.Headers.LinuxMm.RemapPfnRange(vma, new UserVirtualAddress(at), first + (at - vma.VmStart.Value >> PageShift), PageSize, vma.VmPageProt).IsError) return -EAGAIN;
            return 0;
        }
        """.Replace("ref FaultType type", "ref int type"));

    [Fact]
    public Task PartlyHeldThroughLoopsAndCleanup_DoesNotTrigger() => Verify("""
        sealed class Mapping : IDisposable
        {
            private KernelVirtualAddress _at;
            private bool _held;
            public void Take(Page page) { Drop(); _at = KmapAtomic(page, KmType.User0); _held = true; }
            public void Drop() { if (!_held) return; KunmapAtomic(_at, KmType.User0); _held = false; }
            public void Dispose() => Drop();
        }
        void Scoped(Page page, bool x)
        {
            using (var mapping = new Mapping()) { if (x) mapping.Take(page); }
            MightSleep();
        }
        void Search(Page[] pages, KernelVirtualAddress bounce)
        {
            KernelVirtualAddress found = default;
            for (int i = 0; i < pages.Length && found.IsNull; i++)
            {
                var a = KmapAtomic(pages[i], KmType.User0);
                if (DriverKit.Headers.CPointer.Load<int>(a) == 7) found = a; else KunmapAtomic(a, KmType.User0);
            }
            if (found.IsNull) { MightSleep(); return; }
            Memcpy(bounce, found, 16);
            KunmapAtomic(found, KmType.User0);
            MightSleep();
        }
        void While(Queue<Page> queue)
        {
            bool held = false;
            KernelVirtualAddress a = default;
            while (queue.Count > 0)
            {
                if (held) { KunmapAtomic(a, KmType.User0); held = false; }
                MightSleep();
                a = KmapAtomic(queue.Dequeue(), KmType.User0);
                held = true;
            }
            if (held) KunmapAtomic(a, KmType.User0);
            MightSleep();
        }
        KernelResult ErrorPath(Page page, UserVirtualAddress to)
        {
            KernelResult result = 0;
            var buffer = Kmalloc(64, GfpFlags.Kernel);
            if (buffer.IsNull) return -ENOMEM;
            {
                var a = KmapAtomic(page, KmType.User0);
                if (CopyToUserInatomic(to, a, 64) != 0) result = -EFAULT; else Memcpy(buffer, a, 64);
                KunmapAtomic(a, KmType.User0);
            }
            if (result.IsError && CopyToUser(to, buffer, 64) == 0) result = 64;
            Kfree(buffer);
            return result;
        }
        """);
}
