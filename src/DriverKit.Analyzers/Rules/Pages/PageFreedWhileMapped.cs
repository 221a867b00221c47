using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3010: memory that a process maps by frame number is not freed while the mapping may live.</summary>
internal sealed class PageFreedWhileMapped() : FlowCheck(Descriptors.DK3010_PageFreedWhileMapped)
{
    /// <summary>The allocator under which a mapping by frame number is kept; its detail is the result that tells whether there is one.</summary>
    private const string PfnMapping = nameof(PfnMapping);

    /// <summary>The tag of a frame that was looked up by the address in its detail.</summary>
    private const string FrameOf = nameof(FrameOf);

    public override Value OnKernelResult(KernelCall call, Value result)
    {
        if (call.Name == "VmallocToPfn" && call.Arguments.Count == 1)
            return result.With(new(FrameOf, call.Name, call.Location, Spreads: true) { Detail = call.Arguments[0].Id });
        if (call.Name is not ("RemapPfnRange" or "IoRemapPfnRange" or "VmInsertPfn") || call.Argument("pfn") is not { } pfn)
            return result;
        foreach (var memory in new[] { pfn.Id, pfn.TagOf(FrameOf)?.Detail }.OfType<Sym>())
        {
            foreach (var field in FieldMemory.FieldsBehind(memory, call.State))
                call.Caller.Note(new MappedNote(field));
            foreach (var entry in call.State.Objects)
            {
                if (entry.Value.IsLive && entry.Key is not Sym.Registration && memory.Contains(entry.Key))
                    call.Caller.Become(call.State.Track(new Sym.Registration(PfnMapping, entry.Key), new(PfnMapping, ObjectStatus.HandedOn, call.Operation.Syntax.Span, call.Name, call.Location) { Detail = result.Id }));
            }
        }

        return result;
    }

    public override void OnRelease(ObjectRelease release, Aftermath call)
    {
        var state = call.Caller.State;
        if (Tracked.IsReference(release.Prior?.Allocator ?? string.Empty))
            return;
        if (state.Objects.TryGetValue(new Sym.Registration(PfnMapping, release.Name), out var map))
        {
            if (map.IsLive && map.Detail is { } result && state.Decide(SymFactory.Less(result, Sym.Const.Zero)) != true)
                call.Caller.Report(Describe(call.Location, release.Released.ReleasedBy, $"{map.By} on line {LineOf(map.At)} mapped it to the process", map.At));
        }
        else if (FieldMemory.FieldOf(release.Name) is { } field && Tracked.FirstOf(release.Released.Allocator) is "Pages" or "Vmalloc" or "Kmalloc")
        {
            call.Caller.Raise(new FreeFieldEffect(state.EntryFacts(), [release.Released.ReleasedBy], release.Name, field), call.Location);
        }
    }

    public override void OnEntry(EntrySite entry)
    {
        if (!MayRunWhileMapped(entry.Store.Name))
            return;
        foreach (var raised in entry.Raised)
        {
            if (raised.Effect is FreeFieldEffect free && !IsTrusted(free) && IsMapped(free.Field, entry.Engine))
                entry.Report(Describe(raised.At, free.Culprit, $"the mmap handler maps {free.Field.Name} by frame number, and {entry.Store.Name} can run meanwhile", null));
        }
    }

    private Finding Describe(Location at, string by, string mapped, Location? cause) => new(Rule, at, ImmutableArray.Create<object>(by, mapped), cause, NoProperties);

    /// <summary>An area keeps its file open and the module loaded; what its own operations free is another rule's.</summary>
    private static bool MayRunWhileMapped(string operation) =>
        operation is not ("FileOperations.Release" or "FileOperations.Mmap" or "KernelModule.Init" or "KernelModule.Exit") && !operation.StartsWith("VmOperationsStruct.", System.StringComparison.Ordinal);

    /// <summary>True when the path has looked at anything of the driver's but the field itself: it may count the mappings.</summary>
    private static bool IsTrusted(FreeFieldEffect free)
    {
        foreach (var fact in free.Guard)
        {
            if (fact.Key.Any(part => FieldMemory.IsOwnState(part) && !part.Equals(free.Root)))
                return true;
        }

        return false;
    }

    private static bool IsMapped(ISymbol field, FlowEngine engine) => engine.Entries.BodiesNaming(field)
        .Any(body => engine.Analyze(body, CancellationToken.None).Notes.OfType<MappedNote>().Any(note => SymbolEqualityComparer.Default.Equals(note.Field, field)));

    /// <summary>The method frees the memory of a field.</summary>
    private sealed record FreeFieldEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Root, ISymbol Field) : Effect(Guard, Chain)
    {
        public override object Identity => (nameof(FreeFieldEffect), Root, Guard);
    }

    /// <summary>Memory of the field is mapped by frame number.</summary>
    private sealed record MappedNote(ISymbol Field) : SummaryNote;
}
