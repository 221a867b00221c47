using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules;

/// <summary>A rule about a value that a function is given. Where only the callers know what the value is, they are asked, and so on up to who knows.</summary>
internal abstract class ArgumentCheck(DiagnosticDescriptor rule) : FlowCheck(rule)
{
    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not InputEffect ask || ask.Rule != Rule.Id || site.Lift(ask.Root) is not { } value)
            return;
        if (Judge(value, ask.What, site.State, site.LocationOf(ask.Root), site.Chain) is { } finding)
            site.Report(finding);
        else if (Open(value, ask.What, site.State) is { } root)
            site.Raise(ask with { Guard = site.Guard, Chain = site.Chain, Root = root });
    }

    public override void OnEntry(EntrySite entry)
    {
        foreach (var raised in entry.Raised)
        {
            if (raised.Effect is InputEffect ask && ask.Rule == Rule.Id && ask.Root is Sym.Entry { Symbol: IParameterSymbol parameter } && UserData.IsFromUser(entry, parameter)
                && JudgeUser(ask.What, parameter, raised.At, ask.Chain) is { } finding)
                entry.Report(finding);
        }
    }

    /// <summary>Asks what the value is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="what">What is asked, in a word of the rule's own.</param>
    /// <param name="function">The function that is given the value, or what is done with it.</param>
    /// <param name="evaluator">The path.</param>
    /// <param name="at">Where.</param>
    /// <returns>True when it is wrong.</returns>
    protected bool Ask(Value value, string what, string function, Evaluator evaluator, Location at)
    {
        if (Judge(value, what, evaluator.State, at, [function]) is { } finding)
        {
            evaluator.Report(finding);
            return true;
        }

        if (Open(value, what, evaluator.State) is { } root)
            evaluator.Raise(new InputEffect(evaluator.State.EntryFacts(), [function], Rule.Id, root, what), at);
        return false;
    }

    /// <summary>What is wrong with the value; null when nothing is, as far as anybody knows here.</summary>
    protected abstract Finding? Judge(Value value, string what, State state, Location at, ImmutableArray<string> chain);

    /// <summary>What is wrong when the kernel calls the method and a process chose the input.</summary>
    protected virtual Finding? JudgeUser(string what, IParameterSymbol parameter, Location at, ImmutableArray<string> chain) => null;

    /// <summary>The input that decides, when it is the caller's; null when the value is known or nobody's.</summary>
    protected virtual Sym? Open(Value value, string what, State state) => value.Root is { IsFromEntry: true } and not Sym.Const ? value.Root : null;

    /// <summary>The functions between, in words: those below the one that is called here.</summary>
    protected static string In(ImmutableArray<string> chain) => chain.Length < 2 ? string.Empty : $" (through {string.Join(" → ", chain)})";
}
