using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK4012: marks the area VM_RESERVED before its operations are set.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DeviceMappingFlagsMissingFixer)), Shared]
public sealed class DeviceMappingFlagsMissingFixer() : RewriteFixProvider("DK4012", Key_MarkTheArea, "Mark the area with VmFlags.Reserved")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_MarkTheArea = "DK4012_MarkTheArea";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic) =>
        node is AssignmentExpressionSyntax { Left: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax area } } assignment && Statements.InBlock(assignment) is { } statement
            ? Statements.InsertBefore(root, statement, $"{area}.VmFlags |= VmFlags.Reserved;")
            : null;
}
