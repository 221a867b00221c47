// The kinds of address, each its own type: what one page of memory is called by whom.
namespace Samples.Tour.Stops;

internal static class AddressKinds
{
    public static void Visit(Guide guide)
    {
        Kernel kernel = guide.Kernel;
        UserProcess process = kernel.CreateProcess("reader");
        int fd = process.Open("/dev/simplen");
        guide.Say("C calls all of these unsigned long or void *. Here each is a type of its own, and mixing two does not compile.");
        kernel.RunKernelThread(() =>
        {
            KernelLogicalAddress logical = GetZeroedPage(GfpFlags.Kernel);
            Page page = VirtToPage(logical);
            PhysicalAddress physical = Pa(logical);
            UserVirtualAddress user = process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, fd, physical.Value);
            Row(nameof(KernelLogicalAddress), logical, "__get_free_page: a constant offset from physical");
            Row(nameof(PhysicalAddress), physical, "__pa of it: what the CPU puts on the bus");
            Row(nameof(Pfn), PageToPfn(page), "page_to_pfn(virt_to_page(…)): a number, not an address");
            Row(nameof(UserVirtualAddress), user, $"mmap: {process}'s name for the same page");
            guide.Claim(Va(physical) == logical && PageToPfn(page) == physical.ToPfn(), "logical, physical and frame number name one page");

            KernelVirtualAddress scattered = Vmalloc(2 * PageSize);
            Pfn first = VmallocToPfn(scattered), second = VmallocToPfn(scattered + PageSize);
            Row(nameof(KernelVirtualAddress), scattered, $"vmalloc of two pages: {first} and {second}, through page tables");
            guide.Claim(!VirtAddrValid(scattered), "vmalloc memory is outside the direct map");
            Vfree(scattered);
            process.Exit();
            FreePage(logical);
        });

        void Row(string type, object address, string meaning) => guide.Show($"{type,-21} {address,-11} {meaning}");
    }
}
