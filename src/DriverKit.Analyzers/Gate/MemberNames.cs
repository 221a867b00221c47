using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Gate;

/// <summary>One member of one file: where its text is and under which names other code uses it.</summary>
/// <param name="file">The number of its file.</param>
/// <param name="span">Its text.</param>
/// <param name="names">Its names; a member that is used without a name has its type's.</param>
/// <param name="isPrivate">True when only its own file can use it.</param>
/// <param name="holds">What a value put into it brings to those who read it.</param>
internal sealed class Member(int file, TextSpan span, string[] names, bool isPrivate, Reach holds)
{
    public int File => file;

    public TextSpan Span => span;

    public string[] Names => names;

    public bool IsPrivate => isPrivate;

    public Reach Holds => holds;

    /// <summary>What is known so far.</summary>
    public Reach Reach { get; set; }
}

/// <summary>Lists the members of a file without looking into any body.</summary>
internal static class MemberNames
{
    /// <summary>Methods that the language calls without naming them.</summary>
    private static readonly HashSet<string> CalledUnnamed =
        ["Dispose", "DisposeAsync", "GetEnumerator", "GetAsyncEnumerator", "MoveNext", "MoveNextAsync", "GetAwaiter", "Deconstruct", "Add", "Current", "this"];

    public static IEnumerable<Member> Of(SyntaxNode root, int file) => root is CompilationUnitSyntax unit
        ? unit.Members.SelectMany(member => Of(member, file))
        : [];

    private static IEnumerable<Member> Of(MemberDeclarationSyntax member, int file)
    {
        switch (member)
        {
            case BaseNamespaceDeclarationSyntax space:
                return space.Members.SelectMany(inner => Of(inner, file));
            case TypeDeclarationSyntax type:
                return type.Members.SelectMany(inner => Of(inner, file)).Append(HeadOf(type, file));
            case EnumDeclarationSyntax:
                return [];
            default:
                return [new(file, member.Span, [.. NamesOf(member)], IsPrivate(member), HeldBy(member))];
        }
    }

    /// <summary>What a type is made of before its members: attributes, parameters and bases.</summary>
    private static Member HeadOf(TypeDeclarationSyntax type, int file)
    {
        int end = type.OpenBraceToken.IsKind(SyntaxKind.None) ? type.Span.End : type.OpenBraceToken.SpanStart;
        var span = TextSpan.FromBounds(type.SpanStart, System.Math.Max(end, type.Identifier.Span.End));
        return new(file, span, [type.Identifier.ValueText], isPrivate: false, Reach.None);
    }

    private static IEnumerable<string> NamesOf(MemberDeclarationSyntax member)
    {
        string type = (member.Parent as BaseTypeDeclarationSyntax)?.Identifier.ValueText ?? string.Empty;
        string[] own = member switch
        {
            MethodDeclarationSyntax method => [method.Identifier.ValueText],
            PropertyDeclarationSyntax property => [property.Identifier.ValueText],
            EventDeclarationSyntax @event => [@event.Identifier.ValueText],
            DelegateDeclarationSyntax @delegate => [@delegate.Identifier.ValueText],
            BaseFieldDeclarationSyntax field => [.. field.Declaration.Variables.Select(static variable => variable.Identifier.ValueText)],
            _ => type.Length == 0 ? [] : [type],
        };
        return own.Any(CalledUnnamed.Contains) ? own.Append(type) : own;
    }

    private static bool IsPrivate(MemberDeclarationSyntax member)
    {
        if (member.Parent is not (ClassDeclarationSyntax or StructDeclarationSyntax or RecordDeclarationSyntax)
            || ((TypeDeclarationSyntax)member.Parent).Modifiers.Any(SyntaxKind.PartialKeyword))
            return false;
        if (member is not (BaseFieldDeclarationSyntax or MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null } or PropertyDeclarationSyntax { ExplicitInterfaceSpecifier: null }))
            return false;
        return !NamesOf(member).Any(CalledUnnamed.Contains) && !member.Modifiers.Any(static modifier =>
            modifier.RawKind is (int)SyntaxKind.PublicKeyword or (int)SyntaxKind.InternalKeyword or (int)SyntaxKind.ProtectedKeyword);
    }

    /// <summary>A number may be an address's; anything but the built-in types may be a delegate or hold one.</summary>
    private static Reach HeldBy(MemberDeclarationSyntax member)
    {
        var type = member switch
        {
            BaseFieldDeclarationSyntax field => field.Declaration.Type,
            PropertyDeclarationSyntax property => property.Type,
            _ => null,
        };
        if (type is NullableTypeSyntax nullable)
            type = nullable.ElementType;
        return type switch
        {
            null => Reach.None,
            PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.BoolKeyword or (int)SyntaxKind.StringKeyword } => Reach.None,
            PredefinedTypeSyntax { Keyword.RawKind: not (int)SyntaxKind.ObjectKeyword } => Reach.Origin | Reach.Number | Reach.Address,
            _ => Reach.All & ~Reach.Kernel,
        };
    }
}
