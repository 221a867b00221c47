using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Summaries;

/// <summary>Which bodies may put something into a field or property, by the names in the text of its type.</summary>
internal sealed class StoreIndex(BodyFactory bodies, RelevanceGate gate)
{
    /// <summary>The bodies that may assign the member, and perhaps some that assign another of its name; null when they are not all known.</summary>
    [MethodImpl(Jit.AtOnce)]
    public IReadOnlyList<Body>? StoringBodies(ISymbol member)
    {
        if (ScopeOf(member) is not { } scope)
            return null;
        var storing = new List<Body>();
        foreach (var use in gate.MembersStoring(scope, member.Name))
        {
            if (use.Refers && HandsOnReference(use.Tree, use.Start, member.Name))
                return null;
            if (use.Stores)
                storing.AddRange(bodies.In(use.Tree, use.Start));
        }

        return storing;
    }

    /// <summary>The type in whose text every assignment of the member must be; null when others may assign it.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static INamedTypeSymbol? ScopeOf(ISymbol member)
    {
        if (member is not (IFieldSymbol { IsConst: false } or IPropertySymbol { IsIndexer: false }) || member.DeclaringSyntaxReferences.IsEmpty)
            return null;
        bool ownOnly = member switch
        {
            IFieldSymbol field => field.IsReadOnly || field.DeclaredAccessibility == Accessibility.Private,
            IPropertySymbol property => property.SetMethod is null || property.SetMethod.DeclaredAccessibility == Accessibility.Private,
            _ => false,
        };
        var type = member.ContainingType;
        if (ownOnly)
            return type;
        while (type is not null && type.DeclaredAccessibility != Accessibility.Private)
            type = type.ContainingType;
        return type?.ContainingType;
    }

    private static bool HandsOnReference(SyntaxTree tree, int start, string name) => BodyFactory.MemberAt(tree, start) is not { } member || member.DescendantNodes().Any(node => node switch
    {
        ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } argument => NameOf(argument.Expression) == name,
        RefExpressionSyntax reference => NameOf(reference.Expression) == name,
        _ => false,
    });

    private static string? NameOf(SyntaxNode expression) => expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        ParenthesizedExpressionSyntax parenthesized => NameOf(parenthesized.Expression),
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure => NameOf(sure.Operand),
        _ => null,
    };
}
