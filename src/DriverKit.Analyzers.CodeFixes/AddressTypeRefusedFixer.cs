using System.Collections.Generic;
using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>The compiler's own errors where an address type refuses another: calls the function that leads from the one to the other, the function that the contract names
/// for vmalloc memory, or gives a local the wider type. A fix is offered only when the member then has fewer errors and no more warnings.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddressTypeRefusedFixer)), Shared]
public sealed class AddressTypeRefusedFixer : CodeFixProvider
{
    /// <summary>The fixes' equivalence keys.</summary>
    public const string Key_ConvertArgument = "CS1503_ConvertArgument", Key_ConvertValue = "CS0029_ConvertValue", Key_WidenDeclaration = "CS0266_WidenDeclaration";

    private const string CannotConvertArgument = "CS1503", CannotConvert = "CS0029", ExplicitConversionExists = "CS0266";

    private const string Logical = "KernelLogicalAddress", Virtual = "KernelVirtualAddress";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [CannotConvertArgument, CannotConvert, ExplicitConversionExists];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (model is null || root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not ExpressionSyntax value)
                continue;
            if (diagnostic.Id == ExplicitConversionExists)
            {
                if (Widened(value, model) is { } type && Helps(type.Old, type.New, model, context.CancellationToken))
                    Register(context, diagnostic, $"Declare as {type.New}", Key_WidenDeclaration, root.ReplaceNode(type.Old, type.New));
                continue;
            }

