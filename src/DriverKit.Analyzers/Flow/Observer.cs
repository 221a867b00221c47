using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>What several rules go by, noted once for all of them: it reports nothing, and is there when one of those rules is on.</summary>
internal abstract class Observer
{
    /// <summary>A kernel function has been called: something may be noted on the result, before the rules hear of it.</summary>
    public virtual Value OnKernelResult(KernelCall call, Value result) => result;

    /// <summary>Two numbers meet, before the rules hear of it.</summary>
    public virtual void OnArithmetic(IOperation operation, BinaryOperatorKind kind, Value left, Value right, Evaluator evaluator)
    {
    }
}
