namespace Samples.Sleeping;

/// <summary>A scenario for the explorer.</summary>
public static class TwoReaders
{
    /// <summary>Two readers sleep, one write: a failure if both go on.</summary>
    public static void OneWrite(Kernel kernel, string device)
    {
        SleepingLoad.Sleepy(kernel);
        int awake = 0;
        UserProcess[] readers = [Reader(1), Reader(2)];
        kernel.RunFor(TimeSpan.FromMilliseconds(1));
        kernel.Spawn("writer", p => p.Write(p.Open(device, OpenFlags.WriteOnly), [0]));
        kernel.RunFor(TimeSpan.FromMilliseconds(1));
        UserProcess killer = kernel.CreateProcess("kill");
        foreach (UserProcess reader in readers.Where(reader => reader.IsAlive))
            killer.Kill(reader.Pid, Signal.SIGKILL);

        UserProcess Reader(int number) => kernel.Spawn($"reader{number}", p =>
        {
            p.Read(p.Open(device), new byte[1]);
            if (++awake == 2)
                throw new InvalidOperationException("One write has let two readers go.");
        });
    }
}
