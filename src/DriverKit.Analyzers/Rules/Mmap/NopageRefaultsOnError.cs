using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4015: a retry that nothing has been installed for faults again, for ever.</summary>
internal sealed class NopageRefaultsOnError() : FlowCheck(Descriptors.DK4015_NopageRefaultsOnError)
{
    private const string Installed = "DK4015 installed";

    public override void OnKernelCall(KernelCall call)
    {
        if (Areas.IsMapping(call.Name))
            call.Note(Installed, Sym.Const.Zero, excuses: true);
    }

    public override void OnReturn(Value value, IOperation operation, Evaluator evaluator)
    {
        if (value.Id is not Sym.Member { Receiver: null, Symbol: { Name: "Refault" } symbol } || !evaluator.Symbols.IsNopageResult(symbol.ContainingType)
            || evaluator.State.MarkOf(Installed, Sym.Const.Zero) is not null)
            return;
        foreach (var retry in operation.Syntax.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Where(static name => name.Identifier.ValueText == "Refault"))
        {
            if (ReasonFor(retry) is { } reason)
                evaluator.Report(new(Rule, Expression(retry).GetLocation(), [reason], null, NoProperties));
        }
    }

    private static ExpressionSyntax Expression(IdentifierNameSyntax name) => name.Parent is MemberAccessExpressionSyntax access ? access : name;

    /// <summary>The error that the retry answers, in words; null when it is none for certain.</summary>
    private static string? ReasonFor(SyntaxNode retry)
    {
        for (var at = retry; at.Parent is { } parent; at = parent)
        {
            switch (parent)
            {
                case ConditionalExpressionSyntax conditional when at != conditional.Condition:
                    return ErrorIn(conditional.Condition, conditional.WhenTrue == at);
                case SwitchExpressionArmSyntax arm:
                    return ErrorIn(arm.Pattern, true);
                case IfStatementSyntax branch when at == branch.Statement || at == branch.Else:
                    return at is BlockSyntax block && DoesMore(block) ? null : ErrorIn(branch.Condition, at == branch.Statement);
                case MemberDeclarationSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax:
                    return null;
            }
        }

        return null;
    }

    /// <summary>True when something is done before the retry that it may be waiting for; letting go of a lock and printing are not.</summary>
    private static bool DoesMore(BlockSyntax block) => block.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(static call =>
        call.Expression is not IdentifierNameSyntax { Identifier.ValueText: var name }
        || !(name == "Printk" || name.StartsWith("Up", System.StringComparison.Ordinal) || name.Contains("Unlock")));

    private static string? ErrorIn(SyntaxNode condition, bool outcome) => condition switch
    {
        ParenthesizedExpressionSyntax parenthesized => ErrorIn(parenthesized.Expression, outcome),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => ErrorIn(not.Operand, !outcome),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression or (int)SyntaxKind.LogicalAndExpression } both => ErrorIn(both.Left, outcome) ?? ErrorIn(both.Right, outcome),
        BinaryExpressionSyntax
        {
            RawKind: (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.LessThanOrEqualExpression or (int)SyntaxKind.GreaterThanExpression or (int)SyntaxKind.GreaterThanOrEqualExpression,
        } comparison when !IsCounter(comparison) => "the place is out of range",
        BinaryExpressionSyntax { Right: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } } equality when equality.IsKind(SyntaxKind.EqualsExpression) == outcome => NoPage,
        IsPatternExpressionSyntax match => ErrorIn(match.Pattern, outcome),
        ConstantPatternSyntax { Expression: LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression } } => outcome ? NoPage : null,
        UnaryPatternSyntax not => ErrorIn(not.Pattern, !outcome),
        RecursivePatternSyntax { PropertyPatternClause.Subpatterns.Count: 0 } => outcome ? null : NoPage,
        MemberAccessExpressionSyntax { Name.Identifier.ValueText: "IsNull" } => outcome ? NoPage : null,
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "PfnValid" or "VirtAddrValid" } } => outcome ? null : NoPage,
        _ => null,
    };

    /// <summary>How often something has been tried is no place.</summary>
    private static bool IsCounter(BinaryExpressionSyntax comparison) => comparison.Right is LiteralExpressionSyntax { Token.Value: 0 }
        || comparison.DescendantNodes().Any(static node => node is PostfixUnaryExpressionSyntax { OperatorToken.ValueText: "++" or "--" } or PrefixUnaryExpressionSyntax { OperatorToken.ValueText: "++" or "--" });

    private const string NoPage = "there is no page";
}
