using System;
using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<SyntaxTree, bool> _trees = new();

    public RelevanceGate(Compilation compilation, KnownSymbols symbols) => _names = new(() => Close(compilation, symbols));

    public bool IsRelevant(SyntaxNode block, CancellationToken cancellation)
    {
        var names = _names.Value;
        cancellation.ThrowIfCancellationRequested();
        if (names.Count == 0 || !_trees.GetOrAdd(block.SyntaxTree, tree => TreeNames.Of(tree).Uses.Overlaps(names)))
            return false;
        SyntaxNode member = block.FirstAncestorOrSelf<MemberDeclarationSyntax>(static node => node is not GlobalStatementSyntax) ?? block;
        return TreeNames.UsesAny(member, names);
    }

    /// <summary>The names that lead to DriverKit; none when no member of the compilation uses one.</summary>
    private static HashSet<string> Close(Compilation compilation, KnownSymbols symbols)
    {
        var names = new HashSet<string>(symbols.HeaderNames);
        names.UnionWith(OwnNames);
        var cold = compilation.SyntaxTrees.Select(TreeNames.Of).ToList();
        var waiting = new List<(string Name, HashSet<string> Uses)>();
        bool isUsed = false;
        bool grows = true;
        while (grows)
        {
            foreach (var file in cold.Where(file => file.Uses.Overlaps(names)))
                waiting.AddRange(file.Members);
            cold.RemoveAll(file => file.Uses.Overlaps(names));
            grows = waiting.RemoveAll(member => Leads(member, names)) > 0;
            isUsed |= grows;
        }

        if (!isUsed)
            return [];
        names.Add("Value");
        return names;
    }

    /// <summary>True when the member uses one of the names; then its own is one of them too.</summary>
    private static bool Leads((string Name, HashSet<string> Uses) member, HashSet<string> names)
    {
        if (!member.Uses.Overlaps(names))
            return false;
        names.Add(member.Name);
        return true;
    }
}
