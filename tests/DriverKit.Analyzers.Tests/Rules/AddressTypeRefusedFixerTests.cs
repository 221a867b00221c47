using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class AddressTypeRefusedFixerTests
{
    [Fact]
    public Task VmallocMemory_LookedUp() => Verify(
        """
        class Driver
        {
            KernelVirtualAddress _ring;
            Page First(ulong size)
            {
                Page? page = VirtToPage(_ring);
                return page ?? VirtToPage(_ring + 4096ul);
            }
            void Free()
            {
                Kfree(_ring);
                FreePage(address: _ring);
            }
        }
        """,
        """
        class Driver
        {
            KernelVirtualAddress _ring;
            Page First(ulong size)
            {
                Page? page = VmallocToPage(_ring);
                return page ?? VmallocToPage(_ring + 4096ul)!;
            }
            void Free()
            {
                Vfree(_ring);
                Vfree(_ring);
            }
        }
        """);

    [Fact]
    public Task FramesAndPhysicalAddresses_Converted() => Verify(
        """
        class Driver
        {
            static readonly PhysicalAddress Card = new(0xA0000000);
            KernelResult Map(VmAreaStruct vma, KernelLogicalAddress buffer, Page page, ulong offset)
            {
                if (RemapPfnRange(vma, vma.VmStart, Card, 4096, vma.VmPageProt).IsError)
                    return -EAGAIN;
                if (RemapPfnRange(vma, vma.VmStart, pfn: Card + offset, size: 4096, prot: vma.VmPageProt).IsError)
                    return -EAGAIN;
                if (RemapPfnRange(vma, vma.VmStart, buffer, 4096, vma.VmPageProt).IsError)
                    return -EAGAIN;
                return VmInsertPfn(vma, vma.VmStart, page);
            }
            PhysicalAddress Where(KernelLogicalAddress buffer) => buffer;
            KernelLogicalAddress Back(PhysicalAddress at)
            {
                PhysicalAddress next = at.ToPfn() + 1ul;
                KernelVirtualAddress wide = at;
                return at + 16ul;
            }
            void Release(PhysicalAddress at) => ReleaseMemRegion(Back(at), 16);
            Page Of(Pfn pfn) => pfn;
            Page At(KernelLogicalAddress buffer) => buffer;
        }
        """,
        """
        class Driver
        {
            static readonly PhysicalAddress Card = new(0xA0000000);
            KernelResult Map(VmAreaStruct vma, KernelLogicalAddress buffer, Page page, ulong offset)
            {
                if (RemapPfnRange(vma, vma.VmStart, Card.ToPfn(), 4096, vma.VmPageProt).IsError)
                    return -EAGAIN;
                if (RemapPfnRange(vma, vma.VmStart, pfn: (Card + offset).ToPfn(), size: 4096, prot: vma.VmPageProt).IsError)
                    return -EAGAIN;
                if (RemapPfnRange(vma, vma.VmStart, Pa(buffer).ToPfn(), 4096, vma.VmPageProt).IsError)
                    return -EAGAIN;
                return VmInsertPfn(vma, vma.VmStart, PageToPfn(page));
            }
            PhysicalAddress Where(KernelLogicalAddress buffer) => Pa(buffer);
            KernelLogicalAddress Back(PhysicalAddress at)
            {
                PhysicalAddress next = (at.ToPfn() + 1ul).ToPhysical();
                KernelVirtualAddress wide = Va(at);
                return Va(at + 16ul);
            }
            void Release(PhysicalAddress at) => ReleaseMemRegion(Pa(Back(at)), 16);
            Page Of(Pfn pfn) => PfnToPage(pfn);
            Page At(KernelLogicalAddress buffer) => VirtToPage(buffer);
        }
        """);

    [Fact]
    public Task LocalOfTheNarrowType_Widened() => Verify(
        """
        class Driver
        {
            void Fill(ulong size, Page page)
            {
                KernelLogicalAddress buffer = Vmalloc(size);
                if (buffer.IsNull)
                    return;
                Memset(buffer, 0, size);
                Vfree(buffer);
                KernelLogicalAddress mapped = Kmap(page); // stays
                Memset(mapped, 0, 16);
                Kunmap(page);
            }
        }
        """,
        """
        class Driver
        {
            void Fill(ulong size, Page page)
            {
                KernelVirtualAddress buffer = Vmalloc(size);
                if (buffer.IsNull)
                    return;
                Memset(buffer, 0, size);
                Vfree(buffer);
                KernelVirtualAddress mapped = Kmap(page); // stays
                Memset(mapped, 0, 16);
                Kunmap(page);
            }
        }
        """);

    [Fact]
    public Task NothingCertain_NoFix() => VerifyNone(
        """
        class Driver
        {
            KernelLogicalAddress _kept;
            void M(Page page, KernelVirtualAddress any, UserVirtualAddress user, PhysicalAddress at, BusAddress bus, int number)
            {
                VirtToPage(Kmap(page));
                var mapped = Kmap(page);
                VirtToPage(mapped);
                Pa(any);
                FreePages(any, 1);
                KernelLogicalAddress low = any;
                Pa(low);
                _kept = any;
                PhysicalAddress wrong = user;
                bus = at;
                Pfn pfn = number;
                Memset(user, 0, 16);
            }
        }
        """);

    [Fact]
    public Task HeaderThatIsNotThere_Added() => Verify(
        """
        using static Own;

        static class Own
        {
            public static Page? VmallocToPage(string name) => null;
        }

        class Driver
        {
            int Pa;
            Page? First(KernelVirtualAddress ring) => VirtToPage(ring);
            PhysicalAddress Where(KernelLogicalAddress buffer) => buffer;
        }
        """,
        """
        using static Own;

        static class Own
        {
            public static Page? VmallocToPage(string name) => null;
        }

        class Driver
        {
            int Pa;
            Page? First(KernelVirtualAddress ring) => global::DriverKit.Headers.LinuxMm.VmallocToPage(ring);
            PhysicalAddress Where(KernelLogicalAddress buffer) => global::DriverKit.Headers.AsmPage.Pa(buffer);
        }
        """);

    private static Task Verify(string source, string fixedSource) => CompilerFixVerifier<AddressTypeRefusedFixer>.VerifyAsync(source, fixedSource);

    private static Task VerifyNone(string source) => Verify(source, source);
}
