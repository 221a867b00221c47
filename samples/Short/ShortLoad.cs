// short_load, the script beside the driver: insmod, then a node for each port and way to reach it, and one for the interrupt.
using System.Globalization;

namespace Samples.Short;

public static class ShortLoad
{
    // The letter behind the port's number is the mode: none, p(ause), s(tring), m(emory).
    private static readonly (string Suffix, uint Mode)[] Modes = [("", 0x00), ("p", 0x10), ("s", 0x20), ("m", 0x30)];

    public static ShortModule Load(Kernel kernel, string parameters = "")
    {
        var module = new ShortModule();
        kernel.InsertModule(module, parameters);
        uint major = MajorOf(kernel, module.Name);
        foreach ((string path, uint minor) in Nodes())
            kernel.MakeNode(path, new(major, minor));
        return module;
    }

    public static void Unload(Kernel kernel, ShortModule module)
    {
        kernel.RemoveModule(module);
        foreach ((string path, _) in Nodes())
            kernel.RemoveNode(path);
    }

    private static IEnumerable<(string Path, uint Minor)> Nodes() =>
        Modes.SelectMany(mode => Enumerable.Range(0, ParallelPort.Ports).Select(port => ($"/dev/short{port}{mode.Suffix}", mode.Mode + (uint)port)))
            .Append(("/dev/shortint", 128u));

    // awk '$2=="short" {print $1}' /proc/devices
    private static uint MajorOf(Kernel kernel, string name) => kernel.ReadFile("/proc/devices")
        .Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length == 2 && fields[1] == name)
        .Select(fields => uint.Parse(fields[0], CultureInfo.InvariantCulture))
        .First();
}
