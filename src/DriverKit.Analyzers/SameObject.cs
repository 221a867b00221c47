using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <summary>Tells symbols apart by the object that stands for them, for what is kept so as not to be read again: the compiler has one object for a symbol, and what it hands out twice is read twice.
/// A question about the code itself is for <see cref="SymbolEqualityComparer"/>.</summary>
internal sealed class SameObject : IEqualityComparer<ISymbol>
{
    private SameObject()
    {
    }

    public static SameObject Instance { get; } = new();

    public bool Equals(ISymbol? left, ISymbol? right) => ReferenceEquals(left, right);

    public int GetHashCode(ISymbol symbol) => RuntimeHelpers.GetHashCode(symbol);
}
