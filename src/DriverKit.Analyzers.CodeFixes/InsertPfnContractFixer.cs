using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK4005: marks the area VM_PFNMAP, and turns private writable maps away, before the frame is inserted.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(InsertPfnContractFixer)), Shared]
public sealed class InsertPfnContractFixer() : RewriteFixProvider("DK4005", Key_PrepareTheArea, "Prepare the area for VmInsertPfn")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_PrepareTheArea = "DK4005_PrepareTheArea";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {
        if (!diagnostic.Properties.TryGetValue("Lacks", out string? lacks) || node is not InvocationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } call
            || arguments[0].Expression is not IdentifierNameSyntax area || Statements.InBlock(call) is not { } statement)
            return null;
        var lines = new List<string>();
        if (lacks != "Mark")
            lines.Add($"if ({area}.IsCopyOnWrite)\n    return -EINVAL;");
        if (lacks != "Test")
            lines.Add($"{area}.VmFlags |= VmFlags.PfnMap;");
        return Statements.InsertBefore(root, OutOfLoops(statement), [.. lines]);
    }

    /// <summary>Once is enough: the outermost loop around the statement, when it stands in a block itself.</summary>
    private static StatementSyntax OutOfLoops(StatementSyntax statement) =>
        statement.Ancestors().TakeWhile(static node => node is not (MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
            .OfType<StatementSyntax>().LastOrDefault(static loop => loop is (ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax or CommonForEachStatementSyntax) and { Parent: BlockSyntax }) ?? statement;
}
