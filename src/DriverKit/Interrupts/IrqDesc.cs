using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary><c>struct irq_desc</c>: what the kernel knows of a line.</summary>
/// <remarks>Source: include/linux/irq.h of Linux 2.6.20.</remarks>
internal sealed class IrqDesc(int irq, int cpus) : ISpinnable
{
    public int Irq { get; } = irq;

    /// <summary><c>action</c>: the handlers, in the order they were requested. A change makes a new array: whoever runs them goes on with the old one.</summary>
    public IrqAction[] Actions { get; set; } = [];

    /// <summary><c>depth</c>: how often it has been disabled.</summary>
    public int Depth { get; set; }

    /// <summary><c>IRQ_PENDING</c>: a pulse has come that no handler has seen.</summary>
    public bool IsPending { get; set; }

    /// <summary><c>IRQ_INPROGRESS</c>: the processor that runs its handlers; -1: none.</summary>
    public int RunsOn { get; set; } = -1;

    /// <summary>How many handlers' threads must run before the line is on again (<c>IRQF_ONESHOT</c>).</summary>
    public int OneShots { get; set; }

    /// <summary><c>IRQ_AUTODETECT</c>: a probe looks whether the line moves.</summary>
    public bool IsProbed { get; set; }

    /// <summary><c>IRQ_WAITING</c>: it has not moved yet.</summary>
    public bool HasNotMoved { get; set; }

    /// <summary><c>irq_count</c>: interrupts since the last look at how many nobody wanted.</summary>
    public int Count { get; set; }

    /// <summary><c>irqs_unhandled</c>: those that nobody wanted.</summary>
    public int Unhandled { get; set; }

    /// <summary>How often in a row the line was up again as soon as its handlers had run.</summary>
    public int Storm { get; set; }

    /// <summary><c>kstat_cpu(cpu).irqs[irq]</c>.</summary>
    public uint[] PerCpu { get; } = new uint[cpus];

    bool ISpinnable.IsTaken => RunsOn >= 0;

    TaskStruct? IWaitable.Owner => null;

    /// <summary>The line.</summary>
    public override string ToString() => $"irq {Irq}";

    string IWaitable.Describe() => $"the handlers of irq {Irq} to end";
}

/// <summary><c>struct irqaction</c>: one handler of a line.</summary>
internal sealed class IrqAction(IrqHandler handler, Irqf flags, string name, object? devId)
{
    public IrqHandler Handler { get; } = handler;

    public Irqf Flags { get; } = flags;

    public string Name { get; } = name;

    public object? DevId { get; } = devId;

    /// <summary>The thread that the handler may wake; null: none.</summary>
    public IrqThread? Thread { get; set; }
}
