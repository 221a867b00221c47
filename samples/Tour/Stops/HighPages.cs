// A page above 896 MiB has no kernel address until it is mapped: kmap, which may sleep, or kmap_atomic, which must not.
using System.Text;

namespace Samples.Tour.Stops;

internal static class HighPages
{
    public static void Visit(Guide guide)
    {
        guide.Say("A page of high memory has no address of its own. kmap lends it one and may sleep; kmap_atomic has a slot for each CPU.");
        guide.Kernel.RunKernelThread(() =>
        {
            Page page = AllocPage(GfpFlags.HighUser) ?? throw new InvalidOperationException("No page of high memory is left.");
            guide.Show($"{page.Pfn} in zone {page.Zone!.Name}, page_address() = {PageAddress(page)}");
            guide.Claim(PageHighMem(page) && PageAddress(page).IsNull, "a page of high memory has no address");

            KernelVirtualAddress mapped = Kmap(page);
            Memcpy(mapped, "written through kmap"u8);
            guide.Show($"kmap(page)        = {mapped}  preempt_count {PreemptCount()}");
            Kunmap(page);

            KernelVirtualAddress slot = KmapAtomic(page, KmType.User0);
            Span<byte> text = stackalloc byte[20];
            Memcpy(text, slot);
            guide.Show($"kmap_atomic(page) = {slot}  preempt_count {PreemptCount()}  reads \"{Encoding.ASCII.GetString(text)}\"");
            guide.Claim(mapped != slot && text.SequenceEqual("written through kmap"u8), "two addresses name one page");
            guide.Claim(InAtomic(), "the holder of a slot is atomic");
            KunmapAtomic(slot, KmType.User0);
            FreePage(page);
        });
    }
}
