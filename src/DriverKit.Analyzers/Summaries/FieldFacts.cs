using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>What every value ever stored in a field or property has in common: its origin, its kind, the method behind a delegate.</summary>
internal static class FieldFacts
{
    /// <summary>The common facts under the member's own name, or null when the stores disagree or some are out of sight.</summary>
    public static Value? Infer(ISymbol member, Session session)
    {
        if (session.Engine.Stores.StoringBodies(member) is not { } bodies)
            return null;
        var stores = bodies.OrderBy(static body => body.Key.Span)
            .SelectMany(body => session.SummaryOf(body).Stores)
            .Where(store => SymbolEqualityComparer.Default.Equals(store.Member, member))
            .Select(static store => store.Value)
            .ToList();
        return Common(stores, member) is { } common && HasFacts(common) ? common : null;
    }

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
            Distance = telling.Max(static value => value.Distance),
            Target = telling.All(value => Equals(value.Target, first.Target)) ? first.Target : null,
            TargetReceiver = first.TargetReceiver,
        };
    }

    private static bool HasFacts(Value value) =>
        value.Origin is not null || value.Kind is not null || value.Target is not null || !value.Id.Equals(Sym.Const.Zero);

    /// <summary>True when the value is the member's old one, moved on: it says nothing new.</summary>
    private static bool IsOwn(Value value, ISymbol member) =>
        value.Root is Sym.Member own && SymbolEqualityComparer.Default.Equals(own.Symbol, member);
}
