using System;
using System.Collections.Concurrent;
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
    private readonly Vocabulary _vocabulary;
    private readonly SyntaxTree[] _trees;
    private readonly FileNames[] _files;
    private readonly Closure _closure;
    private readonly Reach[] _reachOfFile;
    private readonly Dictionary<SyntaxTree, int> _numbers = [];
    private readonly ConcurrentDictionary<string, int> _known = new();

    private RelevanceGate(Vocabulary vocabulary, SyntaxTree[] trees, FileNames[] files, Closure closure)
    {
        _vocabulary = vocabulary;
        _trees = trees;
        _files = files;
        _closure = closure;
        _reachOfFile = [.. files.Select((_, file) => closure.ReachOf(file))];
        for (int file = 0; file < trees.Length; file++)
            _numbers[trees[file]] = file;
    }

    /// <summary>The gate of a compilation; null when no member of it comes to DriverKit.</summary>
    public static RelevanceGate? For(Compilation compilation, KnownSymbols symbols, CancellationToken cancellation)
    {
        SyntaxTree[] trees = [.. compilation.SyntaxTrees];
        var vocabulary = Vocabulary.Of(symbols);
        lock (vocabulary)
        {
            bool isAnyFolder = Seeds.InferredNames(compilation).Any();
            var folders = new HashSet<string>(trees.Where(tree => vocabulary.UsesKernel(tree, cancellation)).Select(FolderOf));
            if (!isAnyFolder && folders.Count == 0)
                return null;
            FileNames[] files = [.. trees.Select(tree => vocabulary.NamesOf(tree, cancellation))];
            var closure = new Closure(files, vocabulary.SeedsOf(compilation, symbols), vocabulary.Pool);
            return closure.Close(file => isAnyFolder || folders.Contains(FolderOf(trees[file]))) ? new(vocabulary, trees, files, closure) : null;
        }
    }

    /// <summary>Beside a file with names that only DriverKit has, a name such as Load or Down is DriverKit's too.</summary>
    private static string FolderOf(SyntaxTree tree)
    {
        int end = tree.FilePath.LastIndexOfAny(['/', '\\']);
        return end < 0 ? string.Empty : tree.FilePath.Substring(0, end);
    }

    /// <summary>What the member around a node comes to; beside a member that comes to the kernel it may fill in a table of operations without naming it. What is in no member that can be told apart comes to what the whole file does.</summary>
    public Reach ReachOf(SyntaxNode node)
    {
        if (!_numbers.TryGetValue(node.SyntaxTree, out int file))
            return Reach.All;
        var member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>(static node => node is not GlobalStatementSyntax);
        return member is not null && _files[file].Find(member.SpanStart) is var known and >= 0 ? _closure.ReachOf(file, known) | (_reachOfFile[file] & Reach.Kernel) : _reachOfFile[file];
    }

    /// <summary>What the values put into a field or property of this compilation may bring.</summary>
    public Reach ReachOf(ISymbol member)
    {
        int name = NumberOf(member.Name);
        if (name < 0)
            return Reach.None;
        var reach = _closure.ReachOfName(name);
        foreach (var reference in member.DeclaringSyntaxReferences)
        {
            if (_numbers.TryGetValue(reference.SyntaxTree, out int file))
                reach |= _closure.ReachOfName(file, name);
        }

        return reach;
    }

    /// <summary>The members whose text has a name, each by its file and where it starts in it.</summary>
    public IEnumerable<(SyntaxTree Tree, int Start)> MembersUsing(string name)
    {
        int number = NumberOf(name);
        return number < 0 ? [] : _closure.MembersUsing(number).Select(use => (_trees[use.File], _files[use.File].Members[use.Member].Span.Start));
    }

    /// <summary>The members of some files that come to what is asked for, each by its file and where it starts in it.</summary>
    public IEnumerable<(SyntaxTree Tree, int Start)> MembersReaching(Reach reach, Func<SyntaxTree, bool> isAsked)
    {
        for (int file = 0; file < _files.Length; file++)
        {
            if (!isAsked(_trees[file]))
                continue;
            for (int member = 0; member < _files[file].Members.Length; member++)
            {
                if (_closure.ReachOf(file, member).HasFlags(reach))
                    yield return (_trees[file], _files[file].Members[member].Span.Start);
            }
        }
    }

    /// <summary>True when a member of one of the files, other than one of that name, calls something of the name.</summary>
    public bool IsCalled(string name, Func<SyntaxTree, bool> isAsked)
    {
        int number = NumberOf(name);
        if (number < 0)
            return false;
        foreach (var (file, index) in _closure.MembersUsing(number))
        {
            ref readonly var member = ref _files[file].Members[index];
            if (!isAsked(_trees[file]) || Array.IndexOf(member.Names, number) >= 0)
                continue;
            foreach (int use in _files[file].WordsOf(member))
            {
                if (FileNames.WordOf(use) == number && FileNames.IsCalled(use))
                    return true;
            }
        }

        return false;
    }

    /// <summary>True when a member of the file has the name in its text.</summary>
    public bool FileUses(SyntaxTree tree, string name) =>
        _numbers.TryGetValue(tree, out int file) && NumberOf(name) is var number and >= 0 && _closure.Uses(file, number);

    private int NumberOf(string name)
    {
        if (_known.TryGetValue(name, out int number))
            return number;
        lock (_vocabulary)
            number = _vocabulary.Pool.Find(name);
        return _known.GetOrAdd(name, number);
    }
}
