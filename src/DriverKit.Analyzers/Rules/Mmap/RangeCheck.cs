using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>A rule about what an mmap handler has compared before it maps a range: follows the comparisons and the remaps, through helpers too, and judges
/// where the kernel calls the handler.</summary>
internal abstract class RangeCheck(DiagnosticDescriptor rule) : FlowCheck(rule)
{
    // Both rules of this sort note the same, so they share the notes.
    private const string LengthCompared = "length compared", OffsetCompared = "offset compared";

    /// <summary>The range is mapped in an mmap handler.</summary>
    protected abstract void Judge(RemapEffect remap, Location at, EntrySite entry);

    /// <summary>What to point at.</summary>
    protected virtual Location PlaceOf(KernelCall remap) => remap.Location;

    public override Observer Observer => Comparisons.Instance;

    public override void OnUse(Value value, IOperation operation, Evaluator evaluator)
    {
        if (!evaluator.Symbols.IsArea(operation.Type) || !Areas.GoesOutOfSight(operation, evaluator.Symbols))
            return;
        Note(LengthCompared, value.Id, operation, evaluator);
        Note(OffsetCompared, value.Id, operation, evaluator);
    }

    public sealed override void OnKernelCall(KernelCall call)
    {
        if (!Areas.IsRemap(call.Name) || call.Argument("vma") is not { } area || call.Argument("pfn") is not { } pfn || call.Argument("size") is not { } size)
            return;
        var effect = new RemapEffect(call.State.EntryFacts(), [], Rule.Id, area.Id, pfn.Id, size.Id, false, false, false);
        call.Caller.Raise(Ask(effect, call.State, call.Caller.Symbols), PlaceOf(call));
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not RemapEffect remap || remap.Rule != Rule.Id || site.Lift(remap.Area) is not { } area)
            return;
        var lifted = remap with
        {
            Guard = site.Guard,
            Chain = site.Chain,
            Area = area.Id,
            Pfn = remap.Pfn is null ? null : site.Lift(remap.Pfn)?.Id,
            Size = remap.Size is null ? null : site.Lift(remap.Size)?.Id,
        };
        site.Raise(Ask(lifted, site.State, site.Caller.Symbols));
    }

    public override void OnEntry(EntrySite entry)
    {
        if (!entry.Store.IsMmap() || Areas.AreaOf(entry.Body.Method, entry.Engine.Symbols) is not { } area)
            return;
        foreach (var raised in entry.Raised)
        {
            if (raised.Effect is RemapEffect remap && remap.Rule == Rule.Id && remap.Area.Equals(area))
                Judge(remap, raised.At, entry);
        }
    }

    private static void Note(string mark, Sym area, IOperation operation, Evaluator evaluator) =>
        evaluator.Become(evaluator.State.Note(mark, area, new(string.Empty, operation.Syntax.GetLocation(), Excuses: true)));

    /// <summary>The effect with what the state knows of the area.</summary>
    private static RemapEffect Ask(RemapEffect effect, State state, KnownSymbols symbols) => effect with
    {
        IsLengthCompared = effect.IsLengthCompared || state.MarkOf(LengthCompared, effect.Area) is not null || IsIn(state, "Length", effect.Area, symbols),
        IsOffsetCompared = effect.IsOffsetCompared || state.MarkOf(OffsetCompared, effect.Area) is not null || IsIn(state, "VmPgoff", effect.Area, symbols),
        IsOnePage = effect.IsOnePage || IsOnePage(state, effect.Area, symbols),
    };

    /// <summary>What a pattern has compared is known as a fact only.</summary>
    private static bool IsIn(State state, string part, Sym area, KnownSymbols symbols)
    {
        foreach (var fact in state.Facts)
        {
            if (fact.Key.Any(sym => sym.IsPart(area, part, symbols)))
                return true;
        }

        return false;
    }

    /// <summary>True when the path has found the area to be no longer than a page.</summary>
    private static bool IsOnePage(State state, Sym area, KnownSymbols symbols)
    {
        foreach (var fact in state.Facts)
        {
            if (fact.Key is not Sym.Compare compare)
                continue;
            var (length, limit) = (compare.IsEqual, fact.Value) switch
            {
                (true, true) => (compare.Left, SymFactory.NumberOf(compare.Right)),
                (false, false) => (compare.Right, SymFactory.NumberOf(compare.Left)),
                (false, true) => (compare.Left, SymFactory.NumberOf(compare.Right) - 1),
                _ => (null, null),
            };
            if (length is null || limit is null || !length.MentionsLength(area, symbols))
                continue;
            bool isPages = length is Sym.Arithmetic { Operator: BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift or BinaryOperatorKind.Divide };
            if (limit <= (isPages ? 1ul : 1ul << (int)Units.PageShift))
                return true;
        }

        return false;
    }

    /// <summary>Notes which lengths and offsets of areas have been compared.</summary>
    private sealed class Comparisons : Observer
    {
        public static Comparisons Instance { get; } = new();

        public override void OnArithmetic(IOperation operation, BinaryOperatorKind kind, Value left, Value right, Evaluator evaluator)
        {
            if (kind is not (BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals
                or BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual))
                return;
            NoteParts(left.Id, right.Id is Sym.Const { Value: 0L }, operation, evaluator);
            NoteParts(right.Id, left.Id is Sym.Const { Value: 0L }, operation, evaluator);
        }

        /// <summary>Every area whose length or offset is part of the number has had it compared. That an area is not empty says nothing of its end.</summary>
        private static void NoteParts(Sym number, bool withZero, IOperation operation, Evaluator evaluator)
        {
            if (number is Sym.Member { Receiver: { } area } member && evaluator.Symbols.IsArea(member.Symbol.ContainingType))
            {
                if (member.Symbol.Name == "VmPgoff")
                    Note(OffsetCompared, area, operation, evaluator);
                else if (member.Symbol.Name is "Length" or "VmEnd" && !withZero)
                    Note(LengthCompared, area, operation, evaluator);
            }

            foreach (var part in number.Parts)
                NoteParts(part, withZero, operation, evaluator);
        }
    }
}

/// <summary>The method maps a range into an area.</summary>
/// <param name="Guard">What must be true of the inputs.</param>
/// <param name="Chain">The functions down to the remap.</param>
/// <param name="Rule">The rule that follows it.</param>
/// <param name="Area">The area.</param>
/// <param name="Pfn">The first frame; null when the callers cannot know it.</param>
/// <param name="Size">The bytes; null when the callers cannot know them.</param>
/// <param name="IsLengthCompared">The length of the area has been compared with something.</param>
/// <param name="IsOffsetCompared">The offset of the area has been compared with something.</param>
/// <param name="IsOnePage">The area is one page.</param>
internal sealed record RemapEffect(
    Map<Sym, bool> Guard, ImmutableArray<string> Chain, string Rule, Sym Area, Sym? Pfn, Sym? Size, bool IsLengthCompared, bool IsOffsetCompared, bool IsOnePage)
    : Effect(Guard, Chain)
{
    public override object Identity => (nameof(RemapEffect), Rule, Area, Pfn, Size, IsLengthCompared, IsOffsetCompared, IsOnePage, Guard);

    /// <summary>True when as many bytes are mapped as the process has asked for.</summary>
    public bool MapsAll(KnownSymbols symbols) => Size?.MentionsLength(Area, symbols) == true;

    /// <summary>True when the process chooses the frame.</summary>
    public bool UsesOffset(KnownSymbols symbols) => Pfn?.MentionsOffset(Area, symbols) == true;
}
