using DriverKit.Hardware;

namespace DriverKit.Scheduling;

/// <summary>What the scheduler asks of the interrupt hardware and its kernel side, which live on the floor above.</summary>
internal interface IInterruptController
{
    /// <summary>Some processor has an interrupt to take: a line has been raised that is not disabled and whose handlers do not run already.</summary>
    bool IsPending { get; }

    /// <summary>The processor has one to take: a line that any can take, or one of its own.</summary>
    bool IsPendingOn(Cpu cpu);

    /// <summary>The interrupts that <see cref="IsPendingOn"/> speaks of, lowest first.</summary>
    ReadOnlySpan<int> PendingOn(Cpu cpu);

    /// <summary>A line could interrupt now if a device raised it: it has handlers, is not disabled, and they do not run already.</summary>
    bool CanRaise(int line);

    /// <summary>Raises a line as a device does, for a moment.</summary>
    void Raise(int line);

    /// <summary><c>do_IRQ</c>: runs the handlers of a line on a processor; interrupts are off and the context is hardirq.</summary>
    void Handle(Cpu cpu, int line);

    /// <summary><c>do_softirq</c>: runs what is pending on the processor. Called at the end of an interrupt that has not interrupted another, and where bottom halves are enabled again.</summary>
    void DoSoftirq(Cpu cpu);
}
