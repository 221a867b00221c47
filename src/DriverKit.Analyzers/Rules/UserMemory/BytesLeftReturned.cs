using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.UserMemory;

/// <summary>DK5002: the number of bytes that are missing is no result of a driver's operation: there a number means so many bytes done.</summary>
internal sealed class BytesLeftReturned() : FlowCheck(Descriptors.DK5002_BytesLeftReturned)
{
    /// <summary>In a diagnostic's properties: the number is known not to be zero there.</summary>
    public const string IsAsked = nameof(IsAsked);

    private const string BytesNotCopied = nameof(BytesNotCopied);

    public override Value OnKernelResult(KernelCall call, Value result) =>
        call.Contract.FindOnReturn(BytesNotCopied) is null ? result : result.With(new(BytesNotCopied, call.Name, call.Location, false));

    public override void OnExit(ExitSite exit)
    {
        if (exit.Body.Method is not { } method || !exit.Symbols.IsKernelResult(method.ReturnType))
            return;
        if (exit.Returned is not { } returned || returned.TagOf(BytesNotCopied) is not { } tag || exit.State.Decide(SymFactory.IsZero(returned.Id)) == true)
            return;
        // Where a callee has made a result of the number, it is told there.
        if (returned.TagOf(Evaluator.Result) is { By.Length: 0 })
            exit.Report(new(Rule, PlaceOf(exit.At, tag), ImmutableArray.Create<object>(tag.By, LineOf(tag.At)), tag.At, exit.State.Decide(SymFactory.IsZero(returned.Id)) == false ? NoProperties.Add(IsAsked, "true") : NoProperties));
    }

    /// <summary>The arm of the returned expression that is the number; the whole where there are no arms.</summary>
    private static Location PlaceOf(Location at, Tag tag)
    {
        var root = at.SourceTree?.GetRoot();
        var expression = root?.FindNode(at.SourceSpan, getInnermostNodeForTie: true) switch
        {
            ReturnStatementSyntax statement => statement.Expression,
            ArrowExpressionClauseSyntax arrow => arrow.Expression,
            ExpressionSyntax direct => direct,
            _ => null,
        };
        if (expression is null)
            return at;
        string? name = root!.FindNode(tag.At.SourceSpan, getInnermostNodeForTie: true).AncestorsAndSelf().TakeWhile(static node => node is not StatementSyntax).Select(static node => node switch
        {
            VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
            AssignmentExpressionSyntax { Left: IdentifierNameSyntax variable } => variable.Identifier.ValueText,
            _ => null,
        }).FirstOrDefault(static name => name is not null);
        var arms = Arms(expression).ToList();
        var arm = arms.FirstOrDefault(arm => arm is IdentifierNameSyntax variable && variable.Identifier.ValueText == name)
            ?? arms.FirstOrDefault(arm => arm.Span.Contains(tag.At.SourceSpan));
        return (arm ?? expression).GetLocation();
    }

    private static IEnumerable<ExpressionSyntax> Arms(ExpressionSyntax expression) => expression switch
    {
        ParenthesizedExpressionSyntax inner => Arms(inner.Expression),
        CastExpressionSyntax cast => Arms(cast.Expression),
        ConditionalExpressionSyntax conditional => Arms(conditional.WhenTrue).Concat(Arms(conditional.WhenFalse)),
        SwitchExpressionSyntax choice => choice.Arms.SelectMany(static arm => Arms(arm.Expression)),
        _ => [expression],
    };
}
