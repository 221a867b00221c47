// simple_load, the script beside the driver: insmod, then mknod with the major that /proc/devices shows.
using System.Globalization;

namespace Samples.Simple;

public static class SimpleLoad
{
    public static SimpleModule Load(Kernel kernel)
    {
        var module = new SimpleModule();
        kernel.InsertModule(module);
        uint major = MajorOf(kernel, "simple");
        kernel.MakeNode("/dev/simpler", new(major, 0));
        kernel.MakeNode("/dev/simplen", new(major, 1));
        return module;
    }

    public static void Unload(Kernel kernel, SimpleModule module)
    {
        kernel.RemoveModule(module);
        kernel.RemoveNode("/dev/simpler");
        kernel.RemoveNode("/dev/simplen");
    }

    // awk '$2=="simple" {print $1}' /proc/devices
    private static uint MajorOf(Kernel kernel, string name) => kernel.ReadFile("/proc/devices")
        .Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length == 2 && fields[1] == name)
        .Select(fields => uint.Parse(fields[0], CultureInfo.InvariantCulture))
        .First();
}
