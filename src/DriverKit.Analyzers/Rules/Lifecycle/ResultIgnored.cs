using System;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Inference;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8001: the result of a function that can fail is dropped, or put where nobody reads it. User accesses are DK5001's; an allocation that is put
/// into a local and lost is DK3009's.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ResultIgnored() : OperationRule(Descriptors.DK8001_ResultIgnored)
{
    /// <summary>In the properties: the method can return the result as it is.</summary>
    public const string CanReturn = nameof(CanReturn);

    private protected override void Register(CompilationStartAnalysisContext context, KnownSymbols symbols, Func<SyntaxTree, bool> isOn)
    {
        var contracts = new ConcurrentDictionary<IMethodSymbol, Contract>(SymbolEqualityComparer.Default);
        context.RegisterOperationAction(operation => Analyze(operation, symbols, contracts, isOn), OperationKind.Invocation);
    }

    private static void Analyze(OperationAnalysisContext context, KnownSymbols symbols, ConcurrentDictionary<IMethodSymbol, Contract> contracts, Func<SyntaxTree, bool> isOn)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.TargetMethod.ReturnsVoid || !MayBeDropped(call.Syntax) || !symbols.KnowsDriverKit(call.TargetMethod.ContainingAssembly) || !isOn(call.Syntax.SyntaxTree))
            return;
        if (!contracts.TryGetValue(call.TargetMethod, out var contract))
            contract = contracts.GetOrAdd(call.TargetMethod, Contract.Read(call.TargetMethod, InferredContracts.Of(call.TargetMethod, context.Compilation.Assembly)));
        if (contract.Find("MustCheck") is null || contract.Find("UserAccess") is not null || contract.FindOnReturn("BytesNotCopied") is not null)
            return;
        string? how = IsDropped(call) ? "dropped"
            : contract.FindOnReturn("AllocatesWith") is null && LocalOf(call) is { } local && IsNeverRead(call, local) ? $"never read from {local.Name}"
            : null;
        if (how is null)
            return;
        var properties = symbols.IsKernelResult(call.Type) && symbols.IsKernelResult(MethodAround(context)?.ReturnType)
            ? ImmutableDictionary<string, string?>.Empty.Add(CanReturn, bool.TrueString)
            : ImmutableDictionary<string, string?>.Empty;
        context.ReportDiagnostic(Diagnostic.Create(Descriptors.DK8001_ResultIgnored, call.Syntax.GetLocation(), properties, NameOf(call), how));
    }

    /// <summary>What the syntax alone says, before anything is read.</summary>
    private static bool MayBeDropped(SyntaxNode call) => call.Parent is ExpressionStatementSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax or ForStatementSyntax
        or ConditionalAccessExpressionSyntax or EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax } or AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax };

    private static bool IsDropped(IOperation call) => call.Parent switch
    {
        IExpressionStatementOperation => true,
        IConditionalAccessOperation access => access.WhenNotNull == call && IsDropped(access),
        IForLoopOperation => true,
        _ => false,
    };

    /// <summary>The local that the result goes to and nowhere else.</summary>
    private static ILocalSymbol? LocalOf(IOperation call)
    {
        var value = call;
        while (value.Parent is IConversionOperation { IsImplicit: true } conversion)
            value = conversion;
        return value.Parent switch
        {
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol,
            ISimpleAssignmentOperation { Target: ILocalReferenceOperation target, Parent: IExpressionStatementOperation } assignment when assignment.Value == value => target.Local,
            _ => null,
        };
    }

    private static bool IsNeverRead(IOperation call, ILocalSymbol local)
    {
        if (local.RefKind != RefKind.None || local.IsUsing || call.SemanticModel is not { } model || call.Syntax.FirstAncestorOrSelf<StatementSyntax>() is not { } statement)
            return false;
        // Nearly always the next statement looks at it.
        if (statement.Parent is BlockSyntax block && block.Statements.IndexOf(statement) + 1 is var next && next < block.Statements.Count && Reads(block.Statements[next], local.Name))
            return false;
        var flow = model.AnalyzeDataFlow(statement);
        return flow is { Succeeded: true } && !flow.DataFlowsOut.Contains(local, SymbolEqualityComparer.Default) && !flow.ReadInside.Contains(local, SymbolEqualityComparer.Default)
            && !(flow.Captured.Contains(local, SymbolEqualityComparer.Default) && flow.ReadOutside.Contains(local, SymbolEqualityComparer.Default));
    }

    /// <summary>True when the statement begins by reading the local.</summary>
    private static bool Reads(StatementSyntax statement, string name)
    {
        ExpressionSyntax? first = statement switch
        {
            IfStatementSyntax branch => branch.Condition,
            ReturnStatementSyntax leave => leave.Expression,
            SwitchStatementSyntax choice => choice.Expression,
            WhileStatementSyntax loop => loop.Condition,
            _ => null,
        };
        return first?.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Any(identifier => identifier.Identifier.ValueText == name && !(identifier.Parent is AssignmentExpressionSyntax assignment && assignment.Left == identifier)) == true;
    }

    private static IMethodSymbol? MethodAround(OperationAnalysisContext context)
    {
        for (var each = context.Operation.Parent; each is not null; each = each.Parent)
        {
            if (each is IAnonymousFunctionOperation lambda)
                return lambda.Symbol;
            if (each is ILocalFunctionOperation function)
                return function.Symbol;
        }

        return context.ContainingSymbol as IMethodSymbol;
    }

    private static string NameOf(IInvocationOperation call) =>
        call.TargetMethod.MethodKind == MethodKind.DelegateInvoke && call.Instance?.Syntax is { } @delegate ? @delegate.ToString() : call.TargetMethod.Name;
}
