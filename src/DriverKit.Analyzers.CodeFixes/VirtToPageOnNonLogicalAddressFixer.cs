using System.Composition;
using System.Linq;
using DriverKit.Analyzers.Rules.AddressTypes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK2001: calls the function that the contract names for vmalloc addresses, without the cast that got in the way.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(VirtToPageOnNonLogicalAddressFixer)), Shared]
public sealed class VirtToPageOnNonLogicalAddressFixer() : DriverKitCodeFixProvider("DK2001", Key_CallVmallocAlternative)
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_CallVmallocAlternative = "DK2001_CallVmallocAlternative";

    private protected override Replacement? Replace(SyntaxNode node, Diagnostic diagnostic, SemanticModel model)
    {
        if (!diagnostic.Properties.TryGetValue("AlternativeType", out var type) || !diagnostic.Properties.TryGetValue("AlternativeMethod", out var name)
            || type is null || name is null)
            return null;
        if (node.FirstAncestorOrSelf<ArgumentSyntax>() is not { Parent.Parent: InvocationExpressionSyntax call } argument
            || call.ArgumentList.Arguments.Count != 1 || FindFunction(model, type, name) is not { } method)
            return null;
        var address = argument.Expression is CastExpressionSyntax cast ? Inner(cast.Expression) : argument.Expression;
        return new(call, method, address);
    }

    private static ExpressionSyntax Inner(ExpressionSyntax expression) =>
        expression is ParenthesizedExpressionSyntax parenthesized ? Inner(parenthesized.Expression) : expression;
}
