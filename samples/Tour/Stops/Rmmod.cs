// Nothing may be left behind: numbers, nodes, regions, pages.
using Samples.Simple;

namespace Samples.Tour.Stops;

internal static class Rmmod
{
    public static void Visit(Guide guide)
    {
        Kernel kernel = guide.Kernel;
        SimpleLoad.Unload(kernel, guide.Simple!);
        guide.Say("The drivers are gone. Their numbers and regions are free again, and so is every page that this tour took.");
        ulong free = kernel.Memory.PageAllocator.FreePageCount;
        guide.Show($"modules {kernel.Modules.Count}, processes {kernel.Processes.Count()}, free pages {guide.PagesAtBoot} at boot, {free} now");
        guide.Claim(kernel.Modules.Count == 0 && !guide.Grep("/proc/devices", "simple").Any(), "the numbers are free");
        guide.Claim(!guide.Grep("/proc/iomem", "framebuffer").Any(), "the regions are free");
        guide.Claim(!kernel.IsTainted, "nothing went wrong so far");
    }
}
