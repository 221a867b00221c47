using System;
using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Rules.Locking;

/// <summary>Compares the paths of a body: what is given back on one and not on another.</summary>
internal static class PathBalance
{
    /// <summary>What a result says to the caller.</summary>
    private enum Answer
    {
        /// <summary>Nobody knows.</summary>
        Unknown,

        /// <summary>There is no result.</summary>
        None,

        /// <summary>It has worked: no error, true, not null.</summary>
        Yes,

        /// <summary>It has not: an error, false, null.</summary>
        No,
    }

    /// <summary>True for what only the kernel calls, and which must leave what it found. What begins and ends a seq_file's walk is a pair.</summary>
    public static bool MustBalance(SlotStore store) =>
        store.Contract.Context is not null && store.Slot.ContainingType is { Name: not "SeqOperations" };

    /// <summary>What is held on a path that leaves the body, or begins a loop anew, and given back on another whose result says the same.</summary>
    public static IEnumerable<(Hold Hold, Location? Leaves)> Left(EndSite end, Func<Hold, bool> isMine)
    {
        var seen = new HashSet<(TextSpan, string)>();
        foreach (var exit in end.Exits)
        {
            foreach (var hold in exit.State.Holds)
            {
                if (isMine(hold) && !hold.IsDoubtful && !IsBorrowed(hold, exit.State) && end.Unlocks.Any(unlock => Releases(unlock, hold)) && IsLeak(hold, exit, end) && seen.Add((hold.Site, hold.Resource)))
                    yield return (hold, exit.At);
            }
        }

        foreach (var hold in end.Repeated)
        {
            if (isMine(hold) && hold.Object is null or { IsFromEntry: true } && IsGivenBackInItsLoop(hold, end) && seen.Add((hold.Site, hold.Resource)))
                yield return (hold, null);
        }
    }

    /// <summary>What lets go of something taken in the body on one path, and on another of nothing.</summary>
    public static IEnumerable<Unlock> GivenBackTooOften(EndSite end, Func<Release, bool> isMine) =>
        end.Unlocks.Where(unlock => unlock is { Hold: null, IsCertain: true } && isMine(unlock.Release)
            && end.Unlocks.Any(other => other is { Hold: not null, IsRetaken: false, IsCertain: true }
                && other.Release.Site == unlock.Release.Site && other.Release.Resource == unlock.Release.Resource && Equals(other.Release.Object, unlock.Release.Object)));

    /// <summary>True when the body had given it back for its caller, and has taken it again.</summary>
    public static bool IsBorrowed(Hold hold, State state) => state.Released.Any(release => release.Resource == hold.Resource && Sym.MayBeSame(release.Object, hold.Object));

    private static bool Releases(Unlock unlock, Hold hold) => unlock.Hold is { } released && released.Site == hold.Site && released.Resource == hold.Resource;

    private static bool IsLeak(Hold hold, ExitSite held, EndSite end)
    {
        if (held.State.IsLoose)
            return false;
        var answer = AnswerOf(held);
        return end.Exits.Any(exit => !exit.State.IsLoose && !exit.State.ReleasedAny && !exit.State.Holds.Any(other => other.Site == hold.Site && other.Resource == hold.Resource)
            && (answer, AnswerOf(exit)) is (Answer.None, Answer.None) or (Answer.Yes, Answer.Yes) or (Answer.No, Answer.No) or (Answer.No, Answer.Yes));
    }

    /// <summary>True when the path tells its caller that it has worked.</summary>
    public static bool Succeeds(ExitSite exit) => AnswerOf(exit) == Answer.Yes;

    /// <summary>True when the path tells its caller that it has not worked.</summary>
    public static bool Fails(ExitSite exit) => AnswerOf(exit) == Answer.No;

    private static Answer AnswerOf(ExitSite exit)
    {
        if (exit.Body.Method is null or { ReturnsVoid: true } || exit.Returned is not { } returned)
            return exit.Body.Method is { ReturnsVoid: true } ? Answer.None : Answer.Unknown;
        var type = exit.Body.Method.ReturnType;
        bool? yes = type switch
        {
            { SpecialType: SpecialType.System_Boolean } => exit.State.Decide(returned.Id),
            { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } => !exit.IsError,
            { IsReferenceType: true } => !exit.State.Decide(SymFactory.IsZero(returned.Id)),
            _ when exit.Symbols.IsKernelResult(type) => !exit.IsError,
            _ when exit.Symbols.AddressKindOf(type) is not null => !exit.State.Decide(SymFactory.IsZero(returned.Id)),
            _ => null,
        };
        return yes switch { true => Answer.Yes, false => Answer.No, null => Answer.Unknown };
    }

    private static bool IsGivenBackInItsLoop(Hold hold, EndSite end)
    {
        if (LoopAround(end.Body, hold.Site) is not { } loop)
            return false;
        return end.Unlocks.Any(unlock => unlock.Release.Resource == hold.Resource && Equals(unlock.Release.Object, hold.Object) && loop.Span.Contains(unlock.Release.Site));
    }

    private static SyntaxNode? LoopAround(Body body, TextSpan site) => body.NodeAt(site)
        .FirstAncestorOrSelf<SyntaxNode>(static node => node is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax);
}
