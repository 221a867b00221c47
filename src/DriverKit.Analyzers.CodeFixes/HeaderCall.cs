using System;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>A call to write: of a header's function, or of a member of the value.</summary>
/// <param name="name">The function, for the fix's title.</param>
/// <param name="header">The header class it stands in; null: it is a member.</param>
/// <param name="make">The call, given the function's name as it is to be written.</param>
internal sealed class HeaderCall(string name, string? header, Func<ExpressionSyntax, ExpressionSyntax> make)
{
    public string Name => name;

    public string? Header => header;

    /// <summary>By its simple name, which wants the header's <c>using static</c>.</summary>
    public ExpressionSyntax Short => make(SyntaxFactory.IdentifierName(name));

    /// <summary>By its full name, which wants nothing.</summary>
    public ExpressionSyntax Full => header is null ? Short : make(SyntaxFactory.ParseExpression($"global::{header}.{name}"));

    /// <summary>The same with <c>!</c> behind it: it may be null, where null is not allowed.</summary>
    public HeaderCall NotNull() => new(name, header, function => SyntaxFactory.PostfixUnaryExpression(SyntaxKind.SuppressNullableWarningExpression, make(function)));
}
