using System.Collections.Generic;
using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Rules.Locking;
using DriverKit.Analyzers.Rules.Pages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8005: a reference that is taken is given back, or handed on, on every path where another does; and none is given back that nobody took.</summary>
internal sealed class ReferenceImbalance() : FlowCheck(Descriptors.DK8005_ReferenceImbalance)
{
    private const string GetUserPages = nameof(GetUserPages);

    /// <summary>The page of an array of one, in a body without a loop: what is put into a longer one is given back in a loop, of which nobody knows how often it runs.</summary>
    public override Value OnKernelResult(KernelCall call, Value result)
    {
        if (call.Name == GetUserPages && !call.Caller.HasLoop && ArrayOfOne(call.OperationOf(call.IndexOf("pages"))) is { } local && call.State.Find(new Place.Variable(local)) is { } array)
        {
            var page = new Sym.Query(null, new([array.Id, Sym.Const.Zero]));
            call.Caller.Become(call.State.Track(new Sym.Registration(Tracked.PageReference, page), new(Tracked.PageReference, ObjectStatus.Owned, call.Operation.Syntax.Span, call.Name, call.Location)));
        }

        return result;
    }

    public override void OnEnd(EndSite end)
    {
        foreach (var held in end.Exits)
        {
            if (held.State.IsLoose)
                continue;
            foreach (var entry in held.State.Objects)
            {
                if (entry.Value is not { Status: ObjectStatus.Owned, At: { } at } kept || !Tracked.IsReference(kept.Allocator) || IsHandedOn(held, entry.Key))
                    continue;
                bool isPinned = kept.By == GetUserPages;
                if (isPinned && PathBalance.Succeeds(held) && !HoldsNothing(kept, held.State))
                    end.Report(new(Rule, at, ImmutableArray.Create<object>($"The page that {kept.By} takes hold of is not given back on the path that ends on line {LineOf(held.At)}", "give it back by PutPage"), held.At, NoProperties));
                if (!isPinned && IsSettledElsewhere(kept, held, end.Exits))
                    end.Report(new(Rule, at, ImmutableArray.Create<object>($"The reference that {kept.By} takes is not given back on the path that ends on line {LineOf(held.At)}, and is on another", "give it back there too"), held.At, NoProperties));
            }
        }
    }

    public override void OnRelease(ObjectRelease release, Aftermath call)
    {
        if (Tracked.FirstOf(release.Released.Allocator) != Tracked.PageReference)
            return;
        var gone = release.Prior is { Allocator: "Pages", Status: ObjectStatus.Released } page ? page : BorrowedAndGone(release, call.Caller.State);
        if (gone is not null)
        {
            call.Caller.Report(new(
                Rule,
                call.Location,
                ImmutableArray.Create<object>($"{release.Released.ReleasedBy} gives back a reference that nobody holds here any more: {gone.ReleasedBy} on line {LineOf(gone.ReleasedAt)} gave it back", "give it back once"),
                gone.ReleasedAt,
                NoProperties));
        }
    }

    /// <summary>A page that was looked up here: of its references only those taken here are this method's.</summary>
    private static Tracked? BorrowedAndGone(ObjectRelease release, State state) =>
        release.Prior is null && release.Value.Id is Sym.Query or Sym.Made
        && state.Objects.TryGetValue(new Sym.Registration(Tracked.PageReference, release.Value.Id), out var taken) && taken is { Status: ObjectStatus.Released, By.Length: > 0 } ? taken : null;

    private static ILocalSymbol? ArrayOfOne(IOperation? array) =>
        array?.Unwrapped() is ILocalReferenceOperation { Local: { DeclaringSyntaxReferences: { Length: 1 } declared } local }
        && declared[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: ArrayCreationExpressionSyntax { Type.RankSpecifiers: { Count: 1 } ranks } }
        && ranks[0].Sizes is { Count: 1 } sizes && sizes[0] is LiteralExpressionSyntax { Token.Value: 1 } ? local : null;

    /// <summary>True when the path has learnt from the result that there was no page to be had.</summary>
    private static bool HoldsNothing(Tracked kept, State state)
    {
        foreach (var fact in state.Facts)
        {
            if (fact.Key is not Sym.Compare compare)
                continue;
            bool isNone = (compare.IsEqual, fact.Value) switch
            {
                (false, true) => IsOf(compare.Left) && compare.Right is Sym.Const { Value: <= 1L },
                (false, false) => IsOf(compare.Right) && compare.Left is Sym.Const { Value: <= 0L },
                (true, true) => IsOf(compare.Left) && compare.Right is Sym.Const { Value: <= 0L },
                _ => false,
            };
            if (isNone)
                return true;
        }

        return false;

        bool IsOf(Sym number) => number.Any(part => part is Sym.Made made && made.Site == kept.Site);
    }

    private static bool IsHandedOn(ExitSite exit, Sym reference) => Releases.IsLeftBehind(exit, KeyOf(reference));

    private static Sym KeyOf(Sym reference)
    {
        while (reference is Sym.Registration registration)
            reference = registration.Key;
        return reference;
    }

    /// <summary>On another path, that does not end better, the reference is given back; or that path has handed it on.</summary>
    private static bool IsSettledElsewhere(Tracked kept, ExitSite held, IReadOnlyList<ExitSite> exits)
    {
        foreach (var other in exits)
        {
            if (other.State.IsLoose)
                continue;
            foreach (var entry in other.State.Objects)
            {
                if (entry.Value.Site != kept.Site || entry.Value.Allocator != kept.Allocator)
                    continue;
                bool isGivenBack = entry.Value.Status == ObjectStatus.Released;
                if (kept.Allocator == Tracked.Kref ? isGivenBack && PathBalance.Fails(held) : isGivenBack ? !(PathBalance.Succeeds(held) && PathBalance.Fails(other)) : IsHandedOn(other, entry.Key) && !PathBalance.Succeeds(held))
                    return true;
            }
        }

        return false;
    }
}
