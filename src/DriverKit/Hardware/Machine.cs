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

    internal void PowerOff()
    {
        IsOn = false;
        Ram.PowerOff();
    }
}
