using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Gate;

/// <summary>The words of all code that is written against one DriverKit, numbered, and what each file says in them. It lives as long as the compiler keeps that DriverKit: in an
/// editor, over all edits of a solution. Whoever uses it locks it.</summary>
internal sealed class Vocabulary
{
    private static readonly string[] PlainWords = ["Capable", "Complete", "Current", "Down", "Load", "Major", "Minor", "Schedule", "Store", "Yield"];
    private static readonly ConditionalWeakTable<ISymbol, Vocabulary> Known = new();

    private readonly ConditionalWeakTable<SyntaxTree, FileNames> _files = new();
    private readonly ConditionalWeakTable<SyntaxTree, object> _usesKernel = new();
    private readonly FileNames.Reader _reader;
    private readonly int _tellingNames;
    private char[] _buffer = new char[1 << 16];
    private ImmutableArray<IAssemblySymbol> _seedsFor;
    private Dictionary<string, Reach> _seeds = [];

    private Vocabulary(KnownSymbols symbols)
    {
        foreach (string name in symbols.HeaderMethods.Select(static method => method.Name).Where(IsTellingFunction))
            Pool.Add(name);
        foreach (string name in symbols.HeaderNames.Concat(Seeds.OwnNames).Concat(symbols.Types.Select(static type => type.Name)).Where(IsTelling))
            Pool.Add(name);
        _tellingNames = Pool.Count;
        _reader = new(Pool);
    }

    public NamePool Pool { get; } = new();

    public static Vocabulary Of(KnownSymbols symbols) => Known.GetValue(symbols.MightSleepAttribute.ContainingAssembly, _ => new(symbols));

    /// <summary>True when a name that only DriverKit has is a word of the file, in whatever place.</summary>
    public bool UsesKernel(SyntaxTree tree, CancellationToken cancellation)
    {
        if (!_usesKernel.TryGetValue(tree, out object known))
        {
            cancellation.ThrowIfCancellationRequested();
            known = FindKernel(tree);
            _usesKernel.Add(tree, known);
        }

        return (bool)known;
    }

    [MethodImpl(Jit.AtOnce)]
    public FileNames NamesOf(SyntaxTree tree, CancellationToken cancellation)
    {
        if (_files.TryGetValue(tree, out var known))
            return known;
        cancellation.ThrowIfCancellationRequested();
        var members = MemberNames.Of(tree.GetRoot(cancellation), Pool).OrderBy(static member => member.Span.Start).ToArray();
        known = _reader.Read(members, TextOf(tree));
        _files.Add(tree, known);
        return known;
    }

    /// <summary>DriverKit's names with what they come to; kept while the compilation refers to the same assemblies.</summary>
    public Dictionary<string, Reach> SeedsOf(Compilation compilation, KnownSymbols symbols)
    {
        var references = compilation.SourceModule.ReferencedAssemblySymbols;
        if (_seedsFor.IsDefault || !_seedsFor.SequenceEqual(references, static (left, right) => SymbolEqualityComparer.Default.Equals(left, right)))
        {
            _seeds = Seeds.Of(compilation, symbols);
            _seedsFor = references;
        }

        return _seeds;
    }

    /// <summary>A name of two words or more is nobody else's, and neither is Kmalloc; Load, Store and Complete anybody may have.</summary>
    public static bool IsTelling(string name)
    {
        int capitals = 0;
        foreach (char letter in name)
            capitals += letter is >= 'A' and <= 'Z' ? 1 : 0;
        return capitals > 1;
    }

    /// <summary>Kernel functions of one word, without those that are plain English.</summary>
    private static bool IsTellingFunction(string name) => name.Length > 3 && Array.IndexOf(PlainWords, name) < 0;

    private bool FindKernel(SyntaxTree tree)
    {
        var words = new Words(TextOf(tree));
        while (words.MoveNext())
        {
            if (Pool.Find(words.Current, words.Hash) is var word and >= 0 && word < _tellingNames)
                return true;
        }

        return false;
    }

    private ReadOnlySpan<char> TextOf(SyntaxTree tree)
    {
        var text = tree.GetText();
        if (_buffer.Length < text.Length)
            _buffer = new char[text.Length * 2];
        text.CopyTo(0, _buffer, 0, text.Length);
        return _buffer.AsSpan(0, text.Length);
    }
}
