using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>A call of a kernel function, on one path.</summary>
internal sealed class KernelCall(
    Evaluator caller, IOperation operation, string name, IMethodSymbol method, Contract contract, IReadOnlyList<Value> values, IReadOnlyList<IArgumentOperation> written)
{
    /// <summary>The function's C# name.</summary>
    public string Name => name;

    public IMethodSymbol Method => method;

    public Contract Contract => contract;

    public Evaluator Caller => caller;

    /// <summary>The state now: before the call, or after it for <see cref="FlowCheck.OnKernelResult"/>.</summary>
    public State State => caller.State;

    public IOperation Operation => operation;

    public Location Location => operation.Syntax.GetLocation();

    /// <summary>The arguments in the order of the parameters.</summary>
    public IReadOnlyList<Value> Arguments => values;

    /// <summary>The argument for a parameter by its C# name; null when there is no such parameter.</summary>
    public Value? Argument(string parameter) => IndexOf(parameter) is var index and >= 0 && index < values.Count ? values[index] : null;

    [MethodImpl(Jit.AtOnce)]
    public int IndexOf(string parameter)
    {
        foreach (var candidate in method.Parameters)
        {
            if (candidate.Name == parameter)
                return candidate.Ordinal;
        }

        return -1;
    }

    /// <summary>The operation that gives an argument; null when it is left out.</summary>
    public IOperation? OperationOf(int parameter) => written.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter)?.Value;

    /// <summary>Where an argument is written, or else the call.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Location LocationOf(int parameter) =>
        written.FirstOrDefault(argument => argument.Parameter?.Ordinal == parameter) is { IsImplicit: false } argument ? argument.Value.Syntax.GetLocation() : Location;

    /// <summary>Notes on this path that something has happened to a value.</summary>
    public void Note(string mark, Sym about, bool excuses = false) => caller.Become(State.Note(mark, about, new(name, Location, excuses)));

    /// <summary>Changes what the call has put into an <c>out</c> argument.</summary>
    public void Change(int parameter, System.Func<Value, Value> change)
    {
        if (OperationOf(parameter) is { } target)
            caller.Change(target, change);
    }

    public void Report(Finding finding) => caller.Report(finding);

    /// <summary>Tells the caller's callers of something that they decide.</summary>
    public void Raise(Effect effect) => caller.Raise(effect, Location);
}
