using System.Diagnostics.Contracts;
using DriverKit.Contracts;
using DriverKit.Interrupts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/interrupt.h</c>: interrupt lines and their handlers, softirqs, tasklets.</summary>
/// <remarks>Source: include/linux/interrupt.h, kernel/irq/manage.c, kernel/softirq.c of Linux 2.6.20; threaded handlers are those of Linux 2.6.32.</remarks>
public static partial class LinuxInterrupt
{
    /// <summary><c>IRQ_NONE</c>.</summary>
    public const IrqReturn IrqNone = IrqReturn.None;

    /// <summary><c>IRQ_HANDLED</c>.</summary>
    public const IrqReturn IrqHandled = IrqReturn.Handled;

    /// <summary><c>IRQ_WAKE_THREAD</c>.</summary>
    public const IrqReturn IrqWakeThread = IrqReturn.WakeThread;

    /// <summary><c>SA_INTERRUPT</c>: the older name of IRQF_DISABLED.</summary>
    public const Irqf SaInterrupt = Irqf.Disabled;

    /// <summary><c>SA_SHIRQ</c>: the older name of IRQF_SHARED.</summary>
    public const Irqf SaShirq = Irqf.Shared;

    /// <summary><c>SA_SAMPLE_RANDOM</c>: the older name of IRQF_SAMPLE_RANDOM.</summary>
    public const Irqf SaSampleRandom = Irqf.SampleRandom;

    /// <summary><c>IRQ_RETVAL(x)</c>: handled if true.</summary>
    [Pure]
    public static IrqReturn IrqRetval(bool x) => x ? IrqReturn.Handled : IrqReturn.None;

