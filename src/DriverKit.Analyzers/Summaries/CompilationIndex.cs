using System.Collections.Generic;
using System.Linq;
using System.Threading;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>What is known of all methods of a compilation together. Made when a rule first asks; every body is run once in any case.</summary>
internal sealed class CompilationIndex(FlowEngine engine, CancellationToken cancellation)
{
    /// <summary>What rules have noted of one sort, anywhere.</summary>
    public IReadOnlyList<TNote> NotesOf<TNote>()
        where TNote : SummaryNote => engine.Whole(cancellation).Notes.OfType<TNote>().ToList();

    /// <summary>Where a lock is taken by what the kernel calls, directly or through others.</summary>
    public IReadOnlyList<LockUse> LockUses(ISymbol name) => engine.Whole(cancellation).Uses.TryGetValue(name, out var uses) ? uses : [];

    /// <summary>Goes over the members that come to anything of the kernel's.</summary>
    public static WholeCompilation Read(FlowEngine engine, CancellationToken cancellation)
    {
        var summaries = engine.Gate.MembersReaching(Reach.Kernel).SelectMany(member => engine.Bodies.In(member.Tree, member.Start))
            .Select(body => (Body: body, Summary: engine.Analyze(body, cancellation))).ToList();
        var notes = summaries.SelectMany(static one => one.Summary.Notes).Distinct().ToList();
        var entries = summaries.SelectMany(static one => one.Summary.Slots).GroupBy(static slot => (slot.Target.Body?.Key, slot.Slot), static slot => slot).Select(static same => same.First());
        var uses = new Dictionary<ISymbol, List<LockUse>>(SymbolEqualityComparer.Default);
        foreach (var entry in entries)
        {
            if (entry.Target.Body is not { } body || SummaryOf(body, summaries, engine, cancellation) is not { } summary)
                continue;
            foreach (var raised in summary.Raised)
            {
                if (raised.Effect is not LockEffect { Object: Sym.Member { Symbol: var name } } taken)
                    continue;
                name = name.OriginalDefinition;
                if (!uses.TryGetValue(name, out var list))
                    uses[name] = list = [];
                list.Add(new(entry, taken));
            }
        }

        return new(notes, uses);
    }

    /// <summary>A lambda's is with the body around it.</summary>
    private static Summary? SummaryOf(Body body, List<(Body Body, Summary Summary)> summaries, FlowEngine engine, CancellationToken cancellation)
    {
        if (body.Method is { MethodKind: not (MethodKind.AnonymousFunction or MethodKind.LocalFunction) })
            return engine.Analyze(body, cancellation);
        return summaries.Where(one => one.Body.Key.Tree == body.Key.Tree && one.Body.Key.Span.Contains(body.Key.Span)).Select(one => Find(one.Summary)).OfType<Summary>().FirstOrDefault();

        Summary? Find(Summary outer) =>
            outer.Nested.Select(nested => nested.Body.Key == body.Key ? nested.Summary : Find(nested.Summary)).OfType<Summary>().FirstOrDefault();
    }
}

/// <summary>What all methods of a compilation have noted, and which locks its entries take.</summary>
internal sealed record WholeCompilation(List<SummaryNote> Notes, Dictionary<ISymbol, List<LockUse>> Uses);

/// <summary>A lock is taken in a context.</summary>
/// <param name="Entry">What the kernel calls.</param>
/// <param name="Effect">How it takes the lock.</param>
internal sealed record LockUse(SlotStore Entry, LockEffect Effect);
