using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK2002: <c>new PhysicalAddress(logical.Value)</c> becomes <c>Pa(logical)</c>, and back <c>Va(physical)</c>: the two conversions that are
/// certain.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddressKindsMixedFixer)), Shared]
public sealed class AddressKindsMixedFixer() : DriverKitCodeFixProvider("DK2002", Key_CallConversion)
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_CallConversion = "DK2002_CallConversion";

    private const string Header = "DriverKit.Headers.AsmPage";

    private protected override Replacement? Replace(SyntaxNode node, Diagnostic diagnostic, SemanticModel model)
    {
        if (node is not BaseObjectCreationExpressionSyntax { ArgumentList.Arguments.Count: 1, Initializer: null } creation)
            return null;
        if (creation.ArgumentList!.Arguments[0].Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Value" } number)
            return null;
        var (from, to) = (model.GetTypeInfo(number.Expression).Type, model.GetTypeInfo(creation).Type);
        return new[] { "Pa", "Va" }.Select(name => FindFunction(model, Header, name))
            .Where(method => method is not null
                && SymbolEqualityComparer.Default.Equals(method.Parameters[0].Type, from)
                && SymbolEqualityComparer.Default.Equals(method.ReturnType, to))
            .Select(method => new Replacement(creation, method!, number.Expression))
            .FirstOrDefault();
    }
}
