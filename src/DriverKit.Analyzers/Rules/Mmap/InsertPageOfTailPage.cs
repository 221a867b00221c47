using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4013: only the first page of a block that is not compound has a reference count of its own.</summary>
internal sealed class InsertPageOfTailPage() : FlowCheck(Descriptors.DK4013_InsertPageOfTailPage)
{
    /// <summary><c>__GFP_COMP</c>.</summary>
    private const ulong Comp = 0x4000;

    public override void OnKernelCall(KernelCall call)
    {
        if (call.Name == "VmInsertPage" && call.OperationOf(call.IndexOf("page"))?.Syntax is ExpressionSyntax page && WordsFor(page, call.Caller.Engine) is { } words)
            call.Report(new(Rule, call.Location, [.. words.Arguments], words.At, NoProperties));
    }

    public override void OnReturn(Value value, IOperation operation, Evaluator evaluator)
    {
        if (NopageResults.PageIn(value, evaluator) is { } page && evaluator.State.Decide(SymFactory.IsZero(page)) != true
            && operation.Syntax is ExpressionSyntax returned && WordsFor(returned, evaluator.Engine) is { } words)
            evaluator.Report(new(Rule, operation.Syntax.GetLocation(), [.. words.Arguments], words.At, NoProperties));
    }

    private static (object[] Arguments, Location At)? WordsFor(ExpressionSyntax page, FlowEngine engine)
    {
        var sources = new MemorySources(engine.Bodies, engine.Symbols);
        var calls = sources.Of(page);
        if (!sources.IsMoved || calls.Count == 0 || !calls.All(source => IsPlainBlock(source.Method, source.Call, engine)) || Reserved.IsUsedIn(engine))
            return null;
        return ([calls[0].Method.Name, LineOf(calls[0].Call.GetLocation())], calls[0].Call.GetLocation());
    }

    /// <summary>True for more than one page, that are not compound: both must be constants.</summary>
    private static bool IsPlainBlock(IMethodSymbol method, InvocationExpressionSyntax call, FlowEngine engine)
    {
        object? Constant(string parameter)
        {
            int ordinal = method.Parameters.FirstOrDefault(candidate => candidate.Name == parameter)?.Ordinal ?? -1;
            return ordinal >= 0 && ordinal < call.ArgumentList.Arguments.Count
                ? engine.Bodies.ModelOf(call.SyntaxTree).GetConstantValue(call.ArgumentList.Arguments[ordinal].Expression).Value
                : null;
        }

        return method.Name is "GetFreePages" or "AllocPages" or "AllocPagesNode"
            && Constant("order") is int and > 0
            && Constant("flags") is { } flags && SymFactory.NumberOf(SymFactory.Constant(flags)) is { } bits && (bits & Comp) == 0;
    }
}
