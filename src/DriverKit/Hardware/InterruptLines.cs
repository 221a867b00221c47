namespace DriverKit.Hardware;

/// <summary>The wires by which devices ask for attention, and the I/O APIC they end in.</summary>
/// <remarks>Lines 0 to 15 are those of a PC's ISA cards and interrupt by an edge; 16 to 63 are those of PCI cards and interrupt by a level, for which
/// several cards may share a line. Line 0 belongs to the timer and line 2 to the second 8259A.</remarks>
public sealed class InterruptLines
{
    /// <summary>How many lines the machine has.</summary>
    public const int Count = 64;

    /// <summary>The first line of PCI cards.</summary>
    public const int FirstPciLine = 16;

    private readonly InterruptLine?[] _lines = new InterruptLine?[Count];

    internal InterruptLines()
    {
    }

    /// <summary>A line by its number, 0 to 63.</summary>
    public InterruptLine this[int number]
    {
        get
        {
            if ((uint)number >= Count)
                throw new ArgumentOutOfRangeException(nameof(number), number, $"A machine has the interrupt lines 0 to {Count - 1}.");
            return _lines[number] ??= new InterruptLine(this, number);
        }
    }

    /// <summary>Hears of every change of a line; the kernel installs it.</summary>
    internal IInterruptListener? Listener { get; set; }
}

/// <summary>One wire. A device model pulls it: in a register access, or from outside of the machine between two calls.</summary>
public sealed class InterruptLine
{
    private readonly InterruptLines _lines;
    private readonly List<object> _asserting = [];

    internal InterruptLine(InterruptLines lines, int number)
    {
        _lines = lines;
        Number = number;
    }

    /// <summary>The number that <c>request_irq</c> takes.</summary>
    public int Number { get; }

    /// <summary>True while at least one device holds the line.</summary>
    public bool IsAsserted => _asserting.Count != 0;

    /// <summary>A pulse (an edge): the interrupt comes once, at the next moment at which a processor can take it. Pulses that come before that are one.</summary>
    /// <exception cref="InvalidOperationException">Another host thread is in the kernel.</exception>
    public void Raise() => _lines.Listener?.Pulse(Number);

    /// <summary>A device holds the line (a level): the interrupt comes again and again until <see cref="Deassert"/>, for which the driver's handler talks to the device.</summary>
    /// <param name="device">Which device, where several share the line; each holds it for itself.</param>
    /// <exception cref="InvalidOperationException">Another host thread is in the kernel.</exception>
    public void Assert(object? device = null)
    {
        object holder = device ?? this;
        if (!_asserting.Contains(holder))
            _asserting.Add(holder);
        _lines.Listener?.Change(Number);
    }

    /// <summary>The device lets the line go.</summary>
    /// <param name="device">What was given to <see cref="Assert"/>.</param>
    /// <exception cref="InvalidOperationException">Another host thread is in the kernel.</exception>
    public void Deassert(object? device = null)
    {
        _asserting.Remove(device ?? this);
        _lines.Listener?.Change(Number);
    }

    /// <summary>The number: <c>irq 7</c>.</summary>
    public override string ToString() => $"irq {Number}";
}

/// <summary>The other end of the wires.</summary>
internal interface IInterruptListener
{
    /// <summary>A line has had a pulse.</summary>
    void Pulse(int line);

    /// <summary>A device has taken hold of a line or has let it go.</summary>
    void Change(int line);
}
