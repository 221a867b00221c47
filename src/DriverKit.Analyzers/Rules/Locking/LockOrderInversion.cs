using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Locking;

/// <summary>DK7004: of two tasks that take two locks in two orders, each may wait for the other.</summary>
internal sealed class LockOrderInversion() : FlowCheck(Descriptors.DK7004_LockOrderInversion)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Slot);

    public override void OnLock(LockEffect taken, EquatableArray<Hold> holds, CallSite site)
    {
        if (taken.IsTry || !IsOrdered(taken.Resource) || LockNames.MemberOf(taken.Object) is not { } second)
            return;
        foreach (var hold in holds)
        {
            if (IsOrdered(hold.Resource) && LockNames.MemberOf(hold.Object) is { } first && !SymbolEqualityComparer.Default.Equals(first, second))
                site.Caller.Note(new LockOrder(first, second, site.Location, hold.By, hold.At, site.Chain[0]));
        }
    }

    public override void OnChecked(CheckedSite site)
    {
        foreach (var order in site.Summary.Notes.OfType<LockOrder>())
        {
            if (Contrary(order, site.Whole) is { } other)
            {
                site.Report(new(
                    Rule,
                    order.At,
                    [order.By, order.Second.Name, order.First.Name, LineOf(order.FirstAt), LineOf(other.At)],
                    other.At,
                    NoProperties));
            }
        }
    }

    /// <summary>A semaphore may be a signal that nobody gives back.</summary>
    private static bool IsOrdered(string resource) => Resources.IsLock(resource) && resource != Resources.Semaphore;

    /// <summary>Where the locks are taken in another order, when this place comes after it; a way back over other locks is one too.</summary>
    private static LockOrder? Contrary(LockOrder order, CompilationIndex whole)
    {
        var reached = new HashSet<ISymbol>(SymbolEqualityComparer.Default) { order.Second };
        var next = new Queue<ISymbol>();
        next.Enqueue(order.Second);
        while (next.Count > 0)
        {
            var from = next.Dequeue();
            foreach (var step in whole.NotesAround<LockOrder>(from))
            {
                if (!SymbolEqualityComparer.Default.Equals(step.First, from) || !IsBefore(step.At, order.At))
                    continue;
                if (SymbolEqualityComparer.Default.Equals(step.Second, order.First))
                    return step;
                if (reached.Add(step.Second))
                    next.Enqueue(step.Second);
            }
        }

        return null;
    }

    private static bool IsBefore(Location one, Location other)
    {
        int file = string.CompareOrdinal(one.SourceTree?.FilePath, other.SourceTree?.FilePath);
        return file != 0 ? file < 0 : one.SourceSpan.Start < other.SourceSpan.Start;
    }

    /// <summary>One lock is taken while another is held.</summary>
    private sealed record LockOrder(ISymbol First, ISymbol Second, Location At, string FirstBy, Location? FirstAt, string By) : SummaryNote;
}
