using DriverKit.Hardware;
using DriverKit.Memory.Virtual;

namespace DriverKit.Exploration;

/// <summary>All that decides a run beside its choices: the machine, the kernel, and what may happen in it. A token carries it.</summary>
internal sealed record ScheduleSetting(
    Architecture Architecture, ulong MemorySize, int Cpus, int Nodes, ulong Seed, uint Hz, KernelEra Era, bool RandomizeVaSpace, bool ExploreTime, bool InjectFaults, bool StoreBuffers, int MaxInterrupts, int[] Interrupts)
{
    public static ScheduleSetting Of(ExploreOptions options) => new(
        options.Machine.Architecture, options.Machine.MemorySize, options.Machine.Cpus, options.Machine.Nodes, options.Machine.Seed,
        options.Kernel.Hz, options.Kernel.Era, options.Kernel.RandomizeVaSpace,
        options.ExploreTime, options.InjectFaults, options.Machine.StoreBuffers, options.Interrupts.Count == 0 ? 0 : options.MaxInterrupts, [.. options.Interrupts]);

    /// <summary>Options that give this setting.</summary>
    public ExploreOptions ToOptions(ExploreOptions rest) => rest with
    {
        Machine = new() { Architecture = Architecture, MemorySize = MemorySize, Cpus = Cpus, Nodes = Nodes, Seed = Seed, StoreBuffers = StoreBuffers },
        Kernel = rest.Kernel with { Hz = Hz, Era = Era, RandomizeVaSpace = RandomizeVaSpace },
        ExploreTime = ExploreTime,
        InjectFaults = InjectFaults,
        MaxInterrupts = Math.Max(MaxInterrupts, 1),
        Interrupts = Interrupts,
    };

    public string Describe() =>
        $"{Architecture}, {MemorySize >> 10} KiB, {Cpus} CPUs, {Nodes} nodes, seed {Seed}, HZ {Hz}, {Era}{(RandomizeVaSpace ? ", random addresses" : "")}{(ExploreTime ? ", early timers" : "")}"
        + $"{(InjectFaults ? ", faults" : "")}{(StoreBuffers ? ", store buffers" : "")}{(Interrupts.Length != 0 ? $", interrupts {string.Join(' ', Interrupts)} up to {MaxInterrupts} times" : "")}";

    public IEnumerable<ulong> ToNumbers() =>
    [
        (ulong)Architecture, MemorySize >> 12, (ulong)Cpus, (ulong)Nodes, Seed, Hz, (ulong)Era,
        (RandomizeVaSpace ? 1ul : 0) | (ExploreTime ? 2ul : 0) | (InjectFaults ? 4ul : 0) | (StoreBuffers ? 8ul : 0), (ulong)MaxInterrupts, (ulong)Interrupts.Length, .. Interrupts.Select(line => (ulong)line),
    ];

    public static ScheduleSetting FromNumbers(Func<ulong> next)
    {
        var architecture = (Architecture)next();
        ulong memory = next() << 12;
        int cpus = checked((int)next()), nodes = checked((int)next());
        ulong seed = next();
        uint hz = checked((uint)next());
        var era = (KernelEra)next();
        ulong flags = next();
        int times = checked((int)next()), lines = checked((int)next());
        if (lines > 1024)
            throw new FormatException("too many interrupts");
        int[] interrupts = new int[lines];
        for (int i = 0; i < lines; i++)
            interrupts[i] = checked((int)next());
        return new(architecture, memory, cpus, nodes, seed, hz, era, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0, times, interrupts);
    }
}
