using System.Diagnostics;
using DriverKit.Benchmarks.Workloads;

namespace DriverKit.Benchmarks.Gate;

/// <summary>The promises about speed, checked: each row measures both sides alternately in the same run, so a busy machine slows both.</summary>
internal static class SpeedGate
{
    /// <summary>A breach counts if it repeats: another process may have had the processor.</summary>
    private const int Attempts = 3;

    private static readonly GateRow[] Rows = [.. PerArchitecture(Architecture.I386), .. PerArchitecture(Architecture.X8664), .. Once()];

    /// <summary>Measures all rows, or those whose name contains the filter, and prints the table.</summary>
    /// <returns>0, or 1 when a row is in breach.</returns>
    public static int Run(string? filter)
    {
        long start = Stopwatch.GetTimestamp();
        int breaches = 0;
        Print("row", "model", "counterpart", "ratio", "limit", "");
        foreach (GateRow row in Rows)
        {
            if (filter is not null && !row.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                continue;
            GateResult result = row.Measure();
            for (int attempt = 1; result.IsBreach && attempt < Attempts; attempt++)
                result = row.Measure();
            if (result.IsBreach)
                breaches++;
            Print(row.Name, result.Model, result.Counterpart, result.Measured, result.Limit, result.IsBreach ? "BREACH" : "ok");
        }

        Console.WriteLine($"{breaches} in breach, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        return breaches == 0 ? 0 : 1;
    }

    private static IEnumerable<GateRow> PerArchitecture(Architecture architecture)
    {
        const int Hot = 64, Wide = 512;
        const double AFifth = 0.2, AQuarter = 0.25, AHalf = 0.5, AheadOfTheHost = 1, WithinTwice = 2, NineTenthsOfTheThroughput = 1 / 0.9;
        string on = $"{architecture}: ";
        yield return new RatioRow(on + "4-byte load, TLB hit", 2.5, () => new SimulatedLoads(architecture, Hot), () => new NativeLoads(Hot));
        yield return new RatioRow(on + "4-byte store, TLB hit", 2.5, () => new SimulatedStores(architecture, Hot), () => new NativeStores(Hot));
        yield return new RatioRow(on + "load, 512 pages : hot", 2, () => new SimulatedLoads(architecture, Wide), () => new SimulatedLoads(architecture, Hot));
        yield return new RatioRow(on + "store, 512 pages : hot", 2, () => new SimulatedStores(architecture, Wide), () => new SimulatedStores(architecture, Hot));
        yield return new RatioRow(
            on + "64 KiB out of a user map", NineTenthsOfTheThroughput, () => new SimulatedCopies(architecture, store: false), () => new NativeCopies());
        yield return new RatioRow(
            on + "64 KiB into a user map", NineTenthsOfTheThroughput, () => new SimulatedCopies(architecture, store: true), () => new NativeCopies());
        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
        {
            yield return new RatioRow(
                on + $"{kind} fault", AFifth, () => new SimulatedFaults(architecture, kind), () => new HostFaults(kind), needsHost: true);
        }

        yield return new RatioRow(
            on + "mmap+munmap, 20 areas", AQuarter, () => new SimulatedMaps(architecture, 20), () => new HostMaps(), needsHost: true);
        yield return new RatioRow(
            on + "mmap+munmap, 65,000 areas", AQuarter, () => new SimulatedMaps(architecture, 65_000), () => new HostMaps(), needsHost: true);
        yield return new RatioRow(
            on + "mmap+munmap, 65,000 : 20", 1.5, () => new SimulatedMaps(architecture, 65_000), () => new SimulatedMaps(architecture, 20));
        yield return new RatioRow(
            on + "100,000 one-page mmaps", AheadOfTheHost, () => new SimulatedManyMaps(architecture), () => new HostManyMaps(), needsHost: true);
        yield return new RatioRow(
            on + "fork+exit, 64 MiB", AheadOfTheHost, () => new SimulatedForks(architecture), () => new HostForks(), needsHost: true);
        yield return new RatioRow(
            on + "256 MiB of a file, mapped", WithinTwice, () => new SimulatedFileReads(architecture), () => new HostFileReads(), needsHost: true);
        yield return new RatioRow(
            on + "ioctl", AHalf, () => new SimulatedCalls(architecture, CallKind.Ioctl), () => new HostIoctls(), needsHost: true);
        yield return new AllocationRow(on + "bytes: loads", () => new SimulatedLoads(architecture, Hot));
        yield return new AllocationRow(on + "bytes: stores", () => new SimulatedStores(architecture, Hot));
        foreach (CallKind kind in Enum.GetValues<CallKind>())
            yield return new AllocationRow(on + $"bytes: {kind}", () => new SimulatedCalls(architecture, kind));
        foreach (FaultKind kind in Enum.GetValues<FaultKind>())
            yield return new AllocationRow(on + $"bytes: {kind} faults", () => new SimulatedFaults(architecture, kind));
    }

    private static IEnumerable<GateRow> Once()
    {
        yield return new RatioRow("find an area, 100,000 : 100", 3, () => new AreaSearches(100_000), () => new AreaSearches(100));
        yield return new BootRow(
            "boot 64 GiB X8664", new() { Architecture = Architecture.X8664, MemorySize = 64.GiB() }, disposeToo: false, milliseconds: 10, mebibytes: 32);
        yield return new BootRow("boot and off, 16 MiB", new() { MemorySize = 16.MiB() }, disposeToo: true, milliseconds: 1, mebibytes: 32);
        yield return new BootRow("boot and off, default (1 GiB)", new(), disposeToo: true, milliseconds: 1, mebibytes: 32);
        yield return new TimeRow("task switch", 3, () => new TaskSwitches());
        foreach (ScheduleSearch search in new[] { ScheduleSearch.Pct(), ScheduleSearch.DelayBounded() })
            yield return new TimeRow($"a schedule, {search.Name}", 100, () => new ExploredSchedules(search));
    }

    private static void Print(string row, string model, string counterpart, string ratio, string limit, string verdict) =>
        Console.WriteLine($"{row,-36} {model,12} {counterpart,18} {ratio,10} {limit,18}  {verdict}".TrimEnd());
}
