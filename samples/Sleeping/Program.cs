// Looks at the files of jit and jiq, lets readers of /dev/complete go, and has the explorer find what is wrong with /dev/sleepy.
using System.Text;
using Samples.Sleeping;

using (Kernel kernel = Kernel.Boot(new() { MemorySize = 32.MiB(), Cpus = 2 }))
{
    SleepingLoad.Complete(kernel);
    SleepingLoad.Jit(kernel);
    SleepingLoad.Jiq(kernel);

    Show(kernel, "jiffies, jiffies_64, gettimeofday; the clock at the last tick", "/proc/currentime", 99);
    foreach (string name in new[] { "jitbusy", "jitsched", "jitqueue", "jitschedto" })
        Show(kernel, $"{name}: two delays of one second", $"/proc/{name}", 40);
    Show(kernel, "jitimer: a timer every ten jiffies", "/proc/jitimer", 4096);
    Show(kernel, "jitasklet: as soon as may be", "/proc/jitasklet", 4096);
    Show(kernel, "jiqwqdelay: the shared workqueue, the first lines", "/proc/jiqwqdelay", 200);
    Show(kernel, "jiqtimer", "/proc/jiqtimer", 4096);

    Console.WriteLine("Three readers of /dev/complete, two writes");
    UserProcess[] readers = [.. Enumerable.Range(1, 3).Select(i => kernel.Spawn($"reader{i}", p =>
    {
        p.Read(p.Open("/dev/complete"), new byte[1]);
        Console.WriteLine($"  {p.Name} goes on");
    }))];
    kernel.RunFor(TimeSpan.FromSeconds(1));
    for (int i = 0; i < 2; i++)
    {
        kernel.Spawn("echo", p => p.Write(p.Open("/dev/complete", OpenFlags.WriteOnly), [0]));
        kernel.RunFor(TimeSpan.FromSeconds(1));
    }

    Console.WriteLine($"  still waiting: {string.Join(", ", readers.Where(reader => reader.IsAlive).Select(reader => reader.Name))}\n");
}

foreach (string device in new[] { "/dev/sleepy", "/dev/sleepysafe" })
{
    ScheduleReport report = ScheduleExplorer.Explore(kernel => TwoReaders.OneWrite(kernel, device));
    Console.WriteLine(report.HasFailed
        ? $"{device}: one write lets two readers go, in schedule {report.Schedules}\n\n{report.Table}"
        : $"{device}: no schedule of {report.Schedules} lets two readers go for one write");
}

static void Show(Kernel kernel, string what, string path, int bytes)
{
    byte[] buffer = new byte[bytes];
    int length = 0;
    kernel.Spawn("cat", p => length = p.Read(p.Open(path), buffer));
    kernel.Run();
    Console.WriteLine($"{what}\n{Encoding.ASCII.GetString(buffer, 0, length)}");
}
