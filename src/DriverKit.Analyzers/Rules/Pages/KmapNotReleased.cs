using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3003: what a path has mapped by kmap or kmap_atomic is unmapped, or the address is in other hands, when it ends.</summary>
internal sealed class KmapNotReleased() : FlowCheck(Descriptors.DK3003_KmapNotReleased)
{
    public override void OnExit(ExitSite exit)
    {
        if (exit.State.IsLoose)
            return;
        foreach (var entry in exit.State.Objects)
        {
            if (entry.Value is { Allocator: "Kmap", Status: ObjectStatus.Owned, At: { } at } map && !IsKept(exit, map) && !Releases.IsLeftBehind(exit, entry.Key))
                Report(exit, at, map.By, "Kunmap");
        }

        foreach (var hold in exit.State.Holds)
        {
            if (hold is { Resource: Resources.KmapAtomicSlot, At: { } at } && !hold.Told.Contains(Rule.Id) && !IsInOtherHands(exit, hold))
                Report(exit, at, hold.By, "KunmapAtomic");
        }
    }

    private void Report(ExitSite exit, Location at, string by, string release) =>
        exit.Report(new(Rule, at, ImmutableArray.Create<object>(by, LineOf(exit.At), release), exit.At, NoProperties.Add("Release", release)));

    /// <summary>A page that outlives the method can be unmapped by another one, whoever has the address; one of many, by another loop.</summary>
    private static bool IsKept(ExitSite exit, Tracked map) =>
        IsUnmappedElsewhere(map.At!) || map.Detail is { } page && (page is Sym.Member or Sym.Query { Symbol: null } || (page is not Sym.Entry && Releases.IsLeftBehind(exit, page)));

    /// <summary>True for a page that is mapped in a loop which does not unmap it itself.</summary>
    private static bool IsUnmappedElsewhere(Location at)
    {
        var loop = at.SourceTree?.GetRoot().FindNode(at.SourceSpan).Ancestors().TakeWhile(static node => node is not (MemberDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax))
            .FirstOrDefault(static node => node is CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax);
        return loop is not null && !loop.DescendantNodes().OfType<IdentifierNameSyntax>().Any(static name => name.Identifier.ValueText == "Kunmap");
    }

    private static bool IsInOtherHands(ExitSite exit, Hold hold)
    {
        foreach (var entry in exit.State.Store)
        {
            if (entry.Key.Outlives(exit.Body.Symbol) && (entry.Value.Origin?.At == hold.At || (hold.Object is { } address && entry.Value.Id.Contains(address))))
                return true;
        }

        return false;
    }
}
