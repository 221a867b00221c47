// insmod, /proc/devices and mknod, as the script simple_load does them.
using Samples.Simple;

namespace Samples.Tour.Stops;

internal static class Insmod
{
    public static void Visit(Guide guide)
    {
        guide.Say("""
            samples/Simple is the driver book's `simple`: /dev/simpler maps physical memory with remap_pfn_range when mmap is called,
            /dev/simplen hands it out page by page from nopage. Its load script reads the major from /proc/devices for mknod.
            """);
        guide.Simple = SimpleLoad.Load(guide.Kernel);
        string[] devices = [.. guide.Grep("/proc/devices", "misc", "simple")];
        guide.Show("$ insmod simple.ko && cat /proc/devices");
        guide.Show(devices);
        guide.Claim(devices.Length == 2, "simple is in /proc/devices");
    }
}
