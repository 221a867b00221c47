// mapcmp over the two devices: the same RAM through both, and device memory, which nopage cannot hand out.
using System.Text;
using Samples.FrameBuffer;
using Samples.Simple;

namespace Samples.Tour.Stops;

internal static class Comparison
{
    public static void Visit(Guide guide)
    {
        guide.Say("""
            mapcmp maps the same offset of both devices and compares. RAM is the same through either. Device memory has no struct page,
            so nopage has nothing to return: SIGBUS. (samples/Simple also shows 2.6.11, where remap_pfn_range leaves RAM out.)
            """);
        string ram = Run(guide, guide.Text);
        string device = Run(guide, new(Display.PixelsStart));
        guide.Show(ram);
        guide.Show(device);
        guide.Claim(ram.EndsWith("Comparing...areas are identical.\n", StringComparison.Ordinal), "both devices show the same RAM");
        guide.Claim(device.EndsWith("Comparing...Bus error\n", StringComparison.Ordinal), "nopage cannot map device memory");
    }

    private static string Run(Guide guide, PhysicalAddress offset)
    {
        string[] args = ["/dev/simpler", "/dev/simplen", $"{offset.Value:x}", "1"];
        var stdout = new MemoryStream();
        var stderr = new StringWriter { NewLine = "\n" };
        Shell.Run(guide.Kernel, Mapcmp.Run, stdout, stderr, "mapcmp", args);
        return $"$ mapcmp {string.Join(' ', args)}\n{Encoding.ASCII.GetString(stdout.ToArray())}{stderr}";
    }
}
