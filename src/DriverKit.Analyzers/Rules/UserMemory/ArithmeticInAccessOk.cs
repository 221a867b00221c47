using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.UserMemory;

/// <summary>DK5008: a sum or product that wraps makes <c>access_ok</c> agree to less than what is accessed.</summary>
internal sealed class ArithmeticInAccessOk() : ArgumentCheck(Descriptors.DK5008_ArithmeticInAccessOk)
{
    /// <summary>In a diagnostic's properties: the type of the sum or product.</summary>
    public const string Type = nameof(Type);

    private const string CannotWrap = nameof(CannotWrap);

    public override Observer Observer => UserData.Observer;

    public override void OnArithmetic(IOperation operation, BinaryOperatorKind kind, Value left, Value right, Evaluator evaluator)
    {
        if (operation is not IBinaryOperation binary || !CanWrap(kind) || left.Id is Sym.Const || SymFactory.Arithmetic(kind, left.Id, right.Id) is not Sym.Arithmetic result)
            return;
        int bits = BitsOf(binary.LeftOperand, left);
        int other = BitsOf(binary.RightOperand, right);
        int sum = kind switch
        {
            BinaryOperatorKind.Add => System.Math.Max(bits, other) + 1,
            BinaryOperatorKind.LeftShift => bits + (SymFactory.NumberOf(right.Id) is { } shift and < 64 ? (int)shift : 64),
            _ => bits + other,
        };
        if (sum <= WidthOf(binary.Type))
            evaluator.Become(evaluator.State.Did(CannotWrap, result));
    }

    public override void OnKernelCall(KernelCall call)
    {
        if (call.Name != "AccessOk" || call.Argument("size") is not { Id: Sym.Arithmetic sum } size || !CanWrap(sum.Operator) || call.State.HasDone(CannotWrap, sum))
            return;
        var parts = UserData.Unbounded(size, call.State).ToList();
        if (sum.Operator == BinaryOperatorKind.Add && parts.Any(part => AreCompared(part, sum, call.State)))
            return;
        string type = TypeOf(call.OperationOf(call.IndexOf("size")));
        var at = call.LocationOf(call.IndexOf("size"));
        foreach (var part in parts)
        {
            if (part is Sym.Entry)
                Ask(new Value(part), Words(sum.Operator), call.Name, call.Caller, at);
            else if (size.TagOf(UserData.FromUser) is { } tag)
                call.Report(Describe(tag, Words(sum.Operator), at, [call.Name]) with { Properties = NoProperties.Add(Type, type) });
        }
    }

    /// <summary>One part was compared with what the other leaves.</summary>
    private static bool AreCompared(Sym part, Sym.Arithmetic sum, State state)
    {
        var other = sum.Left.Contains(part) ? sum.Right : sum.Left;
        foreach (var fact in state.Facts)
        {
            if (fact.Key is Sym.Compare { IsEqual: false } less && ((less.Left.Contains(part) && less.Right.Contains(other)) || (less.Right.Contains(part) && less.Left.Contains(other))))
                return true;
        }

        return false;
    }

    /// <summary>The type in which it is computed.</summary>
    private static string TypeOf(IOperation? operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion)
            operation = conversion.Operand;
        return operation?.Type?.SpecialType switch { SpecialType.System_UInt32 => "uint", SpecialType.System_Int32 => "int", SpecialType.System_Int64 => "long", _ => "ulong" };
    }

    protected override Finding? Judge(Value value, string what, State state, Location at, ImmutableArray<string> chain) =>
        value.TagOf(UserData.FromUser) is { } tag && value.TagOf(UserData.Narrow) is null && UserData.Unbounded(value, state).Any(static part => part is not Sym.Entry)
            ? Describe(tag, what, at, chain)
            : null;

    protected override Finding? JudgeUser(string what, IParameterSymbol parameter, Location at, ImmutableArray<string> chain) =>
        new(Rule, at, ImmutableArray.Create<object>(what, $"given as {parameter.Name}", In(chain)), null, NoProperties);

    protected override Sym? Open(Value value, string what, State state) => UserData.Unbounded(value, state).FirstOrDefault(static part => part is Sym.Entry);

    private Finding Describe(Tag tag, string what, Location at, ImmutableArray<string> chain) =>
        new(Rule, at, ImmutableArray.Create<object>(what, $"fetched by {tag.By} on line {LineOf(tag.At)}", In(chain)), tag.At, NoProperties);

    private static bool CanWrap(BinaryOperatorKind kind) => kind is BinaryOperatorKind.Add or BinaryOperatorKind.Multiply or BinaryOperatorKind.LeftShift;

    private static string Words(BinaryOperatorKind kind) => kind == BinaryOperatorKind.Add ? "sum" : "product";

    /// <summary>How many bits the number can have before it was made wider.</summary>
    private static int BitsOf(IOperation operation, Value value)
    {
        if (SymFactory.NumberOf(value.Id) is { } constant)
        {
            int length = 0;
            for (; constant != 0; constant >>= 1)
                length++;
            return length;
        }

        while (operation is IConversionOperation { OperatorMethod: null } conversion && WidthOf(conversion.Operand.Type) < WidthOf(conversion.Type))
            operation = conversion.Operand;
        int width = WidthOf(operation.Type);
        return value.TagOf(UserData.Narrow) is null ? width : System.Math.Min(width, 32);
    }

    private static int WidthOf(ITypeSymbol? type) => type?.SpecialType switch
    {
        SpecialType.System_Byte or SpecialType.System_SByte => 8,
        SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Char => 16,
        SpecialType.System_Int32 or SpecialType.System_UInt32 => 32,
        _ => 64,
    };
}
