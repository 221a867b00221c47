using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.UserMemory;

/// <summary>DK5001: whether user memory could be reached is told by the result alone.</summary>
internal sealed class UserCopyResultIgnored() : FlowCheck(Descriptors.DK5001_UserCopyResultIgnored)
{
    /// <summary>In a diagnostic's properties: what the result counts, when it is a number.</summary>
    public const string Counts = nameof(Counts);

    private const string UserResult = nameof(UserResult);

    public override Value OnKernelResult(KernelCall call, Value result)
    {
        if (call.Contract.FindOnReturn("BytesNotCopied") is null && (call.Contract.Find("UserAccess") is null || call.Method.ReturnsVoid))
            return result;
        if (VariableOf(call.Operation) is { } assigned && !call.Caller.IsReadAfter(assigned.Assignment, assigned.Variable))
            call.Report(Describe([call.Name], call.Method, call.Location));
        return result.With(new(UserResult, call.Name, call.Location, false));
    }

    public override void OnDropped(Value value, IInvocationOperation call, Evaluator evaluator)
    {
        if (value.TagOf(UserResult) is { } tag)
            evaluator.Report(Describe([.. tag.By.Split('→').Select(static name => name.Trim())], call.TargetMethod, call.Syntax.GetLocation()));
    }

    private Finding Describe(ImmutableArray<string> chain, IMethodSymbol called, Location at) => new(
        Rule,
        at,
        ImmutableArray.Create<object>(chain[chain.Length - 1], chain.Length < 2 ? string.Empty : $" (it comes through {string.Join(" → ", chain)})"),
        null,
        NoProperties.Add(Counts, called.ReturnType.SpecialType == SpecialType.None ? null : "bytes"));

    /// <summary>The local that the result is put into, and the operation that does it.</summary>
    private static (IOperation Assignment, ILocalSymbol Variable)? VariableOf(IOperation call)
    {
        var at = call;
        while (at.Parent is IConversionOperation conversion)
            at = conversion;
        return at.Parent is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: { } local }, Parent: null or IExpressionStatementOperation } assignment
            && ReferenceEquals(assignment.Value, at)
            ? (assignment, local)
            : null;
    }
}
