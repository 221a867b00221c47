using System;
using System.Collections.Concurrent;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8009: what an ioctl handler answers to a command that is none of those it asks for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class IoctlDefault() : OperationRule(Descriptors.DK8009_IoctlDefault)
{
    private const int MaxDepth = 4;

    private protected override void Register(CompilationStartAnalysisContext context, KnownSymbols symbols, Func<SyntaxTree, bool> isOn)
    {
        var kit = symbols.MightSleepAttribute.ContainingAssembly;
        // A handler of two tables is reported once; by the same table again when an editor asks again.
        var reported = new ConcurrentDictionary<Location, SyntaxNode>();
        context.RegisterOperationAction(
            operation =>
            {
                var handler = (IDelegateCreationOperation)operation.Operation;
                if (handler.Type is not INamedTypeSymbol { Name: "IoctlOperation" or "UnlockedIoctlOperation" } type || !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, kit)
                    || type.DelegateInvokeMethod?.Parameters.FirstOrDefault(static parameter => parameter.Name == "command") is not { } command)
                    return;
                var (method, body, name) = handler.Target switch
                {
                    IAnonymousFunctionOperation lambda => (lambda.Symbol, lambda.Body, "The handler"),
                    IMethodReferenceOperation reference => (reference.Method, CodeOf(reference.Method, operation), reference.Method.Name),
                    _ => ((IMethodSymbol?)null, (IOperation?)null, string.Empty),
                };
                // Half-typed code hands over handlers with other parameters than the slot's.
                if (method is not null && body is not null && command.Ordinal < method.Parameters.Length && AnswerOf(method.Parameters[command.Ordinal], body, operation, 0) is { } answer
                    && isOn(answer.Syntax.SyntaxTree) && WrongErrno(answer) is { } wrong && reported.GetOrAdd(answer.Syntax.GetLocation(), handler.Syntax) == handler.Syntax)
                    operation.ReportDiagnostic(Diagnostic.Create(Descriptors.DK8009_IoctlDefault, answer.Syntax.GetLocation(), name, wrong));
            },
            OperationKind.DelegateCreation);
    }

    /// <summary>The value that is returned when the command is no known one; through the method that the command is handed on to.</summary>
    private static IOperation? AnswerOf(IParameterSymbol command, IOperation body, OperationAnalysisContext context, int depth)
    {
        var answer = new UnknownCommand(command).AnswerOf(body);
        if (answer is not IInvocationOperation { TargetMethod: { } next } call)
            return answer;
        var handedOn = call.Arguments.FirstOrDefault(argument => argument.Value.Unwrapped() is IParameterReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Parameter, command));
        return depth < MaxDepth && handedOn?.Parameter is { } parameter && CodeOf(next, context) is { } code ? AnswerOf(next.Parameters[parameter.Ordinal], code, context, depth + 1) : null;
    }

    private static IOperation? CodeOf(IMethodSymbol method, OperationAnalysisContext context)
    {
        if (method.DeclaringSyntaxReferences.FirstOrDefault() is not { } reference)
            return null;
        var syntax = reference.GetSyntax(context.CancellationToken);
        return Sinks.ModelOf(context.Compilation, syntax.SyntaxTree).GetOperation(syntax, context.CancellationToken);
    }

    /// <summary>The answer as a driver writes it when it is certainly another than "no such command".</summary>
    private static string? WrongErrno(IOperation answer) => answer.Unwrapped() switch
    {
        { ConstantValue: { HasValue: true, Value: { } number } } => number.ToString(),
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus } minus when minus.Operand.Unwrapped() is IMemberReferenceOperation { Member.Name: { } errno } =>
            errno is "ENOTTY" or "ENOIOCTLCMD" || !errno.StartsWith("E", StringComparison.Ordinal) ? null : "-" + errno,
        IPropertyReferenceOperation { Property: { Name: "Success", ContainingType.Name: "KernelResult" } } => "success",
        _ => null,
    };
}
