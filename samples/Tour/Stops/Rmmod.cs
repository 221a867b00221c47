// Nothing may be left behind: numbers, nodes, regions, pages.
using Samples.Simple;

namespace Samples.Tour.Stops;

internal static class Rmmod
{
    public static void Visit(Guide guide)
    {
        Kernel kernel = guide.Kernel;
        SimpleLoad.Unload(kernel, guide.Simple!);
        kernel.RunKernelThread(() => FreePage(Va(guide.Text)));
        guide.Say("""
            The drivers are gone, and their numbers, regions and pages are free again. One page stays: a page table of the vmalloc
            area, which the kernel keeps.
            """);
        ulong free = kernel.Memory.PageAllocator.FreePageCount;
        guide.Show($"modules {kernel.Modules.Count}, processes {kernel.Processes.Count()}");
        guide.Show($"free pages {guide.PagesAtBoot} at boot, {free} now");
        guide.Claim(kernel.Modules.Count == 0 && !guide.Grep("/proc/devices", "simple").Any(), "the numbers are free");
        guide.Claim(!guide.Grep("/proc/iomem", "framebuffer").Any(), "the regions are free");
        guide.Claim(guide.PagesAtBoot - free == 1, "no page is lost");
        guide.Claim(!kernel.IsTainted, "nothing went wrong so far");
    }
}
