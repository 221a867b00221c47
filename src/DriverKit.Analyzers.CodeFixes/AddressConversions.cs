using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>The functions that certainly lead from one kind of address, frame or page to another.</summary>
internal static class AddressConversions
{
    private const string Headers = "DriverKit.Headers.", Page = "AsmPage";

    private static readonly (string From, string To, string? Header, string Name)[] All =
    [
        ("PhysicalAddress", "Pfn", null, "ToPfn"),
        ("Pfn", "PhysicalAddress", null, "ToPhysical"),
        ("KernelLogicalAddress", "PhysicalAddress", Page, "Pa"),
        ("PhysicalAddress", "KernelLogicalAddress", Page, "Va"),
        ("PhysicalAddress", "KernelVirtualAddress", Page, "Va"),
        ("Page", "Pfn", Page, "PageToPfn"),
        ("Pfn", "Page", Page, "PfnToPage"),
        ("KernelLogicalAddress", "Page", Page, "VirtToPage"),
    ];

    /// <summary>The call that makes the one of the other; null when there is none that is certain.</summary>
    public static HeaderCall? Between(ITypeSymbol from, ITypeSymbol to, ExpressionSyntax value)
    {
        if (!IsOfKit(from) || !IsOfKit(to))
            return null;
        if (from.Name == "KernelLogicalAddress" && to.Name == "Pfn")
            return new("Pa", Headers + Page, pa => Member(Call(pa, value), "ToPfn"));
        var found = All.FirstOrDefault(each => each.From == from.Name && each.To == to.Name);
        if (found.Name is null)
            return null;
        return found.Header is null
            ? new(found.Name, null, _ => Member(value, found.Name))
            : new(found.Name, Headers + found.Header, function => Call(function, value));
    }

    public static InvocationExpressionSyntax Call(ExpressionSyntax function, ExpressionSyntax argument) =>
        SyntaxFactory.InvocationExpression(function, SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(argument.WithoutTrivia()))));

    private static bool IsOfKit(ITypeSymbol type) => type.ContainingNamespace?.ToDisplayString() is "DriverKit.Primitives" or "DriverKit.Memory.Physical";

    private static ExpressionSyntax Member(ExpressionSyntax of, string name)
    {
        var target = of.WithoutTrivia();
        if (target is not (NameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ParenthesizedExpressionSyntax
            or BaseObjectCreationExpressionSyntax or InstanceExpressionSyntax))
            target = SyntaxFactory.ParenthesizedExpression(target);
        return SyntaxFactory.InvocationExpression(
            SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, target, SyntaxFactory.IdentifierName(name)));
    }
}
