// insmod of the four modules, and mknod with the majors that /proc/devices shows.
using System.Globalization;

namespace Samples.Sleeping;

public static class SleepingLoad
{
    public static void Sleepy(Kernel kernel)
    {
        kernel.InsertModule(new SleepyModule());
        uint major = MajorOf(kernel, "sleepy");
        kernel.MakeNode("/dev/sleepy", new(major, 0));
        kernel.MakeNode("/dev/sleepysafe", new(major, 1));
    }

    public static void Complete(Kernel kernel)
    {
        kernel.InsertModule(new CompleteModule());
        kernel.MakeNode("/dev/complete", new(MajorOf(kernel, "complete"), 0));
    }

    public static void Jit(Kernel kernel, string parameters = "") => kernel.InsertModule(new JitModule(), parameters);

    public static void Jiq(Kernel kernel, string parameters = "") => kernel.InsertModule(new JiqModule(), parameters);

    private static uint MajorOf(Kernel kernel, string name) => kernel.ReadFile("/proc/devices")
        .Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length == 2 && fields[1] == name)
        .Select(fields => uint.Parse(fields[0], CultureInfo.InvariantCulture))
        .First();
}