    /// <summary><c>request_irq(irq, handler, irqflags, devname, dev_id)</c>: from now on the handler runs when the line interrupts. Process context; may sleep.</summary>
    /// <param name="irq">The line, 0 to 63.</param>
    /// <param name="handler">Runs in interrupt context: it may not sleep. It is called with the line masked, and with interrupts off under <see cref="Irqf.Disabled"/>.</param>
    /// <param name="irqflags">Whether others may have the line too, and more.</param>
    /// <param name="devname">The name in /proc/interrupts.</param>
    /// <param name="devId">Handed to the handler, and to <see cref="FreeIrq"/> to say which one; must not be null with <see cref="Irqf.Shared"/>.</param>
    /// <returns>0; -EINVAL (no such number, no handler, shared without a device id), -EBUSY (taken, and one of the two does not share), -ENOSYS (no controller has the line), -ENOMEM.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    public static KernelResult RequestIrq(
        [AllocatesWith(Allocator.Irq, KeyParameter = nameof(devId))] uint irq,
        [CalledIn(CallContext.Hardirq)] IrqHandler? handler,
        Irqf irqflags,
        string devname,
        object? devId)
    {
        Kernel kernel = Enter("request_irq", irq);
        Memory.Physical.AtomicContext.MightSleep(kernel.Machine, "request_irq");
        return handler is null ? -Errno.EINVAL : kernel.Irqs.Request(irq, handler, null, irqflags, devname, devId);
    }

    /// <summary><c>request_threaded_irq(irq, handler, thread_fn, irqflags, devname, dev_id)</c>: the handler looks and returns IRQ_WAKE_THREAD, and the line's own
    /// thread <c>irq/7-name</c> does the work, in process context. Linux 2.6.30 and later. Process context; may sleep.</summary>
    /// <param name="irq">The line, 0 to 63.</param>
    /// <param name="handler">Runs in interrupt context; null: only wakes the thread (2.6.32).</param>
    /// <param name="threadFn">Runs in the thread; it may sleep. Null: as <see cref="RequestIrq"/>.</param>
    /// <param name="irqflags">With <see cref="Irqf.OneShot"/> the line stays masked until the thread has run: needed where the line is held until then.</param>
    /// <param name="devname">The name in /proc/interrupts.</param>
    /// <param name="devId">Handed to both, and to <see cref="FreeIrq"/>.</param>
    /// <returns>As <see cref="RequestIrq"/>; -EINVAL without any function.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    public static KernelResult RequestThreadedIrq(
        [AllocatesWith(Allocator.Irq, KeyParameter = nameof(devId))] uint irq,
        [CalledIn(CallContext.Hardirq)] IrqHandler? handler,
        [CalledIn(CallContext.Process)] IrqHandler? threadFn,
        Irqf irqflags,
        string devname,
        object? devId)
    {
        Kernel kernel = Enter("request_threaded_irq", irq);
        Memory.Physical.AtomicContext.MightSleep(kernel.Machine, "request_threaded_irq");
        return kernel.Irqs.Request(irq, handler, threadFn, irqflags, devname, devId);
    }

    /// <summary><c>free_irq(irq, dev_id)</c>: takes the handler off the line, and waits until it runs nowhere. The device must be silent before. Process context; may sleep.</summary>
    /// <param name="irq">The line.</param>
    /// <param name="devId">What was given to <see cref="RequestIrq"/>. Anything else is logged, and nothing is freed.</param>
    /// <exception cref="KernelOopsException">Called in an interrupt or in atomic context.</exception>
    [MightSleep]
    public static void FreeIrq([FreesWith(Allocator.Irq, KeyParameter = nameof(devId))] uint irq, object? devId) => Enter("free_irq", irq).Irqs.Free(irq, devId);

    /// <summary><c>disable_irq(irq)</c>: the line is silent on all processors, and its handlers have ended. It counts: each needs an <see cref="EnableIrq"/>. Every context but the line's handlers.</summary>
    /// <param name="irq">The line. Others that share it are silent as well.</param>
    /// <exception cref="KernelOopsException">Called from a handler of the line: it would wait for itself.</exception>
    public static void DisableIrq(uint irq)
    {
        InterruptController irqs = Enter("disable_irq", irq).Irqs;
        irqs.Disable(irq);
        irqs.Synchronize(irq, "disable_irq");
    }

    /// <summary><c>disable_irq_nosync(irq)</c>: the same without waiting. Every context.</summary>
    public static void DisableIrqNosync(uint irq) => Enter("disable_irq_nosync", irq).Irqs.Disable(irq);

    /// <summary><c>enable_irq(irq)</c>: undoes one <see cref="DisableIrq"/>; an interrupt that has come meanwhile comes now. One too many is logged. Every context.</summary>
    public static void EnableIrq(uint irq) => Enter("enable_irq", irq).Irqs.Enable(irq);

    /// <summary><c>can_request_irq(irq, irqflags)</c>: the line exists, and is free or shared by both sides.</summary>
    public static bool CanRequestIrq(uint irq, Irqf irqflags) => Enter("can_request_irq", irq).Irqs.CanRequest(irq, irqflags);

    /// <summary><c>probe_irq_on()</c>: listens to all lines that nobody has. Let the device interrupt then, and call <see cref="ProbeIrqOff"/>. Process context; sleeps 100 ms.</summary>
    /// <returns>A bit for each of the first 32 lines that is silent by itself.</returns>
    /// <exception cref="KernelOopsException">Called in atomic context.</exception>
    [MightSleep]
    [MustCheck]
    public static uint ProbeIrqOn() => Kernel.Current("probe_irq_on").Irqs.ProbeOn();

    /// <summary><c>probe_irq_off(val)</c>: ends the probe.</summary>
    /// <param name="val">What <see cref="ProbeIrqOn"/> returned; unused, as in the kernel.</param>
    /// <returns>The line that has interrupted; 0: none; negative: several.</returns>
    [MustCheck]
    public static int ProbeIrqOff(uint val)
    {
        _ = val;
        return Kernel.Current("probe_irq_off").Irqs.ProbeOff();
    }

    /// <summary><c>probe_irq_mask(val)</c>: ends the probe.</summary>
    /// <param name="val">The lines of interest.</param>
    /// <returns>A bit for each of them, among the first 16, that has interrupted.</returns>
    public static uint ProbeIrqMask(uint val) => Kernel.Current("probe_irq_mask").Irqs.ProbeMask(val);

    private static Kernel Enter(string function, uint irq)
    {
        Kernel kernel = Kernel.Here(function);
        kernel.Scheduler.Point(function, kernel.Irqs.Find(irq));
        return kernel;
    }
}
