namespace DriverKit.Locking;

/// <summary><c>unsigned long flags</c>: the processor's flags as <c>local_irq_save()</c> and <c>spin_lock_irqsave()</c> leave them, for the matching restore.</summary>
public readonly struct IrqFlags
{
    /// <summary>Bit 1 of EFLAGS is always set, so that zero is a variable nobody has saved to.</summary>
    private const uint AlwaysSet = 1 << 1;
    private const uint InterruptFlag = 1 << 9;

    internal IrqFlags(bool interruptsEnabled) => Value = AlwaysSet | (interruptsEnabled ? InterruptFlag : 0);

    /// <summary>EFLAGS, as far as the kit has them: bit 9 is the interrupt flag.</summary>
    public uint Value { get; }

    /// <summary>Interrupts were on.</summary>
    internal bool InterruptsEnabled => (Value & InterruptFlag) != 0;

    internal bool IsSaved => Value != 0;
}
