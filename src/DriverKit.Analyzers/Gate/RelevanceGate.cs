using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Gate;

/// <summary>Decides by names alone, before anything is bound, whether a member can have to do with DriverKit: it uses the name of a kernel
/// function, of an address type or of a contract, or that of a member of this compilation that does.</summary>
internal sealed class RelevanceGate
{
    private static readonly string[] OwnNames =
    [
        "MightSleep", "Acquires", "Releases", "ReturnsOrigin", "RequiresOrigin", "AddressKind",
        "UserVirtualAddress", "PhysicalAddress", "BusAddress", "KernelLogicalAddress", "KernelVirtualAddress", "IoAddress",
    ];

    private readonly Lazy<HashSet<string>> _names;

    public RelevanceGate(Compilation compilation, KnownSymbols symbols) => _names = new(() => Close(compilation, symbols));

    public bool IsRelevant(SyntaxNode block, CancellationToken cancellation)
    {
        var names = _names.Value;
        cancellation.ThrowIfCancellationRequested();
        if (names.Count == 0)
            return false;
        SyntaxNode member = block.FirstAncestorOrSelf<MemberDeclarationSyntax>(static node => node is not GlobalStatementSyntax) ?? block;
        return TreeNames.NamesIn(member).Overlaps(names);
    }

    /// <summary>The names that lead to DriverKit; none when no file of the compilation uses one.</summary>
    private static HashSet<string> Close(Compilation compilation, KnownSymbols symbols)
    {
        var names = new HashSet<string>(symbols.HeaderNames);
        names.UnionWith(OwnNames);
        var waiting = compilation.SyntaxTrees.SelectMany(static tree => TreeNames.Of(tree).Members).ToList();
        int before = waiting.Count;
        bool grows = true;
        while (grows)
        {
            int count = waiting.Count;
            waiting.RemoveAll(member =>
            {
                if (!member.Uses.Overlaps(names))
                    return false;
                names.Add(member.Name);
                return true;
            });
            grows = waiting.Count < count;
        }

        if (waiting.Count == before)
            return [];
        names.Add("Value");
        return names;
    }
}
