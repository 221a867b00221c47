using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>One effect of a callee, seen from one call on one path.</summary>
internal sealed class CallSite(
    Evaluator caller,
    IOperation call,
    Binding binding,
    Target target,
    Map<Sym, bool> guard,
    Effect effect,
    List<IArgumentOperation> arguments,
    CallSite? through = null,
    EquatableArray<Hold> inner = default,
    Location? at = null)
{
    private readonly State _before = caller.State;
    private ImmutableArray<string> _chain;

    /// <summary>The state in which the call is made.</summary>
    public State State => _before;

    public Evaluator Caller => caller;

    /// <summary>What must be true of the caller's own inputs for the path to come here.</summary>
    public Map<Sym, bool> Guard => guard;

    public IOperation Operation => call;

    public Location Location => at ?? call.Syntax.GetLocation();

    /// <summary>The functions from the one called here down to the one that has the effect.</summary>
    public ImmutableArray<string> Chain => _chain.IsDefault ? _chain = [.. through?.Chain ?? [], Body.NameOf(target.Method), .. effect.Chain] : _chain;

    /// <summary>True when the effect is the called function's own, by contract.</summary>
    public bool IsDirect => effect.Chain.IsEmpty && target.Body is null && through is null;

    /// <summary>The method called here.</summary>
    public IMethodSymbol Method => target.Method;

    /// <summary>The caller's value for one of the callee's inputs.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Value? Lift(Sym root) => binding.Lift(root);

    /// <summary>What is held when the effect happens: what the caller holds and the callee has not released, and what the callee took before it called back.</summary>
    public EquatableArray<Hold> HoldsAfter(EquatableArray<Release> released, bool any)
    {
        var holds = State.HoldsAfter(Lift(released), any);
        foreach (var hold in inner)
            holds = holds.Add(hold);
        return holds;
    }

    /// <summary>What the caller's callers have released of theirs when the effect happens.</summary>
    public EquatableArray<Release> ReleasedBefore(EquatableArray<Release> released)
    {
        var all = State.Released;
        foreach (var release in Lift(released))
        {
            if (State.HoldFor(release) is null)
                all = all.Add(release);
        }

        return all;
    }

    /// <summary>Where the caller hands that input over: the argument, or the call itself.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Location LocationOf(Sym root)
    {
        while (root is Sym.Member { Receiver: { } receiver })
            root = receiver;
        if (through is not null)
            return through.Location;
        var argument = root is Sym.Entry { Symbol: IParameterSymbol parameter }
            ? arguments.FirstOrDefault(candidate => candidate.Parameter?.Ordinal == parameter.Ordinal && binding.IsParameter(parameter, parameter))
            : null;
        return argument is { IsImplicit: false } ? argument.Value.Syntax.GetLocation() : Location;
    }

    public Summary SummaryOf(Target target) => caller.SummaryOf(target);

    /// <summary>Tells the caller's callers.</summary>
    public void Raise(Effect lifted) => caller.Raise(lifted, Location);

    public void Report(Finding finding) => caller.Report(finding);

    [MethodImpl(Jit.AtOnce)]
    private EquatableArray<Release> Lift(EquatableArray<Release> released) => new([.. released.Select(binding.Lift)]);
}
