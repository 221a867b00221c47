using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8007: an interrupt handler is freed when a later step fails, and by Exit when Init registered it, with the line and the device id it was registered with.</summary>
internal sealed class IrqNotFreed() : FlowCheck(Descriptors.DK8007_IrqNotFreed)
{
    private const string Irq = nameof(Irq);

    public override void OnExit(ExitSite exit)
    {
        if (exit.State.IsLoose || exit.State.Objects.IsEmpty || exit.IsError != true)
            return;
        foreach (var entry in exit.State.Objects)
        {
            if (entry.Value is { Allocator: Irq, Status: ObjectStatus.Owned, At: { } at } kept)
                exit.Report(Describe(at, kept.By, $"when the path ends in an error on line {LineOf(exit.At)}: call FreeIrq before it leaves", exit.At));
        }
    }

    public override void OnEntry(EntrySite entry)
    {
        if (!Modules.IsOverride(entry.Body.Method, Modules.Init))
            return;
        foreach (var end in entry.Summary.Cases)
        {
            if (end.Find(Place.Return.Instance) is { } returned && end.Decide(SymFactory.Less(returned.Id, Sym.Const.Zero)) == true)
                continue;
            foreach (var kept in end.Objects.Where(static kept => kept.Value is { Allocator: Irq, Status: ObjectStatus.Owned, At: not null }))
            {
                if (!IsFreedByExit(entry, kept.Key, kept.Value))
                    entry.Report(Describe(kept.Value.At!, kept.Value.By, "by Exit: call FreeIrq there with the same line and device id", null));
            }
        }
    }

    private Finding Describe(Location at, string by, string where, Location? cause) => new(Rule, at, ImmutableArray.Create<object>(by, where), cause, NoProperties);

    private static bool IsFreedByExit(EntrySite entry, Sym name, Tracked kept)
    {
        var module = entry.Body.Method!.ContainingType;
        var exit = ExitOf(module);
        var freed = exit is null ? [] : entry.SummaryOf(exit)?.Cases.SelectMany(static end => end.Objects).Where(static entry => entry.Value is { Allocator: Irq, Status: ObjectStatus.Released }).ToList() ?? [];
        if (freed.Count == 0)
            return TakenBack.ByExitOf(module, entry.Engine).MayHave(kept, name, []);
        return freed.Exists(other => Sym.MayBeSame(((Sym.Registration)name).Key, other.Key is Sym.Registration line ? line.Key : null) && IsSameDevice(kept.Detail, other.Value.Detail));
    }

    /// <summary>Two fields may have the same cookie; the module itself and a field of it hardly do.</summary>
    private static bool IsSameDevice(Sym? requested, Sym? freed) =>
        Sym.MayBeSame(requested, freed) || (requested is Sym.Member && freed is Sym.Member);

    private static IMethodSymbol? ExitOf(INamedTypeSymbol module)
    {
        for (var type = module; type is not null; type = type.BaseType)
        {
            if (type.GetMembers(Modules.Exit).OfType<IMethodSymbol>().FirstOrDefault(static method => Modules.IsOverride(method, Modules.Exit)) is { } exit)
                return exit;
        }

        return null;
    }
}
