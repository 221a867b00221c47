using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Gate;

/// <summary>Lists the members of a file without looking into any body.</summary>
internal static class MemberNames
{
    /// <summary>Methods that the language calls without naming them.</summary>
    private static readonly HashSet<string> CalledUnnamed =
        ["Dispose", "DisposeAsync", "GetEnumerator", "GetAsyncEnumerator", "MoveNext", "MoveNextAsync", "GetAwaiter", "Deconstruct", "Add", "Current", "this"];

    public static List<Member> Of(SyntaxNode root, NamePool pool)
    {
        var members = new List<Member>();
        if (root is CompilationUnitSyntax unit)
            Add(unit.Members, pool, members);
        return members;
    }

    [MethodImpl(Jit.AtOnce)]
    private static void Add(SyntaxList<MemberDeclarationSyntax> declarations, NamePool pool, List<Member> members)
    {
        foreach (var declaration in declarations)
            Add(declaration, pool, members);
    }

    [MethodImpl(Jit.AtOnce)]
    private static void Add(MemberDeclarationSyntax member, NamePool pool, List<Member> members)
    {
        switch (member)
        {
            case BaseNamespaceDeclarationSyntax space:
                Add(space.Members, pool, members);
                break;
            case TypeDeclarationSyntax type:
                Add(type.Members, pool, members);
                members.Add(HeadOf(type, pool));
                break;
            case EnumDeclarationSyntax:
                break;
            default:
                members.Add(new(member.Span, [.. NamesOf(member).Select(pool.Add)], IsPrivate(member), HeldBy(member)));
                break;
        }
    }

    /// <summary>What a type is made of before its members: attributes, parameters and bases.</summary>
    private static Member HeadOf(TypeDeclarationSyntax type, NamePool pool)
    {
        int end = type.OpenBraceToken.IsKind(SyntaxKind.None) ? type.Span.End : type.OpenBraceToken.SpanStart;
        var span = TextSpan.FromBounds(type.SpanStart, System.Math.Max(end, type.Identifier.Span.End));
        return new(span, [pool.Add(type.Identifier.ValueText)], IsPrivate: false, Reach.None);
    }

    [MethodImpl(Jit.AtOnce)]
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
