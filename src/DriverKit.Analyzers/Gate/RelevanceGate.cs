using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
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
    [MethodImpl(Jit.AtOnce)]
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

    /// <summary>What the member around a node comes to. What is in no member that can be told apart comes to what the whole file does.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Reach ReachOf(SyntaxNode node)
    {
        if (!_numbers.TryGetValue(node.SyntaxTree, out int file))
            return Reach.All;
        var member = node.FirstAncestorOrSelf<MemberDeclarationSyntax>(static node => node is not GlobalStatementSyntax);
        return member is not null && _files[file].Find(member.SpanStart) is var known and >= 0 ? _closure.ReachOf(file, known) : _reachOfFile[file];
    }

    /// <summary>What the values put into a field or property of this compilation may bring.</summary>
    [MethodImpl(Jit.AtOnce)]
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
    [MethodImpl(Jit.AtOnce)]
    public IEnumerable<(SyntaxTree Tree, int Start)> MembersUsing(string name)
    {
        int number = NumberOf(name);
        return number < 0 ? [] : _closure.MembersUsing(number).Select(use => (_trees[use.File], _files[use.File].Members[use.Member].Span.Start));
    }

    /// <summary>The members that come to what is asked for, in the files of a type and in those that name it; each by its file and where it starts in it.</summary>
    public IEnumerable<(SyntaxTree Tree, int Start)> MembersReaching(Reach reach, INamedTypeSymbol type)
    {
        foreach (int file in FilesOf(type))
        {
            for (int member = 0; member < _files[file].Members.Length; member++)
            {
                if (_closure.ReachOf(file, member).HasFlags(reach))
                    yield return (_trees[file], _files[file].Members[member].Span.Start);
            }
        }
    }

    /// <summary>The files that a type is written in and those that name it.</summary>
    private SortedSet<int> FilesOf(INamedTypeSymbol type)
    {
        var files = OwnFilesOf(type);
        foreach (var (file, _) in _closure.MembersUsing(NumberOf(type.Name)))
            files.Add(file);
        return files;
    }

    private SortedSet<int> OwnFilesOf(INamedTypeSymbol type)
    {
        var files = new SortedSet<int>();
        foreach (var part in type.DeclaringSyntaxReferences)
        {
            if (_numbers.TryGetValue(part.SyntaxTree, out int own))
                files.Add(own);
        }

        return files;
    }

    /// <summary>The members that may use a member: those whose text has its name, where it can be seen.</summary>
    public IEnumerable<(SyntaxTree Tree, int Start)> MembersNaming(ISymbol member) => MembersNaming(member, static (_, _, _) => true);

    /// <summary>Of those, the ones that have the name in another place than before a parenthesis: they do more with it than to call it.</summary>
    public IEnumerable<(SyntaxTree Tree, int Start)> MembersMentioning(ISymbol member) => MembersNaming(member, static (file, index, name) => file.Mentions(file.Members[index], name));

    private IEnumerable<(SyntaxTree Tree, int Start)> MembersNaming(ISymbol member, Func<FileNames, int, int, bool> isAsked)
    {
        int name = NumberOf(member.Name);
        foreach (int file in FilesSeeing(member))
        {
            foreach (int index in _closure.MembersUsing(file, name))
            {
                if (isAsked(_files[file], index, name))
                    yield return (_trees[file], _files[file].Members[index].Span.Start);
            }
        }
    }

    /// <summary>The members in the text of a type that may put something into what has the name, or hand on a reference to it; which of the two, each says.</summary>
    public IEnumerable<(SyntaxTree Tree, int Start, bool Stores, bool Refers)> MembersStoring(INamedTypeSymbol type, string name)
    {
        int number = NumberOf(name);
        foreach (var (file, index) in MembersUsing(type, number))
        {
            var member = _files[file].Members[index];
            bool stores = _files[file].Stores(member, number), refers = _files[file].Refers(member, number);
            if (stores || refers)
                yield return (_trees[file], member.Span.Start, stores, refers);
        }
    }

    /// <summary>True when a member, other than one of that name, calls something of the method's name: of a private one in its type's own files, else anywhere.</summary>
    public bool IsCalled(IMethodSymbol method)
    {
        int name = NumberOf(method.Name);
        var uses = method.DeclaredAccessibility == Accessibility.Private
            ? OwnFilesOf(method.ContainingType).SelectMany(file => _closure.MembersUsing(file, name).Select(index => (file, index)))
            : _closure.MembersUsing(name);
        foreach (var (file, index) in uses)
        {
            ref readonly var member = ref _files[file].Members[index];
            if (Array.IndexOf(member.Names, name) < 0 && _files[file].Calls(member, name))
                return true;
        }

        return false;
    }

    /// <summary>The files that a member can be used in: its type's own, and unless it is private those that name the type.</summary>
    private IEnumerable<int> FilesSeeing(ISymbol member) => (member.ContainingType, member.DeclaredAccessibility) switch
    {
        (null, _) => Enumerable.Range(0, _files.Length),
        (var type, Accessibility.Private) => OwnFilesOf(type),
        (var type, _) => FilesOf(type),
    };

    /// <summary>True when a member of the type has the name in its text.</summary>
    public bool TypeUses(INamedTypeSymbol type, string name) => MembersUsing(type, NumberOf(name)).Any();

    /// <summary>The members in the text of a type that have the name in theirs, each by its file and its index there.</summary>
    private IEnumerable<(int File, int Index)> MembersUsing(INamedTypeSymbol type, int name)
    {
        foreach (var part in name < 0 ? [] : type.DeclaringSyntaxReferences)
        {
            if (!_numbers.TryGetValue(part.SyntaxTree, out int file))
                continue;
            foreach (int index in _closure.MembersUsing(file, name))
            {
                if (part.Span.Contains(_files[file].Members[index].Span))
                    yield return (file, index);
            }
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private int NumberOf(string name)
    {
        if (_known.TryGetValue(name, out int number))
            return number;
        lock (_vocabulary)
            number = _vocabulary.Pool.Find(name);
        return _known.GetOrAdd(name, number);
    }
}
