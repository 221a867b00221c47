namespace DriverKit.Interrupts;

/// <summary><c>irqreturn_t</c>: what an interrupt handler says (<c>linux/interrupt.h</c>).</summary>
[Flags]
public enum IrqReturn
{
    /// <summary><c>IRQ_NONE</c>: the interrupt was not from this device.</summary>
    None = 0,

    /// <summary><c>IRQ_HANDLED</c>: it was, and has been dealt with.</summary>
    Handled = 1,

    /// <summary><c>IRQ_WAKE_THREAD</c>: it was, and the handler's thread shall deal with it. Linux 2.6.30 and later.</summary>
    WakeThread = 2,
}

/// <summary><c>irq_handler_t</c>: what a driver does when its device interrupts.</summary>
/// <param name="irq">The line.</param>
/// <param name="devId">What was given to <c>request_irq()</c>.</param>
/// <returns>Whether the device had interrupted.</returns>
public delegate IrqReturn IrqHandler(int irq, object? devId);

/// <summary><c>IRQF_*</c>: how a line is requested (<c>linux/interrupt.h</c>). The values are those of Linux 2.6.20.</summary>
[Flags]
public enum Irqf
{
    /// <summary><c>IRQF_TRIGGER_NONE</c>: as the line is.</summary>
    None = 0,

    /// <summary><c>IRQF_TRIGGER_RISING</c>.</summary>
    TriggerRising = 0x1,

    /// <summary><c>IRQF_TRIGGER_FALLING</c>.</summary>
    TriggerFalling = 0x2,

    /// <summary><c>IRQF_TRIGGER_HIGH</c>.</summary>
    TriggerHigh = 0x4,

    /// <summary><c>IRQF_TRIGGER_LOW</c>.</summary>
    TriggerLow = 0x8,

    /// <summary><c>IRQF_TRIGGER_MASK</c>.</summary>
    TriggerMask = 0xf,

    /// <summary><c>IRQF_DISABLED</c> (before: <c>SA_INTERRUPT</c>): the handler runs with all interrupts off. Only the first handler of a shared line decides.</summary>
    Disabled = 0x20,

    /// <summary><c>IRQF_SAMPLE_RANDOM</c> (before: <c>SA_SAMPLE_RANDOM</c>): the interrupt's times feed /dev/random. The model's randomness has one source; the flag does nothing.</summary>
    SampleRandom = 0x40,

    /// <summary><c>IRQF_SHARED</c> (before: <c>SA_SHIRQ</c>): others may have the line too. It needs a device id.</summary>
    Shared = 0x80,

    /// <summary><c>IRQF_PROBE_SHARED</c>: the caller expects that the line may be taken; the refusal is not logged.</summary>
    ProbeShared = 0x100,

    /// <summary><c>IRQF_ONESHOT</c>: the line stays off until the handler's thread has run. Linux 2.6.32 and later.</summary>
    OneShot = 0x2000,
}
