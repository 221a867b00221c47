using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules;

/// <summary>What a type's text does with one of its private fields.</summary>
internal static class FieldUses
{
    private static readonly string[] Readers =
    [
        "CopyToUser", "CopyToUserInatomic", "Kfree", "Vfree", "FreePage", "FreePages", "KmemCacheFree", "PutPage", "VmInsertPage", "GetPage",
    ];

    /// <summary>What has been read of a type's text, for as long as its compilation lives.</summary>
    private static readonly ConditionalWeakTable<IFieldSymbol, object> Known = new();

    /// <summary>True when nothing is written through a private field that holds an address or a page: it takes what an allocator gives, is asked for null, copied out and freed. Then nobody else knows the memory either.</summary>
    public static bool AreReads(IFieldSymbol field) => (bool)Known.GetValue(field, static field => AreAllReads(field));

    private static bool AreAllReads(IFieldSymbol field) =>
        field.DeclaredAccessibility == Accessibility.Private && !field.ContainingType.DeclaringSyntaxReferences.IsEmpty
        && field.ContainingType.DeclaringSyntaxReferences.All(reference => NamesIn(reference, field.Name).All(IsRead));

    /// <summary>Where the text of a type has a name: found as text, for there are far more nodes than uses of one field.</summary>
    private static IEnumerable<IdentifierNameSyntax> NamesIn(SyntaxReference type, string name)
    {
        var root = type.SyntaxTree.GetRoot();
        string text = type.SyntaxTree.GetText().ToString(type.Span);
        for (int at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + name.Length, StringComparison.Ordinal))
        {
            var token = root.FindToken(type.Span.Start + at);
            if (token.ValueText == name && token.Parent is IdentifierNameSyntax use)
                yield return use;
        }
    }

    private static bool IsRead(IdentifierNameSyntax name)
    {
        ExpressionSyntax use = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access && access.Name == name ? access : name;
        while (use.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } or BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression })
            use = (ExpressionSyntax)use.Parent;
        return use.Parent switch
        {
            AssignmentExpressionSyntax assignment => assignment.Left == use && assignment.Parent is ExpressionStatementSyntax && assignment.IsKind(SyntaxKind.SimpleAssignmentExpression)
                && assignment.Right is InvocationExpressionSyntax or LiteralExpressionSyntax or DefaultExpressionSyntax,
            MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsNull" } => true,
            IsPatternExpressionSyntax { Pattern: ConstantPatternSyntax or UnaryPatternSyntax { Pattern: ConstantPatternSyntax } } => true,
            BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression } => true,
            ArgumentSyntax { RefKindKeyword.RawKind: 0, Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax function } } =>
                Readers.Contains(function.Identifier.ValueText),
            _ => false,
        };
    }
}
