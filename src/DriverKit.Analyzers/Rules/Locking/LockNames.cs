using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Locking;

/// <summary>How locks are named: in messages, and across the compilation.</summary>
internal static class LockNames
{
    /// <summary>The lock in words.</summary>
    public static string Of(Sym? name) => name switch
    {
        Sym.Member member => member.Symbol.Name,
        Sym.Entry entry => entry.Symbol.Name,
        _ => "the lock",
    };

    /// <summary>The field or property that a lock is in; null when it has no name that others can use.</summary>
    public static ISymbol? MemberOf(Sym? name) => name is Sym.Member member ? member.Symbol.OriginalDefinition : null;
}
