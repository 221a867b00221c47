using System.Globalization;
using DriverKit.Benchmarks.Host;
using DriverKit.Benchmarks.Workloads;

namespace DriverKit.Benchmarks.Gate;

/// <summary>One line of the gate: a promise about speed and how to measure it.</summary>
internal abstract class GateRow(string name)
{
    public string Name { get; } = name;

    public abstract GateResult Measure();
}

/// <summary>What a row measured. The columns are texts: rows differ in their units.</summary>
internal sealed record GateResult(string Model, string Counterpart, string Measured, string Limit, bool IsBreach)
{
    public static GateResult Skipped(string why, string limit) => new("", why, "", limit, false);

    public static string Number(double value) => value.ToString(value < 10 ? "0.00" : "#,0", CultureInfo.InvariantCulture);
}

/// <summary>The model may cost at most so many times what its counterpart costs.</summary>
internal sealed class RatioRow(string name, double limit, Func<Workload> model, Func<Workload> counterpart, bool needsHost = false) : GateRow(name)
{
    public override GateResult Measure()
    {
        string limitText = $"<= {GateResult.Number(limit)} x";
        if (needsHost && !Libc.IsAvailable)
            return GateResult.Skipped("skipped: not Linux", limitText);
        using Workload modelWorkload = model(), other = counterpart();
        (double modelTime, double otherTime, double ratio) = Measurement.Compare(modelWorkload, other);
        return new(
            $"{GateResult.Number(modelTime)} ns", $"{GateResult.Number(otherTime)} ns", $"{GateResult.Number(ratio)} x", limitText, ratio > limit);
    }
}

/// <summary>A boot may take at most so long, and so much host memory.</summary>
internal sealed class BootRow(string name, MachineOptions machine, bool disposeToo, double milliseconds, double mebibytes) : GateRow(name)
{
    public override GateResult Measure()
    {
        using var boots = new Boots(machine, disposeToo);
        double time = Measurement.Time(boots) / 1e6, memory = boots.HostBytes / (double)(1 << 20);
        return new(
            $"{GateResult.Number(time)} ms", $"{GateResult.Number(memory)} MiB", "", $"<= {milliseconds} ms, {mebibytes} MiB",
            time > milliseconds || memory > mebibytes);
    }
}

/// <summary>A limit of its own, in microseconds: nothing on the host does the same.</summary>
internal sealed class TimeRow(string name, double microseconds, Func<Workload> model) : GateRow(name)
{
    public override GateResult Measure()
    {
        using Workload workload = model();
        double time = Measurement.Time(workload) / 1e3;
        return new($"{GateResult.Number(time)} us", "", "", $"<= {microseconds} us", time > microseconds);
    }
}

/// <summary>A path that allocates nothing on the managed heap.</summary>
internal sealed class AllocationRow(string name, Func<Workload> model) : GateRow(name)
{
    public override GateResult Measure()
    {
        using Workload workload = model();
        long bytes = Measurement.AllocatedBytes(workload);
        return new($"{bytes} B", "", "", "0 B", bytes != 0);
    }
}
