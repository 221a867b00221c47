using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>A call of <c>Kmap</c> or <c>KmapAtomic</c>, and what a fix can say again of it.</summary>
internal sealed class MappingCall
{
    private MappingCall(InvocationExpressionSyntax call, string name)
    {
        Call = call;
        IsAtomic = name == "KmapAtomic";
        var arguments = call.ArgumentList.Arguments;
        Page = arguments.Count > 0 && IsSimple(arguments[0].Expression) ? arguments[0].Expression.WithoutTrivia() : null;
        Slot = arguments.Count > 1 && IsSimple(arguments[1].Expression) ? arguments[1].Expression.WithoutTrivia() : null;
        Address = call.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } => SyntaxFactory.IdentifierName(variable.Identifier.WithoutTrivia()),
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax variable } => variable.WithoutTrivia(),
            _ => null,
        };
    }

    public InvocationExpressionSyntax Call { get; }

    public bool IsAtomic { get; }

    /// <summary>The page that is mapped, when it is a name.</summary>
    public ExpressionSyntax? Page { get; }

    /// <summary>The slot's type, when it is a name.</summary>
    public ExpressionSyntax? Slot { get; }

    /// <summary>The variable that has the address.</summary>
    public ExpressionSyntax? Address { get; }

    /// <summary>The call that takes the mapping back; null when it cannot be written from what is here.</summary>
    public ExpressionSyntax? Unmap => IsAtomic
        ? Address is null || Slot is null ? null : Invoke("KunmapAtomic", Address, Slot)
        : Page is null ? null : Invoke("Kunmap", Page);

    public static MappingCall? From(SyntaxNode? node) =>
        node?.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { Expression: var function } call && NameOf(function) is "Kmap" or "KmapAtomic" ? new(call, NameOf(function)!) : null;

    public static InvocationExpressionSyntax Invoke(string function, params ExpressionSyntax[] arguments) =>
        (InvocationExpressionSyntax)SyntaxFactory.ParseExpression($"{function}({string.Join(", ", arguments.Select(static argument => argument.ToString()))})");

    public static string? NameOf(ExpressionSyntax function) => function switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>True for a name, which says the same when it is said again.</summary>
    private static bool IsSimple(ExpressionSyntax expression) =>
        expression is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax or ThisExpressionSyntax };
}
