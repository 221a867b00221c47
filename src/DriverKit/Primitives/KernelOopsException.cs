namespace DriverKit.Primitives;

/// <summary>The kernel found a bug in itself or in a driver: <c>BUG()</c>, a bad kernel pointer, or a rule of the catalogue broken at
/// run time. The process that was running is dead and the kernel tainted; the host process is unharmed.</summary>
/// <remarks>Thrown where the bug is found and completed with process, context and call trace on its way out of the system call.</remarks>
public sealed class KernelOopsException : Exception
{
    private string? _report;

    /// <summary>A bug described by its first line.</summary>
    /// <param name="cause">What happened, in the kernel's words.</param>
    /// <param name="rule">The rule of the catalogue that was broken, or null.</param>
    /// <param name="innerException">The host exception behind it, such as a null reference in the driver's code.</param>
    public KernelOopsException(string cause, KernelRule? rule = null, Exception? innerException = null)
        : base(cause, innerException)
    {
        Cause = cause;
        Rule = rule;
    }

    /// <summary>What happened, in the kernel's words.</summary>
    public string Cause { get; }

    /// <summary>The rule that was broken, or null when the bug is not in the catalogue.</summary>
    public KernelRule? Rule { get; }

    /// <summary><c>preempt_count</c> where the bug was found, if it matters; a finally on the way out may have changed it since.</summary>
    internal int? PreemptCount { get; init; }

    /// <summary>The id of the rule that was broken, <c>DK####</c>, or null.</summary>
    public string? RuleId => Rule?.Id;

    /// <summary>The whole report: cause, rule, process, context and call trace. Before the system call has ended: the cause alone.</summary>
    public string Report => _report ?? Cause;

    /// <summary>True once the report has been written.</summary>
    public bool IsReported => _report is not null;

    /// <inheritdoc/>
    public override string Message => Report;

    /// <summary>Completes the report; the first one stays.</summary>
    internal void Complete(string report) => _report ??= report;
}
