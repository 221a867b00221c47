using System.Collections.Immutable;
using System.Linq;

namespace DriverKit.Analyzers.Flow;

/// <summary>The checks that are on, and for each hook those that override it: nobody is asked in vain.</summary>
internal sealed class FlowCheckTable(ImmutableArray<FlowCheck> checks)
{
    public ImmutableArray<FlowCheck> All => checks;

    /// <summary>What the checks go by, each once.</summary>
    public ImmutableArray<Observer> Observers { get; } = [.. checks.Select(static check => check.Observer).OfType<Observer>().Distinct()];

    public ImmutableArray<FlowCheck> OnCall { get; } = Overriding(checks, nameof(FlowCheck.OnCall));

    public ImmutableArray<FlowCheck> OnKernelCall { get; } = Overriding(checks, nameof(FlowCheck.OnKernelCall));

    public ImmutableArray<FlowCheck> OnKernelResult { get; } = Overriding(checks, nameof(FlowCheck.OnKernelResult));

    public ImmutableArray<FlowCheck> OnSleep { get; } = Overriding(checks, nameof(FlowCheck.OnSleep));

    public ImmutableArray<FlowCheck> OnLock { get; } = Overriding(checks, nameof(FlowCheck.OnLock));

    public ImmutableArray<FlowCheck> OnTake { get; } = Overriding(checks, nameof(FlowCheck.OnTake));

    public ImmutableArray<FlowCheck> OnUnlock { get; } = Overriding(checks, nameof(FlowCheck.OnUnlock));

    public ImmutableArray<FlowCheck> OnRelease { get; } = Overriding(checks, nameof(FlowCheck.OnRelease));

    public ImmutableArray<FlowCheck> OnUse { get; } = Overriding(checks, nameof(FlowCheck.OnUse));

    public ImmutableArray<FlowCheck> OnNumber { get; } = Overriding(checks, nameof(FlowCheck.OnNumber));

    public ImmutableArray<FlowCheck> OnArithmetic { get; } = Overriding(checks, nameof(FlowCheck.OnArithmetic));

    public ImmutableArray<FlowCheck> OnIndex { get; } = Overriding(checks, nameof(FlowCheck.OnIndex));

    public ImmutableArray<FlowCheck> OnDropped { get; } = Overriding(checks, nameof(FlowCheck.OnDropped));

    public ImmutableArray<FlowCheck> OnFrameNumber { get; } = Overriding(checks, nameof(FlowCheck.OnFrameNumber));

    public ImmutableArray<FlowCheck> OnStore { get; } = Overriding(checks, nameof(FlowCheck.OnStore));

    public ImmutableArray<FlowCheck> OnCondition { get; } = Overriding(checks, nameof(FlowCheck.OnCondition));

    public ImmutableArray<FlowCheck> OnReturn { get; } = Overriding(checks, nameof(FlowCheck.OnReturn));

    public ImmutableArray<FlowCheck> OnExit { get; } = Overriding(checks, nameof(FlowCheck.OnExit));

    public ImmutableArray<FlowCheck> OnEnd { get; } = Overriding(checks, nameof(FlowCheck.OnEnd));

    public ImmutableArray<FlowCheck> OnChecked { get; } = Overriding(checks, nameof(FlowCheck.OnChecked));

    public ImmutableArray<FlowCheck> OnEntry { get; } = Overriding(checks, nameof(FlowCheck.OnEntry));

    public ImmutableArray<FlowCheck> OnSlot { get; } = Overriding(checks, nameof(FlowCheck.OnSlot));

    private static ImmutableArray<FlowCheck> Overriding(ImmutableArray<FlowCheck> checks, string hook) =>
        [.. checks.Where(check => check.GetType().GetMethods().Any(method => method.Name == hook && method.DeclaringType != typeof(FlowCheck)))];
}
