using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>What is known of all methods that may have to do with one object, wherever they are. Made when a rule asks, for the files that name the object's type and no others:
/// an edit in a big solution must not run all of it.</summary>
internal sealed class CompilationIndex(FlowEngine engine, CancellationToken cancellation)
{
    /// <summary>What rules have noted of one sort around a field or property.</summary>
    public IEnumerable<TNote> NotesAround<TNote>(ISymbol member)
        where TNote : SummaryNote => engine.Around(member, cancellation).Notes.OfType<TNote>();

    /// <summary>True when a member of the type has the name in its text.</summary>
    public bool TypeUses(INamedTypeSymbol type, string name) => engine.Gate.TypeUses(type, name);

    /// <summary>Where a lock is taken by what the kernel calls, directly or through others.</summary>
    public IReadOnlyList<LockUse> LockUses(ISymbol name) => engine.Around(name, cancellation).Uses.TryGetValue(name, out var uses) ? uses : [];

    /// <summary>Goes over the members that come to anything of the kernel's, in the files of the type and in those that name it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static Surroundings Read(INamedTypeSymbol type, FlowEngine engine, CancellationToken cancellation)
    {
        var summaries = engine.Gate.MembersReaching(Reach.Kernel, type).SelectMany(member => engine.Bodies.In(member.Tree, member.Start))
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

/// <summary>What the methods around a type have noted, and which locks the entries among them take.</summary>
internal sealed record Surroundings(List<SummaryNote> Notes, Dictionary<ISymbol, List<LockUse>> Uses);

/// <summary>A lock is taken in a context.</summary>
/// <param name="Entry">What the kernel calls.</param>
/// <param name="Effect">How it takes the lock.</param>
internal sealed record LockUse(SlotStore Entry, LockEffect Effect);
