using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <content>Who has which line.</content>
/// <remarks>Source: kernel/irq/manage.c of Linux 2.6.20; threaded handlers as 2.6.32 brought them.</remarks>
internal sealed partial class InterruptController
{
    /// <summary><c>request_irq()</c>, <c>request_threaded_irq()</c>.</summary>
    public KernelResult Request(uint irq, IrqHandler? handler, IrqHandler? threadFn, Irqf flags, string name, object? devId)
    {
        if (((flags & Irqf.Shared) != 0 && devId is null) || irq >= NrIrqs)
            return -Errno.EINVAL;
        if (handler is null)
        {
            if (threadFn is null)
                return -Errno.EINVAL;
            handler = static (_, _) => IrqReturn.WakeThread;
        }

        if (_scheduler.Fails("request_irq"))
            return -Errno.ENOMEM;
        if (irq >= InterruptLines.Count)
            return -Errno.ENOSYS;
        if (NameOfSystemLine((int)irq) is { } system)
            return Mismatch((int)irq, flags, system);
        IrqDesc desc = Desc((int)irq);
        var action = new IrqAction(handler, flags, name, devId);
        if (desc.Actions is [var first, ..])
        {
            if ((first.Flags & flags & Irqf.Shared) == 0 || ((first.Flags ^ flags) & Irqf.TriggerMask) != 0)
                return Mismatch((int)irq, flags, first.Name);
        }
        else
        {
            desc.Depth = desc.OneShots = 0;
            desc.IsProbed = false;
            if ((flags & Irqf.TriggerMask) != 0)
                _log.Write(LogLevel.Warning, $"No IRQF_TRIGGER set_type function for IRQ {irq} (IO-APIC)");
        }

        if (threadFn is not null)
            action.Thread = new IrqThread(_scheduler, _kthreads, this, desc, action, threadFn);
        desc.Actions = [.. desc.Actions, action];
        Update((int)irq);
        return 0;
    }

    /// <summary><c>can_request_irq()</c>.</summary>
    public bool CanRequest(uint irq, Irqf flags) => irq < InterruptLines.Count && NameOfSystemLine((int)irq) is null
        && (_descs[irq] is not { Actions: [var first, ..] } || (first.Flags & flags & Irqf.Shared) != 0);

    /// <summary><c>free_irq()</c>: takes a handler off the line and waits until it runs nowhere.</summary>
    public void Free(uint irq, object? devId)
    {
        if (PreemptCounts.InInterrupt(_scheduler.Cpu))
        {
            throw new KernelOopsException(
                $"kernel BUG in free_irq: irq {irq} is freed in interrupt context, where the handlers cannot be waited for", AtomicContext.RuleAt(_scheduler.Cpu))
            {
                PreemptCount = _scheduler.Cpu.PreemptCount,
            };
        }

        AtomicContext.MightSleep(_machine, "free_irq");
        if (irq >= NrIrqs)
            return;
        if (irq >= InterruptLines.Count || _descs[irq] is not { } desc || Array.Find(desc.Actions, each => ReferenceEquals(each.DevId, devId)) is not { } action)
        {
            _log.Write(LogLevel.Error, $"Trying to free free IRQ{irq}");
            return;
        }

        desc.Actions = [.. desc.Actions.Where(each => each != action)];
        if (desc.Actions.Length == 0)
        {
            desc.Depth = 1;
            desc.IsPending = false;
        }

        Update((int)irq);
        Synchronize(irq, "free_irq");
        action.Thread?.Stop();
    }

    /// <summary><c>synchronize_irq()</c>: waits until no handler of the line runs.</summary>
    public void Synchronize(uint irq, string function)
    {
        if (irq >= InterruptLines.Count || _descs[irq] is not { } desc)
            return;
        if (desc.RunsOn == _scheduler.Cpu.Id && PreemptCounts.InInterrupt(_scheduler.Cpu))
            throw new KernelOopsException($"BUG: soft lockup detected on CPU#{_scheduler.Cpu.Id}!\n{function}({irq}) waits for the handlers of irq {irq}, and it is called from one of them");
        _scheduler.SpinOn(desc, function);
        foreach (IrqAction action in desc.Actions)
            action.Thread?.Synchronize();
    }

    /// <summary><c>disable_irq_nosync()</c>.</summary>
    public void Disable(uint irq)
    {
        if (irq >= InterruptLines.Count)
            return;
        Desc((int)irq).Depth++;
        Update((int)irq);
    }

    /// <summary><c>enable_irq()</c>: what has come meanwhile comes now.</summary>
    public void Enable(uint irq)
    {
        if (irq >= InterruptLines.Count)
            return;
        IrqDesc desc = Desc((int)irq);
        if (desc.Depth == 0)
        {
            _log.Write(LogLevel.Warning, $"Unbalanced enable for IRQ {irq}");
            return;
        }

        desc.Depth--;
        Update((int)irq);
    }

    /// <summary>The lines that the machine itself uses.</summary>
    internal static string? NameOfSystemLine(int line) => line switch
    {
        TimerLine => "timer",
        CascadeLine => "cascade",
        _ => null,
    };

    private KernelResult Mismatch(int irq, Irqf flags, string holder)
    {
        if ((flags & Irqf.ProbeShared) == 0)
            _log.Write(LogLevel.Error, $"IRQ handler type mismatch for IRQ {irq}\ncurrent handler: {holder}");
        return -Errno.EBUSY;
    }
}
