using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>Where a value lives.</summary>
internal abstract record Place
{
    /// <summary>A local variable or a parameter.</summary>
    internal sealed record Variable(ISymbol Symbol) : Place
    {
        [MethodImpl(Jit.AtOnce)]
        public bool Equals(Variable? other) => other is not null && SymbolEqualityComparer.Default.Equals(Symbol, other.Symbol);

        [MethodImpl(Jit.AtOnce)]
        public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Symbol);
    }

    /// <summary>A temporary of the flow graph.</summary>
    internal sealed record Capture(CaptureId Id) : Place
    {
        [MethodImpl(Jit.AtOnce)]
        public bool Equals(Capture? other) => other is not null && Id.Equals(other.Id);

        [MethodImpl(Jit.AtOnce)]
        public override int GetHashCode() => Id.GetHashCode();
    }

    /// <summary>A field or property of an instance, or a static one.</summary>
    internal sealed record Cell(Sym? Receiver, ISymbol Symbol) : Place
    {
        [MethodImpl(Jit.AtOnce)]
        public bool Equals(Cell? other) => other is not null && SymbolEqualityComparer.Default.Equals(Symbol, other.Symbol) && Equals(Receiver, other.Receiver);

        [MethodImpl(Jit.AtOnce)]
        public override int GetHashCode() => unchecked(((Receiver?.GetHashCode() ?? 0) * 31) + SymbolEqualityComparer.Default.GetHashCode(Symbol));
    }

    /// <summary>The remembered answer to a question that has no place of its own.</summary>
    internal sealed record Answer(Sym.Query Query) : Place;

    /// <summary>The memory that an address points to, all of it.</summary>
    internal sealed record Memory(Sym Base) : Place;

    /// <summary>What the method returns.</summary>
    internal sealed record Return : Place
    {
        public static Return Instance { get; } = new();
    }

    /// <summary>True when the place is still there after <paramref name="method"/> has returned.</summary>
    public bool Outlives(ISymbol method) => this switch
    {
        Return => true,
        Memory memory => memory.Base.IsFromEntry,
        Cell cell => cell.Receiver?.IsFromEntry ?? true,
        Variable { Symbol: IParameterSymbol { RefKind: RefKind.Ref or RefKind.Out } } => true,
        Variable variable => !SymbolEqualityComparer.Default.Equals(variable.Symbol.ContainingSymbol, method),
        _ => false,
    };
}
