using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.AddressTypes;

/// <summary>DK2004: bytes and pages are a shift apart.</summary>
internal sealed class AddressUnitMixed() : ArgumentCheck(Descriptors.DK2004_AddressUnitMixed)
{
    /// <summary>In a diagnostic's properties: the shift that the expression lacks, or that is too much.</summary>
    public const string Shift = nameof(Shift), Side = nameof(Side);

    public override void OnArithmetic(IOperation operation, BinaryOperatorKind kind, Value left, Value right, Evaluator evaluator)
    {
        switch (kind)
        {
            case BinaryOperatorKind.LeftShift when Units.IsShift(right) && UnitOf(left) == Unit.Bytes:
            case BinaryOperatorKind.Multiply when Units.IsPageSize(right) && UnitOf(left) == Unit.Bytes:
                ReportShift(operation, "bytes already, and they are shifted up", evaluator);
                break;
            case BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift when Units.IsShift(right) && UnitOf(left) is Unit.Pages or Unit.Frames:
                ReportShift(operation, $"{Words(left.Unit)} already, and they are shifted down", evaluator);
                break;
            case BinaryOperatorKind.Add or BinaryOperatorKind.Subtract:
                Meet(operation, kind == BinaryOperatorKind.Add ? "added to" : "in one difference with", left, right, evaluator);
                break;
            case BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual
                or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual:
                Meet(operation, "compared with", left, right, evaluator);
                break;
        }
    }

    public override void OnUse(Value value, IOperation operation, Evaluator evaluator)
    {
        if (operation.Parent is not IArgumentOperation { Parameter: { } parameter } || evaluator.Symbols.IsFrameNumber(parameter.Type) || evaluator.Symbols.UnitOf(parameter) is not (not Unit.None and var wanted))
            return;
        if (AreApart(UnitOf(value), wanted))
            evaluator.Report(Describe(UnitOf(value), $"given as {parameter.Name} to {parameter.ContainingSymbol.Name}, which counts {Words(wanted)}", operation.Syntax.GetLocation(), [], Missing(UnitOf(value))));
    }

    public override void OnNumber(NumberUse use, Evaluator evaluator)
    {
        if (use.How == "made into" && use.Number.Unit is Unit.Pages or Unit.Frames)
            evaluator.Report(Describe(use.Number.Unit, $"made into {Addresses.WithArticle(use.Name)} address, which counts bytes", use.At.Syntax.GetLocation(), [], Missing(use.Number.Unit, "argument")));
    }

    public override void OnFrameNumber(Value number, IOperation operation, Evaluator evaluator)
    {
        if (number.Unit == Unit.Bytes && !IsRemapped(operation.Syntax))
            evaluator.Report(Describe(Unit.Bytes, "made into a page frame number", operation.Syntax.GetLocation(), [], Missing(Unit.Bytes, "argument")));
    }

    protected override Finding? Judge(Value value, string what, State state, Location at, ImmutableArray<string> chain)
    {
        var wanted = what == Words(Unit.Bytes) ? Unit.Bytes : Unit.Pages;
        return AreApart(UnitOf(value), wanted) ? Describe(UnitOf(value), $"used with {what}", at, chain, Missing(UnitOf(value))) : null;
    }

    protected override Sym? Open(Value value, string what, State state) => value is { Unit: Unit.None, IsAddress: false, Id: Sym.Entry entry } ? entry : null;

    private void Meet(IOperation operation, string how, Value left, Value right, Evaluator evaluator)
    {
        var (one, other) = (UnitOf(left), UnitOf(right));
        if (AreApart(one, other))
        {
            // The pages are shifted up: bytes are what ends are compared in.
            bool isLeft = one != Unit.Bytes;
            evaluator.Report(Describe(isLeft ? one : other, $"{how} bytes", operation.Syntax.GetLocation(), [], Missing(Unit.Pages, isLeft ? "left" : "right")));
        }
        else if (other != Unit.None && one == Unit.None)
        {
            Ask(left, Words(other), how, evaluator, operation.Syntax.GetLocation());
        }
        else if (one != Unit.None && other == Unit.None)
        {
            Ask(right, Words(one), how, evaluator, operation.Syntax.GetLocation());
        }
    }

    private void ReportShift(IOperation operation, string what, Evaluator evaluator) =>
        evaluator.Report(new(Rule, operation.Syntax.GetLocation(), ImmutableArray.Create<object>($"This number counts {what}", "take the shift away"), null, NoProperties.Add(Shift, "none")));

    private Finding Describe(Unit unit, string how, Location at, ImmutableArray<string> chain, ImmutableDictionary<string, string?> properties) =>
        new(Rule, at, ImmutableArray.Create<object>($"A number of {Words(unit)} is {how}{In(chain)}", unit == Unit.Bytes ? "shift it down by PageShift" : "shift it up by PageShift"), null, properties);

    private static ImmutableDictionary<string, string?> Missing(Unit unit, string side = "all") =>
        NoProperties.Add(Shift, unit == Unit.Bytes ? ">>" : "<<").Add(Side, side);

    private static Unit UnitOf(Value value) => value.IsAddress && value.Unit == Unit.None ? Unit.Bytes : value.Unit;

    private static bool AreApart(Unit left, Unit right) => left != Unit.None && right != Unit.None && (left == Unit.Bytes) != (right == Unit.Bytes);

    private static string Words(Unit unit) => unit switch { Unit.Bytes => "bytes", Unit.Frames => "page frames", _ => "pages" };

    /// <summary>What frame numbers a remapping is given is DK4014's.</summary>
    private static bool IsRemapped(SyntaxNode creation) =>
        creation.AncestorsAndSelf().OfType<TypeDeclarationSyntax>().LastOrDefault() is { } type
        && type.DescendantNodes().OfType<IdentifierNameSyntax>().Any(static name => name.Identifier.ValueText is "RemapPfnRange" or "IoRemapPfnRange" or "VmInsertPfn");
}
