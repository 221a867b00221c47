using System;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8009: what an ioctl handler answers to a command that is none of those it asks for.</summary>
internal sealed class IoctlDefault() : FlowCheck(Descriptors.DK8009_IoctlDefault)
{
    private const int MaxDepth = 4;

    public override void OnEntry(EntrySite entry)
    {
        if (entry.Store.Name is not ("FileOperations.Ioctl" or "FileOperations.UnlockedIoctl") || entry.Body.Method is not { } handler || CodeOf(entry.Body, entry.Engine) is not { } code
            || CommandOf(entry.Store.Slot) is not { } command || command.Ordinal >= handler.Parameters.Length)
            return;
        // What another method answers is said of the place that hands the command on to it: that is where the handler can be mended, and where an editor looks.
        var (answer, at) = AnswerOf(handler.Parameters[command.Ordinal], code, entry.Engine, 0);
        if (answer is not null && at is not null && WrongErrno(answer) is { } wrong)
            entry.Report(new(Rule, at.GetLocation(), [handler.MethodKind == MethodKind.AnonymousFunction ? "The handler" : handler.Name, wrong], at == answer.Syntax ? null : answer.Syntax.GetLocation(), NoProperties));
    }

    private static IParameterSymbol? CommandOf(ISymbol slot) =>
        ((slot as IPropertySymbol)?.Type as INamedTypeSymbol)?.DelegateInvokeMethod?.Parameters.FirstOrDefault(static parameter => parameter.Name == "command");

    /// <summary>The value that is returned when the command is no known one, and where in the handler; through the methods that the command is handed on to.</summary>
    private static (IOperation? Answer, SyntaxNode? At) AnswerOf(IParameterSymbol command, IOperation code, FlowEngine engine, int depth)
    {
        var answer = new UnknownCommand(command).AnswerOf(code);
        if (answer is not IInvocationOperation { TargetMethod: { } next } call)
            return (answer, answer?.Syntax);
        var handedOn = call.Arguments.FirstOrDefault(argument => argument.Value.Unwrapped() is IParameterReferenceOperation reference && SymbolEqualityComparer.Default.Equals(reference.Parameter, command));
        return depth < MaxDepth && handedOn?.Parameter is { } parameter && engine.Bodies.Of(next) is { } body && CodeOf(body, engine) is { } inner
            ? (AnswerOf(next.Parameters[parameter.Ordinal], inner, engine, depth + 1).Answer, call.Syntax)
            : (null, null);
    }

    private static IOperation? CodeOf(Body body, FlowEngine engine)
    {
        var operation = engine.Bodies.ModelOf(body.Key.Tree).GetOperation(body.NodeAt(body.Key.Span));
        return operation is IAnonymousFunctionOperation lambda ? lambda.Body : operation;
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
