using System.Diagnostics;
using DriverKit.Benchmarks.Workloads;

namespace DriverKit.Benchmarks.Gate;

/// <summary>Times workloads. All numbers are nanoseconds for one operation.</summary>
internal static class Measurement
{
    private const int Rounds = 21;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan RoundTime = TimeSpan.FromMilliseconds(6);

    /// <summary>The best round of each side. The sides take turns. What disturbs a round only adds to it, and not to both sides alike: a
    /// busy cache costs most where most memory is touched.</summary>
    public static (double Model, double Counterpart, double Ratio) Compare(Workload model, Workload counterpart)
    {
        Warm(model);
        Warm(counterpart);
        GC.Collect();
        double bestModel = double.MaxValue, bestCounterpart = double.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            bestModel = Math.Min(bestModel, Round(model));
            bestCounterpart = Math.Min(bestCounterpart, Round(counterpart));
        }

        return (bestModel, bestCounterpart, bestModel / bestCounterpart);
    }

    /// <summary>The median time of a workload on its own.</summary>
    public static double Time(Workload workload)
    {
        Warm(workload);
        GC.Collect();
        return Median([.. Enumerable.Range(0, Rounds).Select(_ => Round(workload))]);
    }

    /// <summary>Bytes that one run allocates on the managed heap.</summary>
    public static long AllocatedBytes(Workload workload)
    {
        Warm(workload);
        workload.Prepare();
        long before = GC.GetAllocatedBytesForCurrentThread();
        workload.Run();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        workload.CleanUp();
        return allocated;
    }

    /// <summary>Runs until the JIT compiler has made its final code: twice, with time for its background thread in between.</summary>
    private static void Warm(Workload workload)
    {
        for (int stage = 0; stage < 2; stage++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int runs = 0; runs < 3 || Stopwatch.GetElapsedTime(start) < WarmUp; runs++)
                Once(workload);
            Thread.Sleep(WarmUp);
        }
    }

    private static double Round(Workload workload)
    {
        TimeSpan elapsed = TimeSpan.Zero;
        int runs = 0;
        for (long start = Stopwatch.GetTimestamp(); runs == 0 || Stopwatch.GetElapsedTime(start) < RoundTime; runs++)
            elapsed += Once(workload);
        return elapsed.TotalNanoseconds / ((double)runs * workload.Operations);
    }

    private static TimeSpan Once(Workload workload)
    {
        workload.Prepare();
        long start = Stopwatch.GetTimestamp();
        workload.Run();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        elapsed -= workload.Overhead;
        workload.CleanUp();
        return elapsed;
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
