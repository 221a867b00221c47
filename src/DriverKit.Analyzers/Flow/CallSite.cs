using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
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
    List<IArgumentOperation> arguments)
{
    private readonly State _before = caller.State;

    /// <summary>The state in which the call is made.</summary>
    public State State => _before;

    /// <summary>What must be true of the caller's own inputs for the path to come here.</summary>
    public Map<Sym, bool> Guard => guard;

    public Location Location => call.Syntax.GetLocation();

    /// <summary>The functions from the one called here down to the one that has the effect.</summary>
    public ImmutableArray<string> Chain => effect.Chain.Insert(0, Body.NameOf(target.Method));

    /// <summary>True when the effect is the called function's own, by contract.</summary>
    public bool IsDirect => effect.Chain.IsEmpty && target.Body is null;

    /// <summary>The caller's value for one of the callee's inputs.</summary>
    public Value? Lift(Sym root) => binding.Lift(root);

    /// <summary>Where the caller hands that input over: the argument, or the call itself.</summary>
    public Location LocationOf(Sym root)
    {
        while (root is Sym.Member { Receiver: { } receiver })
            root = receiver;
        var argument = root is Sym.Entry { Symbol: IParameterSymbol parameter }
            ? arguments.FirstOrDefault(candidate => candidate.Parameter?.Ordinal == parameter.Ordinal && binding.IsParameter(parameter, parameter))
            : null;
        return argument is { IsImplicit: false } ? argument.Value.Syntax.GetLocation() : Location;
    }

    public Summary SummaryOf(Target target) => caller.SummaryOf(target);

    public void Raise(Effect lifted) => caller.Raise(lifted);

    public void Report(Finding finding) => caller.Report(finding);
}
