using System;
using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>What code counts up and down and gives back, itself and through the methods it calls, on any path.</summary>
internal sealed class CallbackScan(BodyFactory bodies, KnownSymbols symbols, ISymbol? except = null)
{
    private const int MaxDepth = 5;

    private readonly HashSet<SyntaxNode> _seen = [];

    /// <summary>The fields, properties and variables that are counted up.</summary>
    public HashSet<ISymbol> Raised { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Those that are counted down.</summary>
    public HashSet<ISymbol> Lowered { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>Those that are given any value.</summary>
    public HashSet<ISymbol> Written { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The types that are made an object of.</summary>
    public HashSet<ISymbol> Created { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>True when something is counted down, put or freed.</summary>
    public bool Drops { get; private set; }

    /// <summary>True when there is more than messages.</summary>
    public bool DoesSomething { get; private set; }

    /// <summary>Reads what is in a slot: a lambda, or the method that is named. False when its code cannot be seen.</summary>
    public bool ReadSlot(ExpressionSyntax slot)
    {
        if (slot is AnonymousFunctionExpressionSyntax lambda)
        {
            Read(lambda.Body, 0);
            return true;
        }

        return MethodIn(slot) is { } method && ReadMethod(method, 0);
    }

    /// <summary>The method that a slot names; null for a lambda.</summary>
    public IMethodSymbol? MethodIn(ExpressionSyntax slot) => slot is AnonymousFunctionExpressionSyntax ? null : ModelOf(slot).GetSymbolInfo(slot).Symbol as IMethodSymbol;

    public void Read(SyntaxNode code, int depth)
    {
        if (!_seen.Add(code))
            return;
        foreach (var node in code.DescendantNodesAndSelf())
        {
            switch (node)
            {
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression } up:
                    Raise(up.Operand);
                    break;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression } up:
                    Raise(up.Operand);
                    break;
                case PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostDecrementExpression } down:
                    Lower(down.Operand);
                    break;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreDecrementExpression } down:
                    Lower(down.Operand);
                    break;
                case AssignmentExpressionSyntax assignment:
                    Assign(assignment);
                    break;
                case BaseObjectCreationExpressionSyntax creation when ModelOf(creation).GetTypeInfo(creation).Type is { } type:
                    Created.Add(type);
                    break;
                case InvocationExpressionSyntax call:
                    Call(call, depth);
                    break;
            }
        }
    }

    private bool ReadMethod(IMethodSymbol method, int depth)
    {
        bool isSeen = false;
        foreach (var declaration in method.OriginalDefinition.DeclaringSyntaxReferences.Select(static reference => reference.GetSyntax()))
        {
            isSeen = true;
            Read(declaration, depth);
        }

        return isSeen;
    }

    private void Assign(AssignmentExpressionSyntax assignment)
    {
        if (assignment.IsKind(SyntaxKind.AddAssignmentExpression))
            Raise(assignment.Left);
        else if (assignment.IsKind(SyntaxKind.SubtractAssignmentExpression))
            Lower(assignment.Left);
        else
            Write(assignment.Left);
    }

    private void Call(InvocationExpressionSyntax call, int depth)
    {
        if (ModelOf(call).GetSymbolInfo(call).Symbol is not IMethodSymbol method)
        {
            DoesSomething = true;
            return;
        }

        if (symbols.KernelFunction(method) is { } name)
            CallKernel(method, name, call);
        else if (!SymbolEqualityComparer.Default.Equals(method.OriginalDefinition, except) && method.Name != "ToString" && !(depth < MaxDepth && ReadMethod(method, depth + 1)))
            DoesSomething = true;
    }

    private void CallKernel(IMethodSymbol method, string name, InvocationExpressionSyntax call)
    {
        if (name == "Printk")
            return;
        DoesSomething = true;
        foreach (var argument in call.ArgumentList.Arguments.Select(static argument => argument.Expression))
        {
            if (name.StartsWith("AtomicInc", StringComparison.Ordinal) || name.StartsWith("AtomicAdd", StringComparison.Ordinal) || name is "AtomicSet" or "KrefGet" or "KrefInit")
                Raise(argument);
            else if (name.StartsWith("AtomicDec", StringComparison.Ordinal) || name.StartsWith("AtomicSub", StringComparison.Ordinal) || name == "KrefPut")
                Lower(argument);
        }

        Drops |= method.Parameters.Any(static parameter => parameter.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "FreesWithAttribute"));
    }

    private void Raise(ExpressionSyntax target)
    {
        if (Write(target) is { } symbol)
            Raised.Add(symbol);
    }

    private void Lower(ExpressionSyntax target)
    {
        Drops = true;
        if (Write(target) is { } symbol)
            Lowered.Add(symbol);
    }

    private ISymbol? Write(ExpressionSyntax target)
    {
        DoesSomething = true;
        var symbol = ModelOf(target).GetSymbolInfo(target).Symbol;
        if (symbol is IFieldSymbol or IPropertySymbol or ILocalSymbol)
            Written.Add(symbol);
        return symbol is IFieldSymbol or IPropertySymbol or ILocalSymbol ? symbol : null;
    }

    private SemanticModel ModelOf(SyntaxNode node) => bodies.ModelOf(node.SyntaxTree);
}
