using System;
using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8010: a task looks at a condition that others change, or starts what will wake it, and then sleeps without another look.</summary>
/// <remarks>Sleeping for whatever comes next is no mistake, nor is a sleep with a time that runs out.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class WaitConditionUnlocked() : OperationRule(Descriptors.DK8010_WaitConditionUnlocked)
{
    private protected override void Register(CompilationStartAnalysisContext context, KnownSymbols symbols, Func<SyntaxTree, bool> isOn)
    {
        var sleepers = new ConcurrentDictionary<IMethodSymbol, bool>(SymbolEqualityComparer.Default);
        context.RegisterOperationAction(operation => Analyze(operation, symbols, sleepers, isOn), OperationKind.Invocation);
    }

    private static void Analyze(OperationAnalysisContext context, KnownSymbols symbols, ConcurrentDictionary<IMethodSymbol, bool> sleepers, Func<SyntaxTree, bool> isOn)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call.Parent is not (IExpressionStatementOperation or IReturnOperation) || !isOn(call.Syntax.SyntaxTree))
            return;
        var code = new WaitingCode(context.Compilation, symbols, sleepers, context.CancellationToken);
        bool sleeps = code.Sleeps(call);
        if (!sleeps && !IsPlainSchedule(call, symbols))
            return;
        var (what, at) = sleeps ? code.LookBefore(call) ?? code.StartBefore(call) ?? default : code.LookBeforeState(call) ?? default;
        if (at is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.DK8010_WaitConditionUnlocked,
                call.Syntax.GetLocation(),
                [at.GetLocation()],
                call.TargetMethod.Name,
                what,
                at.GetLocation().GetLineSpan().StartLinePosition.Line + 1));
        }
    }

    private static bool IsPlainSchedule(IInvocationOperation call, KnownSymbols symbols) =>
        call.TargetMethod.Name == "Schedule" && symbols.KernelFunction(call.TargetMethod) is not null;
}
