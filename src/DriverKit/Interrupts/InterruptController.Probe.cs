using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <content>Finding out which line a device is on: listen to all that are free, let the device interrupt, see which one has moved.</content>
/// <remarks>Source: kernel/irq/autoprobe.c of Linux 2.6.20.</remarks>
internal sealed partial class InterruptController
{
    /// <summary>How long a probe waits for interrupts that come by themselves.</summary>
    private const ulong SpuriousNanoseconds = 100_000_000;

    /// <summary>A probe's mask has room for this many lines.</summary>
    private const int MaskedLines = 32;

    private readonly WaitQueueHead _noProbe = new("of the end of another probe (probe_irq_off)");
    private bool _isProbing;

    /// <summary><c>probe_irq_on()</c>.</summary>
    /// <returns>A bit for each of the first 32 lines that is listened to.</returns>
    public uint ProbeOn()
    {
        AtomicContext.MightSleep(_machine, "probe_irq_on");
        Waiting.Event(_scheduler, _noProbe, () => !_isProbing, TaskState.Uninterruptible, exclusive: true, Waiting.Forever, "probe_irq_on");
        _isProbing = true;
        for (int line = InterruptLines.Count - 1; line > 0; line--)
        {
            if (NameOfSystemLine(line) is not null || _descs[line] is { Actions.Length: > 0 })
                continue;
            IrqDesc desc = Desc(line);
            (desc.Depth, desc.IsPending, desc.IsProbed, desc.HasNotMoved) = (0, false, true, true);
            Update(line);
        }

        _scheduler.Current.State = TaskState.Uninterruptible;
        _scheduler.ScheduleTimeout(SpuriousNanoseconds);
        uint mask = 0;
        foreach (IrqDesc desc in Probed())
        {
            if (!desc.HasNotMoved)
                EndProbe(desc);
            else if (desc.Irq < MaskedLines)
                mask |= 1u << desc.Irq;
        }

        return mask;
    }

    /// <summary><c>probe_irq_off()</c>.</summary>
    /// <returns>The line that has moved; 0: none; negative: several, the first of them.</returns>
    public int ProbeOff()
    {
        int moved = 0, found = 0;
        foreach (IrqDesc desc in Probed())
        {
            if (!desc.HasNotMoved && moved++ == 0)
                found = desc.Irq;
            EndProbe(desc);
        }

        StopProbing();
        return moved > 1 ? -found : found;
    }

    /// <summary><c>probe_irq_mask()</c>.</summary>
    /// <returns>A bit for each line of the mask that has moved, among the first 16.</returns>
    public uint ProbeMask(uint val)
    {
        uint mask = 0;
        foreach (IrqDesc desc in Probed())
        {
            if (desc.Irq < InterruptLines.FirstPciLine && !desc.HasNotMoved)
                mask |= 1u << desc.Irq;
            EndProbe(desc);
        }

        StopProbing();
        return mask & val;
    }

    private void StopProbing()
    {
        _isProbing = false;
        Waiting.WakeUp(_scheduler, _noProbe, interruptibleOnly: false, exclusive: 1);
    }

    private IEnumerable<IrqDesc> Probed() => _descs.OfType<IrqDesc>().Where(desc => desc.IsProbed);

    private void EndProbe(IrqDesc desc)
    {
        (desc.IsProbed, desc.Depth, desc.IsPending) = (false, 1, false);
        Update(desc.Irq);
    }
}
