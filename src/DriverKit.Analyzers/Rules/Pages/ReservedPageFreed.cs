using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3012: PG_reserved is cleared before the page is freed, on the path, or somewhere in the type that sets it on memory of its field.</summary>
internal sealed class ReservedPageFreed() : FlowCheck(Descriptors.DK3012_ReservedPageFreed)
{
    /// <summary>The marks on a page whose flag has been set, or cleared.</summary>
    private const string Reserved = nameof(Reserved), Cleared = nameof(Cleared);

    public override void OnKernelCall(KernelCall call)
    {
        if (call.Argument("page") is not { } page)
            return;
        if (call.Name == "SetPageReserved")
        {
            call.Caller.Become(call.State.Unnote(Cleared, page.Id));
            call.Note(Reserved, page.Id);
            foreach (var field in FieldMemory.FieldsBehind(page.Id, call.State))
                call.Caller.Note(new ReservedNote(field));
        }
        else if (call.Name == "ClearPageReserved")
        {
            call.Caller.Become(call.State.Unnote(Reserved, page.Id));
            call.Note(Cleared, page.Id, excuses: true);
        }
    }

    public override void OnRelease(ObjectRelease release, Aftermath call)
    {
        if (!Releases.IsMemory(Tracked.FirstOf(release.Prior?.Allocator ?? release.Released.Allocator)) && release.Prior is not null)
            return;
        var state = call.Caller.State;
        if (state.Marks.Any(mark => mark.Key.Name == Cleared && IsOf(mark.Key.About, release)) || IsAsked(release, state))
            return;
        if (state.Marks.Where(mark => mark.Key.Name == Reserved && IsOf(mark.Key.About, release)).Select(static mark => mark.Value).FirstOrDefault() is { } set)
            call.Caller.Report(Describe(call.Location, release.Released.ReleasedBy, $"{set.By} set on line {LineOf(set.At)}", set.At));
        else if (FieldMemory.FieldOf(release.Name) is { } field)
            call.Caller.Note(new FreedNote(field, call.Location, release.Released.ReleasedBy));
    }

    public override void OnChecked(CheckedSite site)
    {
        foreach (var freed in site.Summary.Notes.OfType<FreedNote>())
        {
            if (site.Body.Key.Tree == freed.At.SourceTree && site.Body.Key.Span.Contains(freed.At.SourceSpan) && !site.Whole.TypeUses(freed.Field.ContainingType, "ClearPageReserved")
                && site.Whole.NotesAround<ReservedNote>(freed.Field).Any(note => SymbolEqualityComparer.Default.Equals(note.Field, freed.Field)))
                site.Report(Describe(freed.At, freed.By, $"SetPageReserved set on the memory of {freed.Field.Name}", null));
        }
    }

    private Finding Describe(Location at, string by, string set, Location? cause) => new(Rule, at, ImmutableArray.Create<object>(by, set), cause, NoProperties);

    /// <summary>The page is the object itself, or a page of the memory.</summary>
    private static bool IsOf(Sym page, ObjectRelease release) => page.Contains(release.Name) || page.Contains(release.Value.Id);

    /// <summary>True when the path has asked for the flag.</summary>
    private static bool IsAsked(ObjectRelease release, State state)
    {
        foreach (var fact in state.Facts)
        {
            if (fact.Key.Any(part => part is Sym.Query { Symbol.Name: "PageReserved" } asked && IsOf(asked, release)))
                return true;
        }

        return false;
    }

    /// <summary>PG_reserved is set on memory of the field.</summary>
    private sealed record ReservedNote(ISymbol Field) : SummaryNote;

    /// <summary>The memory of the field is freed.</summary>
    private sealed record FreedNote(ISymbol Field, Location At, string By) : SummaryNote;
}
