using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.UserMemory;

/// <summary>Where numbers that a process chose do harm when nothing bounds them: sizes and counts, indexes, distances.</summary>
internal abstract class UserNumberCheck(DiagnosticDescriptor rule) : ArgumentCheck(rule)
{
    public override Observer Observer => UserData.Observer;

    public override void OnKernelCall(KernelCall call)
    {
        for (int i = 0; i < call.Method.Parameters.Length && i < call.Arguments.Count; i++)
        {
            if (call.Contract.FindOn(i, "MustBeBounded") is not null)
                Use(call.Arguments[i], $"the {call.Method.Parameters[i].Name} of {call.Name}", call.Name, call.Caller, call.LocationOf(i));
        }
    }

    public override void OnIndex(Value number, IOperation operation, Evaluator evaluator) =>
        Use(number, operation.Parent is IArrayCreationOperation ? "the length of a new array" : "an index", "an index", evaluator, operation.Syntax.GetLocation());

    public override void OnArithmetic(IOperation operation, BinaryOperatorKind kind, Value left, Value right, Evaluator evaluator)
    {
        if (kind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract && !right.IsAddress && Addresses.IsKernel(evaluator.Symbols.AddressKindOf(operation.Type)))
            Use(right, "the distance to an address", "an address", evaluator, operation.Syntax.GetLocation());
    }

    /// <summary>The number is used as a size, and stays what it is: who uses it again is not told again.</summary>
    private void Use(Value number, string what, string function, Evaluator evaluator, Location at)
    {
        if (!Concerns(number, evaluator.State))
            return;
        foreach (var part in UserData.Unbounded(number, evaluator.State).ToList())
        {
            if (part is Sym.Entry)
                Ask(new Value(part), what, function, evaluator, at);
            else if (number.TagOf(UserData.FromUser) is { } tag)
                evaluator.Report(Describe(tag, number, evaluator.State, what, at, [function]));
            evaluator.Become(evaluator.State.Bound(part));
        }
    }

    protected override Finding? Judge(Value value, string what, State state, Location at, ImmutableArray<string> chain) =>
        Concerns(value, state) && value.TagOf(UserData.FromUser) is { } tag && UserData.Unbounded(value, state).Any(static part => part is not Sym.Entry)
            ? Describe(tag, value, state, what, at, chain)
            : null;

    protected override Sym? Open(Value value, string what, State state) => UserData.Unbounded(value, state).FirstOrDefault(static part => part is Sym.Entry);

    /// <summary>True when a number of this sort is this rule's.</summary>
    protected abstract bool Concerns(Value number, State state);

    protected abstract Finding Describe(Tag tag, Value number, State state, string what, Location at, ImmutableArray<string> chain);
}
