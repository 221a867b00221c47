using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK5002: puts <c>-EFAULT</c> in the place of the number.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(BytesLeftReturnedFixer)), Shared]
public sealed class BytesLeftReturnedFixer() : RewriteFixProvider("DK5002", Key_ReturnEfault, "Return -EFAULT")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_ReturnEfault = "DK5002_ReturnEfault";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {

        if (node is not ExpressionSyntax number)
            return null;
        if (number is InvocationExpressionSyntax { ArgumentList.Arguments: { Count: >= 2 } arguments } call)
        {
            // copy_to_user(to, from, n) and clear_user(to, n) end in how many bytes it is about.
            bool hasCount = FixSyntax.NameOf(call) == "ClearUser" || arguments.Count == 3;
            return hasCount ? root.ReplaceNode(number, SyntaxFactory.ParseExpression($"{call} != 0 ? -EFAULT : {arguments.Last()}").WithTriviaFrom(number)) : null;
        }

        bool isArm = number.Parent is ConditionalExpressionSyntax or SwitchExpressionArmSyntax;
        return number is IdentifierNameSyntax && (isArm || diagnostic.Properties.ContainsKey("IsAsked"))
            ? root.ReplaceNode(number, SyntaxFactory.ParseExpression("-EFAULT").WithTriviaFrom(number))
            : null;
    }
}
