using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Summaries;

/// <summary>Where methods are put that the kernel calls: operations, handlers, timers, a module's Init and Exit.</summary>
/// <remarks>Looked for by name: only the members that name the method are run.</remarks>
internal sealed class EntryIndex(FlowEngine engine)
{
    private readonly ConcurrentDictionary<IMethodSymbol, ImmutableArray<SlotStore>> _entries = new(SymbolEqualityComparer.Default);

    /// <summary>The slots that a method is put in anywhere in the compilation.</summary>
    [MethodImpl(Jit.AtOnce)]
    public ImmutableArray<SlotStore> Of(IMethodSymbol method, CancellationToken cancellation)
    {
        method = method.OriginalDefinition;
        if (_entries.TryGetValue(method, out var known))
            return known;
        return _entries.GetOrAdd(method, Find(method, cancellation));
    }

    [MethodImpl(Jit.AtOnce)]
    private ImmutableArray<SlotStore> Find(IMethodSymbol method, CancellationToken cancellation)
    {
        ImmutableArray<SlotStore> stores = [.. Overridden(method).Concat(Stored(method, cancellation))];
        return stores.IsEmpty && InForm(method) is { } store ? [store] : stores;
    }

    /// <summary>A method in the form of an operation, that nothing in the compilation names, is for others to put into its slot.</summary>
    [MethodImpl(Jit.AtOnce)]
    private SlotStore? InForm(IMethodSymbol method) =>
        method.MethodKind == MethodKind.Ordinary && engine.Symbols.OperationInFormOf(method) is { } slot && engine.Symbols.SlotOf(slot) is { } contract
            && engine.Gate.MembersUsing(method.Name).All(use => engine.Bodies.In(use.Tree, use.Start).All(body => SymbolEqualityComparer.Default.Equals(body.Symbol, method)))
            ? new(new Target(method, engine.Bodies.Of(method)), slot, contract, method.Locations.FirstOrDefault() ?? Location.None)
            : null;

    /// <summary>What the method overrides or implements may be a slot itself; so may the method, which then says that it must not sleep.</summary>
    private IEnumerable<SlotStore> Overridden(IMethodSymbol method)
    {
        if ((Promised(method) ?? Implemented(method).Select(Promised).FirstOrDefault(static promise => promise is not null)) is { } promised)
            yield return new(new Target(method, engine.Bodies.Of(method)), promised.Slot, promised.Contract, method.Locations.FirstOrDefault() ?? Location.None);
        for (var overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
        {
            if (engine.Symbols.SlotOf(overridden) is { } contract)
            {
                yield return new(new Target(method, engine.Bodies.Of(method)), overridden, contract, method.Locations.FirstOrDefault() ?? Location.None);
                yield break;
            }
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private (IMethodSymbol Slot, SlotContract Contract)? Promised(IMethodSymbol method) =>
        engine.Symbols.SlotOf(method) is { IsAtomic: true } contract ? (method, contract) : null;

    private static IEnumerable<IMethodSymbol> Implemented(IMethodSymbol method) =>
        method.ContainingType is { TypeKind: not TypeKind.Interface } type
            ? type.AllInterfaces.SelectMany(static each => each.GetMembers()).OfType<IMethodSymbol>()
                .Where(member => SymbolEqualityComparer.Default.Equals(type.FindImplementationForInterfaceMember(member), method))
            : [];

    [MethodImpl(Jit.AtOnce)]
    private IEnumerable<SlotStore> Stored(IMethodSymbol method, CancellationToken cancellation)
    {
        if (method.MethodKind != MethodKind.Ordinary)
            return [];
        return BodiesAt(engine.Gate.MembersMentioning(method)).SelectMany(body => engine.Analyze(body, cancellation).Slots)
            .Where(store => SymbolEqualityComparer.Default.Equals(store.Target.Method.OriginalDefinition, method)).ToList();
    }

    /// <summary>True when a call by its name is written anywhere.</summary>
    public bool IsCalled(IMethodSymbol method) => engine.Gate.IsCalled(method);

    /// <summary>The bodies that may use a member: those whose text has its name, where it can be seen.</summary>
    public IEnumerable<Body> BodiesNaming(ISymbol member) => BodiesAt(engine.Gate.MembersNaming(member));

    private IEnumerable<Body> BodiesAt(IEnumerable<(SyntaxTree Tree, int Start)> members) => members.SelectMany(member => engine.Bodies.In(member.Tree, member.Start));
}
