using DriverKit.Primitives;

namespace DriverKit.Interrupts;

/// <content>Interrupts that nobody wants.</content>
/// <remarks>Source: kernel/irq/spurious.c of Linux 2.6.20.</remarks>
internal sealed partial class InterruptController
{
    private const int CountedInterrupts = 100_000;
    private const int TooManyUnhandled = 99_900;

    private int _badReports = 100;

    /// <summary><c>note_interrupt()</c>: a line of which nearly all interrupts are unwanted is switched off.</summary>
    private void NoteInterrupt(IrqDesc desc, IrqReturn result)
    {
        if (result != IrqReturn.Handled)
        {
            desc.Unhandled++;
            if (result != IrqReturn.None && _badReports-- > 0)
                ReportBad(desc, result);
        }

        if (++desc.Count < CountedInterrupts)
            return;
        desc.Count = 0;
        if (desc.Unhandled > TooManyUnhandled)
        {
            ReportBad(desc, result);
            _log.Write(LogLevel.Emergency, $"Disabling IRQ #{desc.Irq}");
            desc.Depth = 1;
        }

        desc.Unhandled = 0;
    }

    private void ReportBad(IrqDesc desc, IrqReturn result)
    {
        _log.Write(LogLevel.Error, (int)result is 0 or 1
            ? $"irq {desc.Irq}: nobody cared (try booting with the \"irqpoll\" option)"
            : $"irq event {desc.Irq}: bogus return value {(int)result:x}");
        _log.Write(LogLevel.Error, "handlers:");
        foreach (IrqAction action in desc.Actions)
            _log.Write(LogLevel.Error, $" ({FunctionName.Of(action.Handler)})");
    }
}
