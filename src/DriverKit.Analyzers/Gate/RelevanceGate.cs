using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Gate;

/// <summary>Decides by names alone, before anything is bound, what each member can come to: the kernel functions it names, those that the
/// members it names come to, and so on.</summary>
internal sealed class RelevanceGate
{
    private readonly NamePool _pool;
    private readonly Dictionary<SyntaxTree, int> _files;
    private readonly Dictionary<(int File, int Start), Member> _members = [];
    private readonly Dictionary<(int File, int Name), Reach> _names;
    private readonly Reach[] _reachOfFile;
    private readonly Closure _closure;
    private readonly SyntaxTree[] _trees;

    private RelevanceGate(NamePool pool, Dictionary<SyntaxTree, int> files, List<Member> members, Closure closure)
    {
        _pool = pool;
        _files = files;
        _closure = closure;
        _trees = [.. files.OrderBy(static file => file.Value).Select(static file => file.Key)];
        _names = closure.Names;
        _reachOfFile = new Reach[files.Count];
        foreach (var member in members)
        {
            _members[(member.File, member.Span.Start)] = member;
            _reachOfFile[member.File] |= member.Reach;
        }
    }

    /// <summary>The gate of a compilation; null when no member of it comes to DriverKit.</summary>
    public static RelevanceGate? For(Compilation compilation, KnownSymbols symbols, CancellationToken cancellation)
    {
        var pool = new NamePool();
        foreach (string name in symbols.HeaderNames.Concat(Seeds.OwnNames))
            pool.Add(name);
        var trees = compilation.SyntaxTrees.ToList();
        var texts = new Texts(trees);
        if (!texts.AnyUses(pool, cancellation))
            return null;

        var members = new List<Member>();
        for (int file = 0; file < trees.Count; file++)
        {
            cancellation.ThrowIfCancellationRequested();
            members.AddRange(MemberNames.Of(trees[file].GetRoot(cancellation), file));
        }

        var seeds = Seeds.Of(compilation, symbols);
        var closure = new Closure(pool, seeds, members);
        texts.Read(members, closure, cancellation);
        if (!closure.Close())
            return null;
        var files = new Dictionary<SyntaxTree, int>();
        for (int file = 0; file < trees.Count; file++)
            files[trees[file]] = file;
        return new(pool, files, members, closure);
    }

    /// <summary>What the member around a node comes to; beside a member that comes to the kernel it may fill in a table of operations without naming it. What is in no member that can be told apart comes to what the whole file does.</summary>
    public Reach ReachOf(SyntaxNode node)
    {
        if (!_files.TryGetValue(node.SyntaxTree, out int file))
            return Reach.All;
        var member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>(static node => node is not GlobalStatementSyntax);
        return member is not null && _members.TryGetValue((file, member.SpanStart), out var known) ? known.Reach | (_reachOfFile[file] & Reach.Kernel) : _reachOfFile[file];
    }

    /// <summary>What the values put into a field or property of this compilation may bring.</summary>
    public Reach ReachOf(ISymbol member)
    {
        int name = _pool.Find(member.Name);
        if (name < 0)
            return Reach.None;
        var reach = _names.TryGetValue((Closure.Everywhere, name), out var global) ? global : Reach.None;
        foreach (var reference in member.DeclaringSyntaxReferences)
        {
            if (_files.TryGetValue(reference.SyntaxTree, out int file) && _names.TryGetValue((file, name), out var local))
                reach |= local;
        }

        return reach;
    }

    /// <summary>The members whose text has a name, each by its file and where it starts in it.</summary>
    public IEnumerable<(SyntaxTree Tree, int Start)> MembersUsing(string name)
    {
        int number = _pool.Find(name);
        return number < 0 ? [] : _closure.MembersUsing(number).Select(member => (_trees[member.File], member.Span.Start));
    }

    /// <summary>True when a member of the file has the name in its text.</summary>
    public bool FileUses(SyntaxTree tree, string name) =>
        _files.TryGetValue(tree, out int file) && _pool.Find(name) is var number and >= 0 && _closure.Uses(file, number);
}
