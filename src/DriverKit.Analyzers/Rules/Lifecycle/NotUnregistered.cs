using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8002: what a successful Init leaves registered, or in a field, and nothing that Exit calls takes back. Interrupts are DK8007's.</summary>
internal sealed class NotUnregistered() : FlowCheck(Descriptors.DK8002_NotUnregistered)
{
    public override void OnExit(ExitSite exit)
    {
        if (!Modules.IsOverride(exit.Body.Method, Modules.Init) || exit.State.IsLoose || exit.State.Objects.IsEmpty || exit.IsError == true)
            return;
        TakenBack? taken = null;
        foreach (var entry in exit.State.Objects)
        {
            var tracked = entry.Value;
            if (tracked.By.Length == 0 || !Modules.IsOfInit(entry.Key, tracked, exit.State))
                continue;
            taken ??= TakenBack.ByExitOf(exit.Body.Method!.ContainingType, exit.Engine);
            if (taken.MayHave(tracked, entry.Key, FieldsOf(entry.Key, exit.State)))
                continue;
            string what = Tracked.IsRegistration(tracked.Allocator) ? "registered" : "made";
            exit.Report(new(Rule, tracked.At ?? exit.At, ImmutableArray.Create<object>(tracked.By, what), null, NoProperties));
        }
    }

    /// <summary>The fields that a release of the object may name. Numbers are no names: a major that was asked for is another than the one that was given.</summary>
    private static ImmutableArray<ISymbol> FieldsOf(Sym name, State state)
    {
        if (name is Sym.Registration { Key: Sym.Member { Symbol: IFieldSymbol { Type.IsReferenceType: true } field } })
            return [field];
        return name is Sym.Registration ? [] : [.. state.Store.Where(cell => cell.Key is Place.Cell && cell.Value.Id.Equals(name)).Select(static cell => ((Place.Cell)cell.Key).Symbol)];
    }
}
