namespace DriverKit.Hardware;

/// <summary>The computer: RAM, the buses, processors, interrupt lines, the page-table format, and randomness. It knows nothing of the kernel.</summary>
public sealed class Machine
{
    internal Machine(MachineOptions options)
    {
        options.Validate();
        Options = options;
        Ram = new Ram(options.MemorySize);
        Bus = new PhysicalBus(Ram);
        Ports = new PortBus();
        PageTables = new PageTableWalker(PageTableFormat.For(options.Architecture), Ram);
        Random = new SeededRandom(options.Seed);
        Cpus = [.. Enumerable.Range(0, options.Cpus).Select(id => new Cpu(id))];
        CurrentCpu = Cpus[0];
    }

    /// <summary>What it was built from.</summary>
    public MachineOptions Options { get; }

    /// <summary>The memory chips.</summary>
    public Ram Ram { get; }

    /// <summary>RAM and devices by physical address.</summary>
    public PhysicalBus Bus { get; }

    /// <summary>Devices by I/O port.</summary>
    public PortBus Ports { get; }

    /// <summary>The hardware's view of page tables.</summary>
    public PageTableWalker PageTables { get; }

    /// <summary>The lines by which devices interrupt.</summary>
    public InterruptLines Interrupts { get; } = new();

    /// <summary>The machine's only source of randomness.</summary>
    public SeededRandom Random { get; }

    /// <summary>The processors.</summary>
    public IReadOnlyList<Cpu> Cpus { get; }

    /// <summary>The processor that runs.</summary>
    public Cpu CurrentCpu { get; internal set; }

    /// <summary>False once the machine has been switched off.</summary>
    public bool IsOn { get; private set; } = true;

    /// <summary>What makes the machine's time pass; the kernel installs it.</summary>
    internal Action<TimeSpan, Action>? Timer { get; set; }

    /// <summary>Something that a device does by itself, a while later: finish a transfer and pull its interrupt line. It happens between two steps of the processors, outside of the kernel.</summary>
    /// <param name="delay">How much later, by the machine's own time; at least zero.</param>
    /// <param name="action">What the device does; it may change its registers and memory, pull lines, and call this again.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="InvalidOperationException">Another host thread is in the kernel.</exception>
    public void After(TimeSpan delay, Action action)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(action);
        Timer?.Invoke(delay, action);
    }

    internal void PowerOff()
    {
        IsOn = false;
        Ram.PowerOff();
    }
}
