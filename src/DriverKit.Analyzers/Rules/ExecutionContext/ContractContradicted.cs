using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.ExecutionContext;

/// <summary>DK1008: callers believe a contract and do not look behind it, so the body must keep it.</summary>
internal sealed class ContractContradicted() : FlowCheck(Descriptors.DK1008_ContractContradicted)
{
    /// <summary>In a diagnostic's properties: the name of the attribute that is not kept.</summary>
    public const string Attribute = nameof(Attribute);

    /// <summary>In a diagnostic's properties: its argument.</summary>
    public const string Argument = nameof(Argument);

    private const string AtomicContext = nameof(AtomicContext);

    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel);

    /// <summary>The method says, or takes over from what it overrides or implements, that it does not sleep.</summary>
    public override void OnEntry(EntrySite entry)
    {
        var store = entry.Store;
        if (store.Slot is not IMethodSymbol promise || !store.Contract.IsAtomic || entry.Body.Method is not { } method)
            return;
        bool isOwn = SymbolEqualityComparer.Default.Equals(promise, method);
        if (entry.IsDeclaredToSleep)
        {
            entry.Report(new(Rule, entry.Body.Name, [method.Name, Promise(promise, isOwn), "it is [MightSleep]", "one of the two is wrong"], store.At, NoProperties));
            return;
        }

        var properties = isOwn ? NoProperties.Add(Attribute, AtomicContext) : NoProperties;
        foreach (var (effect, at) in entry.Raised.Sleeps(store.Contract, entry.Engine.Symbols))
        {
            if (!entry.Summary.Findings.Any(finding => finding.At == at))
            {
                string does = $"calls {effect.Chain[0]}{Through(effect.Chain)}, which may sleep";
                entry.Report(new(Rule, at, [method.Name, Promise(promise, isOwn), does, "use a form that does not sleep, or say [MightSleep]"], store.At, properties));
            }
        }
    }

    /// <summary>What is taken and given back must be so on every path that the contract speaks of.</summary>
    public override void OnExit(ExitSite exit)
    {
        if (exit.Body.Method is not { } method || exit.State.IsLoose || exit.State.ReleasedAny)
            return;
        foreach (var contract in exit.Contract?.Method ?? [])
        {
            if (contract is not { Name: "Acquires" or "Releases", Argument: { } resource } || !IsTheKernels(resource, method))
                continue;
            bool takes = contract.Name == "Acquires";
            bool? owes = takes ? Owes(contract.Text("When"), exit) : true;
            bool has = takes ? exit.State.Holds.Any(hold => hold.Resource == resource) : exit.State.Released.Any(release => release.Resource == resource);
            if (owes is { } owed && owed != has)
                exit.Report(Describe(method, contract.Name, resource, owed, exit));
        }
    }

    private Finding Describe(IMethodSymbol method, string attribute, string resource, bool owed, ExitSite exit)
    {
        string verb = attribute == "Acquires" ? "take" : "release";
        string does = owed ? $"does not {verb} it on the path that returns on line {LineOf(exit.At)}" : $"{verb}s it on the path that returns on line {LineOf(exit.At)}";
        return new(
            Rule,
            exit.Body.Name,
            [method.Name, $"says [{attribute}(KernelResource.{resource})]", does, $"{verb} it, or take the attribute away"],
            exit.At,
            NoProperties.Add(Attribute, attribute).Add(Argument, resource));
    }

    private static string Promise(IMethodSymbol promise, bool isOwn) =>
        isOwn ? "says [AtomicContext]" : $"takes over [AtomicContext] from {promise.ContainingType.Name}.{promise.Name}";

    /// <summary>Whether this path has to come back with it; null when nobody knows.</summary>
    private static bool? Owes(string? when, ExitSite exit)
    {
        if (when is null or "Always")
            return true;
        return exit.Returned?.Id is { } result ? exit.State.Decide(Contract.Success(result, when)) : null;
    }

    /// <summary>A driver may make locks of its own; of the kernel's only the kernel's functions can take hold.</summary>
    private static bool IsTheKernels(string resource, IMethodSymbol method) =>
        Resources.IsCount(resource) || (Resources.IsLock(resource) && method.Parameters.Any(static parameter => Contract.IsLockType(parameter.Type)));
}
