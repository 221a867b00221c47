using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers;

/// <summary>DK2009: puts the function for I/O memory in the place of the call.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(IoMemoryDereferencedFixer)), Shared]
public sealed class IoMemoryDereferencedFixer() : RewriteFixProvider("DK2009", Key_CallIoFunction, "Call the function for I/O memory")
{
    /// <summary>The fix's equivalence key.</summary>
    public const string Key_CallIoFunction = "DK2009_CallIoFunction";

    private protected override SyntaxNode? Rewrite(SyntaxNode root, SyntaxNode node, ImmutableArray<SyntaxNode> others, Diagnostic diagnostic)
    {

        if (!diagnostic.Properties.TryGetValue("Function", out var function) || function is null
            || node.FirstAncestorOrSelf<ArgumentSyntax>() is not { Parent.Parent: InvocationExpressionSyntax call } argument || FixSyntax.AddressBehind(argument.Expression) is not { } io)
            return null;
        var arguments = call.ArgumentList.Arguments;
        bool isFirst = arguments[0] == argument;
        string? replacement = (function, arguments.Count) switch
        {
            ("Load/1", 1) => $"Readb({io})",
            ("Load/2", 1) => $"Readw({io})",
            ("Load/4", 1) => $"Readl({io})",
            ("Store/1", 2) => $"Writeb({arguments[1]}, {io})",
            ("Store/2", 2) => $"Writew({arguments[1]}, {io})",
            ("Store/4", 2) => $"Writel({arguments[1]}, {io})",
            ("Memset", 3) when isFirst => $"MemsetIo({io}, {arguments[1]}, {arguments[2]})",
            ("Memcpy", 3) when isFirst => $"MemcpyToio({io}, {arguments[1]}, {arguments[2]})",
            ("Memcpy", 3) when arguments[1] == argument => $"MemcpyFromio({arguments[0]}, {io}, {arguments[2]})",
            _ => null,
        };
        return replacement is null ? null : root.ReplaceNode(call, SyntaxFactory.ParseExpression(replacement).WithTriviaFrom(call));
    }
}
