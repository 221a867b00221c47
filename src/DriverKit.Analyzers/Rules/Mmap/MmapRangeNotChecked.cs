using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4001: a process chooses the length and the offset of a map; only the driver knows how far its device goes.</summary>
internal sealed class MmapRangeNotChecked() : RangeCheck(Descriptors.DK4001_MmapRangeNotChecked)
{
    protected override void Judge(RemapEffect remap, Location at, EntrySite entry)
    {
        var symbols = entry.Engine.Symbols;
        if (remap.Pfn is { } pfn && IsAllMemory(pfn, remap.Area, symbols))
            return;
        bool lacksLength = remap.MapsAll(symbols) && !remap.IsLengthCompared;
        bool lacksOffset = remap.UsesOffset(symbols) && HasBase(remap.Pfn!) && !remap.IsOffsetCompared;
        if (!lacksLength && !lacksOffset)
            return;
        string what = !lacksOffset ? "the area's length" : !lacksLength ? "its offset VmPgoff" : "both its length and its offset VmPgoff";
        entry.Report(new(Rule, at, [what, Through(remap.Chain)], null, NoProperties));
    }

    /// <summary>The frame is the offset itself: a driver of all of physical memory.</summary>
    private static bool IsAllMemory(Sym frame, Sym area, KnownSymbols symbols) => frame switch
    {
        Sym.Member => frame.IsPart(area, "VmPgoff", symbols),
        Sym.Arithmetic { Right: Sym.Const, Operator: BinaryOperatorKind.LeftShift or BinaryOperatorKind.RightShift or BinaryOperatorKind.Multiply or BinaryOperatorKind.Divide } scaled =>
            IsAllMemory(scaled.Left, area, symbols),
        _ => false,
    };

    /// <summary>True when the offset is added to something that is the driver's: a constant or a field.</summary>
    private static bool HasBase(Sym frame) => frame.Any(static part => part is Sym.Arithmetic { Operator: BinaryOperatorKind.Add } sum && (IsOwn(sum.Left) || IsOwn(sum.Right)));

    private static bool IsOwn(Sym sym) => sym is Sym.Const or Sym.Member { Receiver: null or Sym.This or Sym.Member } or Sym.Query
        || (sym is Sym.Arithmetic { Operator: BinaryOperatorKind.RightShift } shifted && IsOwn(shifted.Left));
}
