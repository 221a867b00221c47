using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK8001: checks the result, and returns it when it is an error, in a method that returns such results.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ResultIgnoredFixer)), Shared]
public sealed class ResultIgnoredFixer() : RewriteFixProvider("DK8001", Key_ReturnTheError, "Return the error")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_ReturnTheError = "DK8001_ReturnTheError";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (!diagnostic.Properties.ContainsKey("CanReturn") || node.FirstAncestorOrSelf<StatementSyntax>() is not { Parent: BlockSyntax } statement)
            return null;
        return statement switch
        {
            ExpressionStatementSyntax { Expression: InvocationExpressionSyntax call } => root.ReplaceNode(statement, Check(call, FreeName(node, "error")).WithTriviaFrom(statement)),
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax local } } => After(root, statement, local.Identifier.ValueText),
            LocalDeclarationStatementSyntax { Declaration.Variables.Count: 1 } declaration => After(root, statement, declaration.Declaration.Variables[0].Identifier.ValueText),
            _ => null,
        };
    }

    private static StatementSyntax Check(InvocationExpressionSyntax call, string name) =>
        SyntaxFactory.ParseStatement($"if ({call.WithoutTrivia()} is {{ IsError: true }} {name})\n{IndentOf(call)}    return {name};");

    /// <summary>The check behind the statement, on lines of its own.</summary>
    private static SyntaxNode After(SyntaxNode root, StatementSyntax statement, string name)
    {
        string indent = IndentOf(statement);
        var check = SyntaxFactory.ParseStatement($"{indent}if ({name}.IsError)\n{indent}    return {name};\n");
        return root.InsertNodesAfter(statement, [check]);
    }

    private static string IndentOf(SyntaxNode node)
    {
        var text = node.SyntaxTree.GetText();
        string line = text.Lines.GetLineFromPosition(node.FirstAncestorOrSelf<StatementSyntax>()!.SpanStart).ToString();
        return line.Substring(0, line.Length - line.TrimStart().Length);
    }
}
