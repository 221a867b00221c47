using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Suppressors;

/// <summary>What the suppressors ask of driver code.</summary>
internal static class DriverCode
{
    private const string Kit = "DriverKit";

    public static bool IsModule(INamedTypeSymbol? type)
    {
        for (var each = type?.BaseType; each is not null; each = each.BaseType)
        {
            if (each.Name == "KernelModule" && IsOfKit(each))
                return true;
        }

        return false;
    }

    /// <summary>A function of a kernel header.</summary>
    public static bool IsHeaderFunction(IMethodSymbol method) =>
        IsOfKit(method) && method.ContainingNamespace is { Name: "Headers", ContainingNamespace.Name: Kit };

    public static bool HasAttribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().Any(attribute => attribute.AttributeClass is { } type && type.Name == name && IsOfKit(type));

    public static bool IsOfKit(ISymbol symbol) => symbol.ContainingAssembly?.Name == Kit;

    /// <summary>The field or property that a diagnostic is about.</summary>
    public static ISymbol? MemberAt(Location location, SemanticModel model, CancellationToken cancellation)
    {
        var node = location.SourceTree?.GetRoot(cancellation).FindNode(location.SourceSpan);
        return node?.FirstAncestorOrSelf<SyntaxNode>(static each => each is VariableDeclaratorSyntax or PropertyDeclarationSyntax or ParameterSyntax) is { } declaration
            ? model.GetDeclaredSymbol(declaration, cancellation)
            : null;
    }
}
