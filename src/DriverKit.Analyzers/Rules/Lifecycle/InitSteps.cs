using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>What Init does, in the order of the text, with what it calls in the place of the calls.</summary>
internal sealed class InitSteps(Compilation compilation, KnownSymbols symbols, INamedTypeSymbol module, CancellationToken cancellation)
{
    private static readonly string[] Makers = ["SemaInit", "InitMutex", "InitMutexLocked", "SpinLockInit", "RwlockInit", "InitCompletion", "InitTimer", "SetupTimer", "InitWork", "InitDelayedWork", "TaskletInit"];

    private readonly List<(IInvocationOperation? Device, IFieldSymbol? Field, SyntaxNode At, SyntaxNode InInit)> _steps = [];
    private readonly HashSet<IMethodSymbol> _running = new(SymbolEqualityComparer.Default);

    public void Run(IEnumerable<IOperation> code) => Run(code, null);

    /// <param name="code">The code.</param>
    /// <param name="inInit">The call in Init that leads to it; null for Init's own.</param>
    private void Run(IEnumerable<IOperation> code, SyntaxNode? inInit)
    {
        foreach (var operation in code.SelectMany(static block => block.DescendantsAndSelf()))
        {
            switch (operation)
            {
                case IInvocationOperation { TargetMethod: { } method } call when symbols.KernelFunction(method) is { } name:
                    if (name is "MiscRegister" or "CdevAdd" or "RegisterChrdev")
                        _steps.Add((call, null, call.Syntax, inInit ?? call.Syntax));
                    else if (System.Array.IndexOf(Makers, name) >= 0 && call.Arguments.Length > 0 && call.Arguments[0].Value.Unwrapped() is IFieldReferenceOperation made)
                        _steps.Add((null, made.Field, call.Syntax, inInit ?? call.Syntax));
                    break;
                case IInvocationOperation { TargetMethod: { } method } call when _running.Add(method):
                    if (CodeOf(method) is { } inner)
                        Run([inner], inInit ?? call.Syntax);
                    _running.Remove(method);
                    break;
                case ISimpleAssignmentOperation { Target: IFieldReferenceOperation { Field: { } field } }:
                    _steps.Add((null, field, operation.Syntax, inInit ?? operation.Syntax));
                    break;
            }
        }
    }

    /// <summary>The devices that are registered before a field is set for the first time that their operations use; each with the call in Init that comes to it, which is where
    /// an editor looks for what is wrong with Init.</summary>
    public IEnumerable<(IInvocationOperation Device, SyntaxNode InInit, IFieldSymbol Field, SyntaxNode At)> TooLate()
    {
        for (int i = 0; i < _steps.Count; i++)
        {
            if (_steps[i].Device is not { } device)
                continue;
            var early = new HashSet<ISymbol>(_steps.Take(i).Select(static step => step.Field).OfType<ISymbol>(), SymbolEqualityComparer.Default);
            var late = _steps.Skip(i + 1).Where(step => step.Field is { } field && !early.Contains(field) && IsOfObject(field)).ToList();
            if (late.Count == 0)
                continue;
            var uses = new OperationUses(compilation, module, cancellation);
            uses.Follow(device);
            if (late.Find(step => uses.Needs(step.Field!, isLock: step.At is Microsoft.CodeAnalysis.CSharp.Syntax.InvocationExpressionSyntax)) is { Field: { } needed } found)
                yield return (device, _steps[i].InInit, needed, found.At);
        }
    }

    /// <summary>A pointer, an object or a lock: 0 or null is nothing that an operation can work with.</summary>
    private bool IsOfObject(IFieldSymbol field) => field.Type.IsReferenceType && field.Type.SpecialType == SpecialType.None || symbols.AddressKindOf(field.Type) is not null;

    private IOperation? CodeOf(IMethodSymbol method)
    {
        if (method.DeclaringSyntaxReferences.FirstOrDefault() is not { } reference)
            return null;
        var syntax = reference.GetSyntax(cancellation);
        return Sinks.ModelOf(compilation, syntax.SyntaxTree).GetOperation(syntax, cancellation);
    }
}
