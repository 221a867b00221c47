using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>The fields that the operations of a device use, through the methods they call and the tables they name.</summary>
internal sealed class OperationUses(Compilation compilation, INamedTypeSymbol module, CancellationToken cancellation)
{
    private readonly HashSet<ISymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _used = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _asked = new(SymbolEqualityComparer.Default);

    /// <summary>True when an operation uses the field, and none asks whether it is there, nor sets it. What a field has from its declaration or a constructor is enough, but
    /// for a lock that Init makes ready anew.</summary>
    public bool Needs(IFieldSymbol field, bool isLock) => _used.Contains(field) && !_asked.Contains(field) && (isLock || !IsSetBefore(field));

    /// <summary>The operations of the device that a call registers.</summary>
    public void Follow(IInvocationOperation register)
    {
        foreach (var argument in register.Arguments)
        {
            if (argument.Value.Unwrapped() is IFieldReferenceOperation { Field: { } field } && field.Type.IsReferenceType)
                Table(field);
            else if (argument.Parameter?.Name == "fops")
                Delegates(argument.Value);
        }
    }

    /// <summary>The tables that are put into a field: at its declaration, by an assignment, or beside it in a call (<c>cdev_init</c>).</summary>
    private void Table(IFieldSymbol field)
    {
        if (!_seen.Add(field))
            return;
        foreach (var reference in field.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: { } initial } && Model(initial).GetOperation(initial, cancellation) is { } value)
                Delegates(value);
        }

        foreach (var (name, model) in Uses(field))
        {
            var use = model.GetOperation(name, cancellation);
            if (use?.Parent is ISimpleAssignmentOperation assignment && assignment.Target == use)
                Delegates(assignment.Value);
            else if (use?.Parent is IArgumentOperation { Parent: IInvocationOperation { TargetMethod.Name: "CdevInit" } init })
                Delegates(init);
            else if (Tuple(use) is { } element)
                Delegates(element);
        }
    }

    /// <summary>What a tuple of values gives to a field in a tuple of targets.</summary>
    private static IOperation? Tuple(IOperation? target) =>
        target?.Parent is ITupleOperation { Parent: IDeconstructionAssignmentOperation { Value: { } values } assignment } tuple && assignment.Target == tuple
            && values.Unwrapped() is ITupleOperation given && given.Elements.Length == tuple.Elements.Length
            ? given.Elements[tuple.Elements.IndexOf(target)] : null;

    private void Delegates(IOperation value)
    {
        foreach (var part in value.DescendantsAndSelf())
        {
            if (part is IAnonymousFunctionOperation lambda)
                Code(lambda.Body);
            else if (part is IMethodReferenceOperation reference)
                Method(reference.Method);
            else if (part is IFieldReferenceOperation { Field: { Type.Name: "FileOperations" or "VmOperationsStruct" } field })
                Table(field);
        }
    }

    private void Method(IMethodSymbol method)
    {
        if (!_seen.Add(method) || method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is not { } syntax)
            return;
        if (Model(syntax).GetOperation(syntax, cancellation) is { } code)
            Code(code);
    }

    private void Code(IOperation code)
    {
        foreach (var part in code.DescendantsAndSelf())
        {
            switch (part)
            {
                case IInvocationOperation call:
                    Method(call.TargetMethod);
                    break;
                case IPropertyReferenceOperation { Property.GetMethod: { DeclaringSyntaxReferences.IsEmpty: false } getter }:
                    Method(getter);
                    break;
                case IMethodReferenceOperation reference:
                    Method(reference.Method);
                    break;
                case IFieldReferenceOperation { Field: { } field } use:
                    if (field.Type.Name is "VmOperationsStruct" or "FileOperations")
                        Table(field);
                    (IsQuestion(use) ? _asked : _used).Add(field);
                    break;
            }
        }
    }

    /// <summary>True when the use asks whether the field is set, or sets it.</summary>
    private static bool IsQuestion(IFieldReferenceOperation use) => use.Parent switch
    {
        IPropertyReferenceOperation { Property.Name: "IsNull" } => true,
        IIsPatternOperation or IIsTypeOperation or IConditionalAccessOperation or ICoalesceOperation or ICoalesceAssignmentOperation or IBinaryOperation => true,
        IConversionOperation { Parent: IBinaryOperation } => true,
        IAssignmentOperation assignment => assignment.Target == use,
        _ => false,
    };

    private bool IsSetBefore(IFieldSymbol field) =>
        field.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer.Value: not PostfixUnaryExpressionSyntax })
        || Uses(field).Any(use => Sinks.IsAssigned(use.Name) && use.Model.GetEnclosingSymbol(use.Name.SpanStart, cancellation) is IMethodSymbol { MethodKind: MethodKind.Constructor });

    private IEnumerable<(SimpleNameSyntax Name, SemanticModel Model)> Uses(IFieldSymbol field)
    {
        foreach (var reference in module.DeclaringSyntaxReferences)
        {
            var type = reference.GetSyntax(cancellation);
            foreach (var name in Sinks.NamesIn(type, field.Name))
            {
                if (SymbolEqualityComparer.Default.Equals(Model(name).GetSymbolInfo(name, cancellation).Symbol, field))
                    yield return (name, Model(name));
            }
        }
    }

    private SemanticModel Model(SyntaxNode node) => Sinks.ModelOf(compilation, node.SyntaxTree);
}