            var fix = Calls(value, model).FirstOrDefault(each => Helps(each.Old, each.New.Full, model, context.CancellationToken));
            if (fix.Old is not null)
                Register(context, diagnostic, $"Call {fix.New.Name}", diagnostic.Id == CannotConvert ? Key_ConvertValue : Key_ConvertArgument, Apply(root, fix.Old, fix.New, model));
        }
    }

    private static void Register(CodeFixContext context, Diagnostic diagnostic, string title, string key, SyntaxNode changed) =>
        context.RegisterCodeFix(CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), key), diagnostic);

    /// <summary>What may be written in the place of what, the best first.</summary>
    private static IEnumerable<(ExpressionSyntax Old, HeaderCall New)> Calls(ExpressionSyntax value, SemanticModel model)
    {
        var given = model.GetTypeInfo(value);
        if (given.Type is null)
            yield break;
        var parameters = ParametersFor(value, model);
        if (value.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { ArgumentList.Arguments.Count: 1 } call } && given.Type.Name == Virtual && !IsFromElsewhere(value, model))
        {
            foreach (var parameter in parameters.Where(static each => each.Type.Name == Logical))
            {
                if (Alternative(parameter, value) is not { } alternative)
                    continue;
                yield return (call, alternative);
                yield return (call, alternative.NotNull());
            }
        }

        foreach (var wanted in parameters.IsEmpty ? [given.ConvertedType] : parameters.Select(static each => (ITypeSymbol?)each.Type))
        {
            if (wanted is not null && AddressConversions.Between(given.Type, wanted, value) is { } conversion)
                yield return (value, conversion);
        }
    }

    /// <summary>The parameters that the value may be meant for: those of all functions that the call may mean.</summary>
    private static ImmutableArray<IParameterSymbol> ParametersFor(ExpressionSyntax value, SemanticModel model)
    {
        if (value.Parent is not ArgumentSyntax { Parent: ArgumentListSyntax { Parent: { } call } list } argument)
            return [];
        int index = list.Arguments.IndexOf(argument);
        var info = model.GetSymbolInfo(call);
        var methods = info.Symbol is null ? info.CandidateSymbols : [info.Symbol];
        return [.. methods.OfType<IMethodSymbol>()
            .Select(method => argument.NameColon is { } name
                ? method.Parameters.FirstOrDefault(parameter => parameter.Name == name.Name.Identifier.ValueText)
                : method.Parameters.ElementAtOrDefault(index))
            .OfType<IParameterSymbol>()];
    }

    /// <summary>The function that the parameter's contract names for vmalloc memory.</summary>
    private static HeaderCall? Alternative(IParameterSymbol parameter, ExpressionSyntax value)
    {
        var contract = parameter.GetAttributes().FirstOrDefault(static attribute => attribute.AttributeClass?.Name == "RequiresOriginAttribute");
        var type = contract?.NamedArguments.FirstOrDefault(static named => named.Key == "VmallocAlternativeType").Value.Value as INamedTypeSymbol;
        var name = contract?.NamedArguments.FirstOrDefault(static named => named.Key == "VmallocAlternative").Value.Value as string;
        return type is null || name is null ? null : new(name, type.ToDisplayString(), function => AddressConversions.Call(function, value));
    }

    /// <summary>True when the address is in sight to come from another function than vmalloc, such as kmap.</summary>
    private static bool IsFromElsewhere(ExpressionSyntax value, SemanticModel model)
    {
        if (model.GetSymbolInfo(value).Symbol is ILocalSymbol { DeclaringSyntaxReferences.Length: 1 } local
            && local.DeclaringSyntaxReferences[0].GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: { } initial })
            value = initial;
        return value is InvocationExpressionSyntax && model.GetSymbolInfo(value).Symbol is IMethodSymbol method
            && method.GetReturnTypeAttributes().FirstOrDefault(static attribute => attribute.AttributeClass?.Name == "ReturnsOriginAttribute") is { } origin
            && origin.ConstructorArguments is { Length: 1 } arguments && arguments[0] is { Type: INamedTypeSymbol origins, Value: { } number }
            && origins.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => Equals(field.ConstantValue, number))?.Name != "Vmalloc";
    }

    /// <summary>The type of the local that cannot hold the address, and the one that can.</summary>
    private static (TypeSyntax Old, TypeSyntax New)? Widened(ExpressionSyntax value, SemanticModel model) =>
        model.GetTypeInfo(value).Type?.Name == Virtual
            && value.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax } declaration } }
            && declaration.Type is IdentifierNameSyntax { Identifier.ValueText: Logical } type
            ? (type, SyntaxFactory.IdentifierName(Virtual).WithTriviaFrom(type))
            : null;

    /// <summary>True when the member has fewer errors and fewer diagnostics in all with the new text in the old one's place.</summary>
    private static bool Helps(SyntaxNode old, SyntaxNode @new, SemanticModel model, CancellationToken cancellation)
    {
        var root = old.SyntaxTree.GetRoot(cancellation);
        var member = old.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        if (member is null)
            return false;
        var mark = new SyntaxAnnotation();
        var changed = root.ReplaceNode(member, member.ReplaceNode(old, @new.WithTriviaFrom(old)).WithAdditionalAnnotations(mark));
        var tree = root.SyntaxTree.WithRootAndOptions(changed, root.SyntaxTree.Options);
        var after = model.Compilation.ReplaceSyntaxTree(root.SyntaxTree, tree).GetSemanticModel(tree);
        var (errorsBefore, allBefore) = Count(model.GetDiagnostics(member.Span, cancellation));
        var (errorsAfter, allAfter) = Count(after.GetDiagnostics(tree.GetRoot(cancellation).GetAnnotatedNodes(mark).Single().Span, cancellation));
        return errorsAfter < errorsBefore && allAfter < allBefore;
    }

    private static (int Errors, int All) Count(ImmutableArray<Diagnostic> diagnostics) => (
        diagnostics.Count(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error),
        diagnostics.Count(static diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));

    private static CompilationUnitSyntax Apply(SyntaxNode root, ExpressionSyntax old, HeaderCall call, SemanticModel model)
    {
        var known = call.Header is null ? [] : model.LookupSymbols(old.SpanStart, name: call.Name);
        bool isHidden = known.Any(symbol => symbol.ContainingType?.ToDisplayString() != call.Header);
        var changed = (CompilationUnitSyntax)root.ReplaceNode(old, (isHidden ? call.Full : call.Short).WithTriviaFrom(old));
        return call.Header is null || !known.IsEmpty ? changed : DriverKitCodeFixProvider.AddUsing(changed, call.Header);
    }
}
