// The boot log: firmware map, zones, and what is left for the page allocator.
namespace Samples.Tour.Stops;

internal static class Boot
{
    public static void Visit(Guide guide)
    {
        guide.Say("An i386 with 1 GiB, as dmesg shows it. The kernel keeps 896 MiB mapped at PAGE_OFFSET; the rest is high memory.");
        guide.Show(guide.Kernel.Log.Lines.Select(line => line.Message));
        IEnumerable<string> zones = guide.Kernel.Memory.PopulatedZones.Select(zone => zone.Name);
        guide.Claim(zones.SequenceEqual(["DMA", "Normal", "HighMem"]), "an i386 with 1 GiB has three zones");
    }
}
