using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>What computed numbers count.</summary>
internal static class Units
{
    /// <summary><c>PAGE_SHIFT</c>.</summary>
    public const long PageShift = 12;

    /// <summary>What the result counts: a shift by PAGE_SHIFT turns pages into bytes and back, a factor PAGE_SIZE likewise; a distance of frames is pages.</summary>
    public static Unit Of(BinaryOperatorKind kind, Value left, Value right) => kind switch
    {
        BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift when IsShift(right) => left.Unit == Unit.Bytes ? left.Kind is { Name: "physical" } ? Unit.Frames : Unit.Pages : Unit.None,
        BinaryOperatorKind.Divide when IsPageSize(right) => left.Unit == Unit.Bytes ? Unit.Pages : Unit.None,
        BinaryOperatorKind.LeftShift when IsShift(right) => left.Unit is Unit.Pages or Unit.Frames ? Unit.Bytes : Unit.None,
        BinaryOperatorKind.Multiply when IsPageSize(right) => left.Unit is Unit.Pages or Unit.Frames ? Unit.Bytes : Unit.None,
        BinaryOperatorKind.Multiply when IsPageSize(left) => right.Unit is Unit.Pages or Unit.Frames ? Unit.Bytes : Unit.None,
        BinaryOperatorKind.Multiply => left.Id is Sym.Const ? right.Unit : right.Id is Sym.Const ? left.Unit : Unit.None,
        BinaryOperatorKind.Subtract => (left.Unit, right.Unit) == (Unit.Frames, Unit.Frames) ? Unit.Pages : Common(left, right),
        BinaryOperatorKind.Add or BinaryOperatorKind.And or BinaryOperatorKind.Or => Common(left, right),
        BinaryOperatorKind.Remainder => left.Unit,
        _ => Unit.None,
    };

    public static bool IsShift(Value value) => value.Id is Sym.Const { Value: PageShift };

    public static bool IsPageSize(Value value) => value.Id is Sym.Const { Value: 1L << (int)PageShift };

    /// <summary>A constant counts whatever the other counts; frames and pages make frames.</summary>
    private static Unit Common(Value left, Value right) => (left.Unit, right.Unit) switch
    {
        var (one, other) when one == other => one,
        (Unit.None, var other) when left.Id is Sym.Const => other,
        (var one, Unit.None) when right.Id is Sym.Const => one,
        (Unit.Frames, Unit.Pages) or (Unit.Pages, Unit.Frames) => Unit.Frames,
        _ => Unit.None,
    };
}
