// scull_load, the script beside the driver: insmod, then mknod with the major that /proc/devices shows.
using System.Globalization;

namespace Samples.ScullPipe;

public static class ScullPipeLoad
{
    public static ScullPipeModule Load(Kernel kernel, string parameters = "")
    {
        var module = new ScullPipeModule();
        kernel.InsertModule(module, parameters);
        uint major = MajorOf(kernel, "scullpipe");
        for (int i = 0; i < module.ScullPNrDevs; i++)
            kernel.MakeNode($"/dev/scullpipe{i}", new(major, (uint)i));
        return module;
    }

    public static void Unload(Kernel kernel, ScullPipeModule module)
    {
        kernel.RemoveModule(module);
        for (int i = 0; i < module.ScullPNrDevs; i++)
            kernel.RemoveNode($"/dev/scullpipe{i}");
    }

    private static uint MajorOf(Kernel kernel, string name) => kernel.ReadFile("/proc/devices")
        .Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length == 2 && fields[1] == name)
        .Select(fields => uint.Parse(fields[0], CultureInfo.InvariantCulture))
        .First();
}
