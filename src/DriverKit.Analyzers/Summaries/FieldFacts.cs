using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>What every value ever stored in a field or property has in common: its origin, its kind, the method behind a delegate.</summary>
internal static class FieldFacts
{
    /// <summary>False when the names alone tell that nothing can be known: no address, no number of one and no method is ever stored, and
    /// no constant for good. Then the bodies that store it are not looked for.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static bool MayExist(ISymbol member, RelevanceGate gate, KnownSymbols symbols)
    {
        var (type, isFixed) = member switch
        {
            IFieldSymbol field => (field.Type, field.IsReadOnly),
            IPropertySymbol property => (property.Type, property.SetMethod is null),
            _ => (null, false),
        };
        var reach = gate.ReachOf(member);
        return reach.HasFlags(Reach.Origin) || reach.HasFlags(Reach.Number | Reach.Address)
            || type is { Name: "Page", ContainingNamespace.Name: "Physical" }
            || type is { TypeKind: TypeKind.Delegate or TypeKind.TypeParameter }
                or { SpecialType: SpecialType.System_Object or SpecialType.System_Delegate or SpecialType.System_MulticastDelegate }
            || (isFixed && symbols.AddressKindOf(type) is not null)
            || (isFixed && type is ({ TypeKind: TypeKind.Enum } or { SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_String }));
    }

    /// <summary>The common facts under the member's own name, or null when the stores disagree or some are out of sight.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static Value? Infer(ISymbol member, Session session)
    {
        if (session.Engine.Stores.StoringBodies(member) is not { } bodies)
            return null;
        var stores = bodies
            .SelectMany(body => session.StoresOf(body, member))
            .Where(store => SymbolEqualityComparer.Default.Equals(store.Member, member))
            .Select(static store => store.Value)
            .ToList();
        return Common(stores, member) is { } common && HasFacts(common) ? common : null;
    }

    /// <summary>What is put into an operation of the table that a field is initialised with; null when the initialiser does not tell.</summary>
    public static Value? InferOperation(IFieldSymbol table, IPropertySymbol operation, Session session)
    {
        var initialisers = session.Engine.Stores.StoringBodies(table)?.Where(body => session.SummaryOf(body).Stores.Any(store => SymbolEqualityComparer.Default.Equals(store.Member, table))).ToList();
        if (initialisers is not { Count: 1 } || !SymbolEqualityComparer.Default.Equals(initialisers[0].Symbol, table))
            return null;
        var stores = session.SummaryOf(initialisers[0]).Stores.Where(store => SymbolEqualityComparer.Default.Equals(store.Member, operation)).Select(static store => store.Value).ToList();
        return stores.Count == 1 && Common(stores, operation) is { Target: not null } common ? common : null;
    }

    [MethodImpl(Jit.AtOnce)]
    private static Value? Common(List<Value> stores, ISymbol member)
    {
        var telling = stores.Where(value => !value.Id.Equals(Sym.Const.Zero) && !IsOwn(value, member)).ToList();
        if (telling.Count == 0)
            return null;
        var first = telling[0];
        bool isFixed = stores.Count == 1 && member is IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null };
        return new Value(isFixed && first.Id is Sym.Const ? first.Id : Sym.Const.Zero)
        {
            IsAddress = first.IsAddress,
            IsFlags = first.IsFlags,
            Origin = telling.All(value => value.Origin?.Name == first.Origin?.Name) ? first.Origin : null,
            Kind = telling.All(value => value.Kind?.Name == first.Kind?.Name) ? first.Kind : null,
            Unit = telling.All(value => value.Unit == first.Unit) ? first.Unit : Unit.None,
            Distance = telling.Max(static value => value.Distance),
            Target = telling.All(value => Equals(value.Target, first.Target)) ? first.Target : null,
            TargetReceiver = first.TargetReceiver,
            Tags = new([.. first.Tags.Where(tag => telling.All(value => value.TagOf(tag.Name) is { } other && Equals(other.Detail, tag.Detail)))]),
        };
    }

    private static bool HasFacts(Value value) =>
        value.Origin is not null || value.Kind is not null || value.Target is not null || value.Tags.Count > 0 || !value.Id.Equals(Sym.Const.Zero);

    /// <summary>True when the value is the member's old one, moved on: it says nothing new.</summary>
    private static bool IsOwn(Value value, ISymbol member) =>
        value.Root is Sym.Member own && SymbolEqualityComparer.Default.Equals(own.Symbol, member);
}
