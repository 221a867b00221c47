using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>What the contract attributes on a method say. Nothing is known of a kernel function but this.</summary>
internal sealed class Contract
{
    private const string AtomicSlot = "KmapAtomicSlot";
    private const string UnknownOrigin = "Unknown";

    private readonly IMethodSymbol _method;
    private readonly bool _mightSleep;
    private readonly string? _flagsParameter;
    private readonly int _acquires;
    private readonly int _releases;
    private readonly string? _returnsOrigin;
    private readonly ImmutableArray<OriginEffect> _requirements;
    private readonly Lazy<Summary> _alone;

    private Contract(IMethodSymbol method, KnownSymbols symbols)
    {
        _method = method;
        _alone = new(() => Combine(Summary.Harmless));
        foreach (var attribute in AttributesOf(method))
        {
            if (Is(attribute, symbols.MightSleepAttribute))
            {
                _mightSleep = true;
                _flagsParameter = attribute.NamedArguments.FirstOrDefault(static pair => pair.Key == "FlagsParameter").Value.Value as string;
            }
            else if (Is(attribute, symbols.AcquiresAttribute) && NameOfArgument(attribute) == AtomicSlot)
            {
                _acquires++;
            }
            else if (Is(attribute, symbols.ReleasesAttribute) && NameOfArgument(attribute) == AtomicSlot)
            {
                _releases++;
            }
        }

        _returnsOrigin = method.GetReturnTypeAttributes().Where(attribute => Is(attribute, symbols.ReturnsOriginAttribute))
            .Select(NameOfArgument).FirstOrDefault(static name => name != UnknownOrigin);
        _requirements = [.. method.Parameters.SelectMany(parameter => RequirementsOf(parameter, symbols))];
    }

    public bool IsEmpty => !_mightSleep && _acquires + _releases == 0 && _returnsOrigin is null && _requirements.IsEmpty;

    public static Contract Read(IMethodSymbol method, KnownSymbols symbols) => new(method, symbols);

    /// <summary>The summary with the contract's word put in the place of what was inferred.</summary>
    public Summary Apply(Summary inferred)
    {
        if (IsEmpty)
            return inferred;
        return ReferenceEquals(inferred, Summary.Harmless) ? _alone.Value : Combine(inferred);
    }

    private Summary Combine(Summary inferred)
    {
        var cases = inferred.Cases;
        if (_acquires + _releases > 0)
            cases = [.. cases.Select(WithContractSlots)];
        if (_returnsOrigin is { } origin)
            cases = [.. cases.Select(state => WithReturnOrigin(state, origin))];
        var effects = inferred.Effects.Where(effect => !_mightSleep || effect is not SleepEffect).Concat(_requirements);
        if (_mightSleep)
            effects = effects.Concat(Sleep());
        return new(cases, [.. effects], inferred.Stores, inferred.Findings);
    }

    private IEnumerable<Effect> Sleep()
    {
        var flags = _flagsParameter is null ? null : _method.Parameters.FirstOrDefault(parameter => parameter.Name == _flagsParameter);
        if (_flagsParameter is null || flags is not null)
            yield return new SleepEffect(Effect.Always, [], 0, flags is null ? null : new Sym.Entry(flags), null);
    }

    private State WithContractSlots(State state)
    {
        var slots = State.Empty;
        for (int i = 0; i < _releases; i++)
            slots = slots.Release();
        for (int i = 0; i < _acquires; i++)
            slots = slots.Acquire(new Slot(default, Body.NameOf(_method), null));
        return state.WithSlotsOf(slots);
    }

    private State WithReturnOrigin(State state, string origin)
    {
        var value = state.Find(Place.Return.Instance) ?? new Value(new Sym.Made(default, 0));
        if (_acquires > 0)
            state = state.Assume(SymFactory.IsZero(value.Id), false) ?? state;
        return state.With(Place.Return.Instance, value with
        {
            Root = null,
            IsAddress = true,
            Origin = new Origin(origin, Body.NameOf(_method), Location.None),
        });
    }

    private IEnumerable<OriginEffect> RequirementsOf(IParameterSymbol parameter, KnownSymbols symbols)
    {
        foreach (var attribute in parameter.GetAttributes())
        {
            if (!Is(attribute, symbols.RequiresOriginAttribute) || NameOfArgument(attribute) is not { } required || required == UnknownOrigin)
                continue;
            var named = attribute.NamedArguments.ToImmutableDictionary();
            var alternative = named.TryGetValue("VmallocAlternativeType", out var type) && type.Value is INamedTypeSymbol holder
                && named.TryGetValue("VmallocAlternative", out var name) && name.Value is string function
                    ? new Alternative(holder.ToDisplayString(), function)
                    : null;
            yield return new(Effect.Always, [], new Sym.Entry(parameter), required, alternative);
        }
    }

    private static IEnumerable<AttributeData> AttributesOf(IMethodSymbol method)
    {
        IMethodSymbol? declaring = method;
        while (declaring is not null)
        {
            foreach (var attribute in declaring.GetAttributes())
                yield return attribute;
            declaring = declaring.OverriddenMethod;
        }

        if (method is { MethodKind: MethodKind.DelegateInvoke, ContainingType: { } type })
        {
            foreach (var attribute in type.GetAttributes())
                yield return attribute;
        }
    }

    private static bool Is(AttributeData attribute, INamedTypeSymbol? type) =>
        type is not null && SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, type);

    /// <summary>The name of the enum member that is the attribute's one argument.</summary>
    private static string? NameOfArgument(AttributeData attribute) =>
        attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Enum, Type: { } type, Value: { } value }
            ? type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => field.HasConstantValue && value.Equals(field.ConstantValue))?.Name
            : null;
}
