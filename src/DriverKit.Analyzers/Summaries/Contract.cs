using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Inference;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>What the contract attributes on a method say. Nothing is known of a kernel function but this.</summary>
internal sealed class Contract
{
    private const string UnknownOrigin = "Unknown";

    private static readonly HashSet<string> LockTypes = ["Spinlock", "Seqlock", "Rwlock", "KernelMutex", "KernelSemaphore", "RwSemaphore"];

    private readonly IMethodSymbol _method;
    private readonly ImmutableArray<ContractAttribute> _mightSleep;
    private readonly string? _returnsOrigin;
    private readonly Unit _returnsUnit;
    private readonly ImmutableArray<ContractAttribute> _acquires;
    private readonly ImmutableArray<ContractAttribute> _releases;
    private readonly ImmutableArray<Effect> _requirements;
    private readonly ContractAttribute? _allocates;
    private readonly ImmutableArray<(IParameterSymbol Parameter, ContractAttribute Contract)> _registers;
    private readonly ImmutableArray<(IParameterSymbol Parameter, ContractAttribute Contract)> _frees;
    private readonly Lazy<Summary> _alone;

    private Contract()
    {
        _method = null!;
        _alone = new(static () => Summary.Harmless);
        (Method, Return, Parameters) = ([], [], []);
        (_mightSleep, _acquires, _releases, _requirements, _registers, _frees) = ([], [], [], [], [], []);
    }

    private Contract(IMethodSymbol method, ImmutableArray<InferredItem> inferred)
    {
        _method = method;
        _alone = new(() => Combine(Summary.Harmless));
        Method = InferredAttributes.Add(inferred, method, InferredItem.OnMethod, ContractAttribute.Read(AttributesOf(method)));
        Return = InferredAttributes.Add(inferred, method, InferredItem.OnReturn, ContractAttribute.Read(method.GetReturnTypeAttributes()));
        Parameters = [.. method.Parameters.Select(parameter => InferredAttributes.Add(inferred, method, parameter.Ordinal, ContractAttribute.Read(parameter.GetAttributes())))];
        _mightSleep = [.. Method.Where(static attribute => attribute.Name == "MightSleep")];
        _acquires = [.. Method.Where(static attribute => attribute is { Name: "Acquires", Argument: not null })];
        _releases = [.. Method.Where(static attribute => attribute is { Name: "Releases", Argument: not null })];
        _returnsOrigin = FindIn(Return, "ReturnsOrigin")?.Argument is { } origin && origin != UnknownOrigin ? origin : null;
        _returnsUnit = UnitOf(Return);
        _allocates = FindIn(Return, "AllocatesWith");
        _registers = [.. ParametersWith("AllocatesWith")];
        _frees = [.. ParametersWith("FreesWith")];
        _requirements = [.. method.Parameters.SelectMany(RequirementsOf)];
    }

    /// <summary>Nothing is said.</summary>
    public static Contract Nothing { get; } = new();

    /// <summary>What is said of the method itself; for a delegate, of its type.</summary>
    public ImmutableArray<ContractAttribute> Method { get; }

    /// <summary>What is said of its result.</summary>
    public ImmutableArray<ContractAttribute> Return { get; }

    /// <summary>What is said of each parameter.</summary>
    public ImmutableArray<ImmutableArray<ContractAttribute>> Parameters { get; }

    /// <summary>True when nothing is said that the engine itself goes by.</summary>
    public bool IsEmpty => _mightSleep.IsEmpty && _acquires.IsEmpty && _releases.IsEmpty && _returnsOrigin is null && _requirements.IsEmpty
        && _allocates is null && _registers.IsEmpty && _frees.IsEmpty;

    /// <summary>True when the result depends on the arguments and on nothing else.</summary>
    public bool IsPure => Find("Pure") is not null;

    /// <summary>What the result counts.</summary>
    public Unit ReturnsUnit => _returnsUnit;

    [MethodImpl(Jit.AtOnce)]
    public ContractAttribute? Find(string name) => FindIn(Method, name);

    public ContractAttribute? FindOnReturn(string name) => FindIn(Return, name);

    [MethodImpl(Jit.AtOnce)]
    public ContractAttribute? FindOn(int parameter, string name) => parameter < Parameters.Length ? FindIn(Parameters[parameter], name) : null;

    /// <summary>What a method's attributes say, and beside them what was inferred of it when its assembly was built.</summary>
    [MethodImpl(Jit.AtOnce)]
    public static Contract Read(IMethodSymbol method, ImmutableArray<InferredItem> inferred) =>
        inferred.IsEmpty && !AttributesOf(method).Any() && method.GetReturnTypeAttributes().IsEmpty && method.Parameters.All(static parameter => parameter.GetAttributes().IsEmpty) ? Nothing : new(method, inferred);

    /// <summary>What a contract says a parameter, a property or a field counts.</summary>
    public static Unit UnitOf(ImmutableArray<ContractAttribute> contracts) =>
        FindIn(contracts, "Unit")?.Argument is { } name && Enum.TryParse(name, out Unit unit) ? unit : Unit.None;

    [MethodImpl(Jit.AtOnce)]
    public static ContractAttribute? FindIn(ImmutableArray<ContractAttribute> contracts, string name)
    {
        foreach (var contract in contracts)
        {
            if (contract.Name == name)
                return contract;
        }

        return null;
    }

    /// <summary>The summary with the contract's word put in the place of what was inferred.</summary>
    public Summary Apply(Summary inferred)
    {
        if (IsEmpty)
            return inferred;
        return ReferenceEquals(inferred, Summary.Harmless) ? _alone.Value : Combine(inferred);
    }

    [MethodImpl(Jit.AtOnce)]
    private Summary Combine(Summary inferred)
    {
        IEnumerable<State> cases = inferred.Cases;
        if (!_acquires.IsEmpty || !_releases.IsEmpty)
            cases = cases.SelectMany(WithHolds);
        if (IsPure && ReferenceEquals(inferred, Summary.Harmless))
            cases = cases.Select(WithPureResult);
        if (_returnsOrigin is not null || _allocates is not null)
            cases = cases.Select(WithResult);
        if (!_registers.IsEmpty)
            cases = cases.SelectMany(WithRegistrations);
        if (!_frees.IsEmpty)
            cases = cases.Select(WithReleases);
        var effects = inferred.Effects.Where(effect => _mightSleep.IsEmpty || effect is not SleepEffect).Concat(_requirements).Concat(_mightSleep.SelectMany(Sleep));
        effects = effects.Concat(Locks());
        return new([.. cases], [.. effects], inferred.Stores, inferred.Findings) { Raised = inferred.Raised, Slots = inferred.Slots, Notes = inferred.Notes, Nested = inferred.Nested };
    }

    /// <summary>What a pure function returns has the arguments in its name.</summary>
    private State WithPureResult(State state) =>
        state.With(Place.Return.Instance, new Value(new Sym.Query(_method, new([.. _method.Parameters.Select(static parameter => (Sym)new Sym.Entry(parameter))]))));

    private IEnumerable<Effect> Sleep(ContractAttribute mightSleep)
    {
        string? flagsParameter = mightSleep.Text("FlagsParameter");
        var flags = flagsParameter is null ? null : _method.Parameters.FirstOrDefault(parameter => parameter.Name == flagsParameter);
        if (flagsParameter is null || flags is not null)
        {
            yield return new SleepEffect(
                InferredAttributes.GuardOf(mightSleep, _method), InferredAttributes.ChainOf(mightSleep), EquatableArray<Release>.Empty, false, flags is null ? null : new Sym.Entry(flags), null, Sort(mightSleep, flags));
        }
    }

    private IEnumerable<Effect> Locks()
    {
        // What gives one lock back for another, as downgrade_write does, waits for nobody.
        if (_releases.Any(static release => Resources.IsLock(release.Argument!)))
            yield break;
        var counts = _acquires.Select(static acquire => acquire.Argument!).Where(static name => name is Resources.InterruptsOff or Resources.BottomHalves);
        foreach (var acquire in _acquires)
        {
            if (Resources.IsLock(acquire.Argument!) && ObjectOf(acquire) is { } taken)
                yield return new LockEffect(Effect.Always, [], acquire.Argument!, taken, EquatableArray<Release>.Empty, false, new([.. counts]), acquire.Text("When") is not (null or "Always") && _mightSleep.IsEmpty);
        }
    }

    private SleepSort Sort(ContractAttribute mightSleep, IParameterSymbol? flags) =>
        mightSleep.Text("Sort") is { } inferred && Enum.TryParse(inferred, out SleepSort sort) ? sort
        : Find("UserAccess") is not null ? SleepSort.UserAccess : flags is null ? SleepSort.Plain : SleepSort.Allocation;

    /// <summary>The state with what is released and taken; a lock that is taken only when the result says so makes two of it.</summary>
    private IEnumerable<State> WithHolds(State state)
    {
        var holds = State.Empty;
        foreach (var release in _releases)
            holds = holds.Release(new(default, release.Argument!, ObjectOf(release), DetailOf(release.Argument!)) { With = NamesOf(_releases) });
        string? when = null;
        var taken = holds;
        foreach (var acquire in _acquires)
        {
            when ??= acquire.Text("When") is { } meaning and not "Always" ? meaning : null;
            taken = taken.Acquire(new(default, acquire.Argument!, ObjectOf(acquire), DetailOf(acquire.Argument!), Body.NameOf(_method), null) { With = NamesOf(_acquires) });
        }

        if (when is null)
            return [state.WithHoldsOf(taken)];
        var (result, success) = Outcome(state, when);
        state = state.Find(Place.Return.Instance) is null ? state.With(Place.Return.Instance, new Value(result)) : state;
        return new[] { state.Assume(success, true)?.WithHoldsOf(taken), state.Assume(success, false)?.WithHoldsOf(holds) }.OfType<State>();
    }

    private static EquatableArray<string> NamesOf(ImmutableArray<ContractAttribute> contracts) => new([.. contracts.Select(static contract => contract.Argument!)]);

    /// <summary>The result and the condition on it that means success.</summary>
    private static (Sym Result, Sym Success) Outcome(State state, string meaning)
    {
        var result = state.Find(Place.Return.Instance)?.Id ?? new Sym.Made(default, 0);
        return (result, Success(result, meaning));
    }

    /// <summary>The condition on a result that a <c>ResultMeaning</c> speaks of.</summary>
    public static Sym Success(Sym result, string meaning) => meaning switch
    {
        "True" => result,
        "Zero" => SymFactory.IsZero(result),
        "NotNull" => SymFactory.Not(SymFactory.IsZero(result)),
        _ => SymFactory.Not(SymFactory.Less(result, Sym.Const.Zero)),
    };

    [MethodImpl(Jit.AtOnce)]
    public static bool IsLockType(ITypeSymbol type) => LockTypes.Contains(type.Name);

    /// <summary>The lock is the first parameter of a lock's type; the object of a slot is the address: the result where it is taken, the first parameter where it is released.</summary>
    private Sym? ObjectOf(ContractAttribute contract)
    {
        string resource = contract.Argument!;
        if (Resources.IsCount(resource))
            return null;
        if (resource == Resources.KmapAtomicSlot)
        {
            return _method.Parameters.FirstOrDefault(static parameter => parameter.Type.Name == "KernelVirtualAddress") is { } address && !_releases.IsEmpty
                ? new Sym.Entry(address)
                : new Sym.Made(default, 0);
        }

        if (contract.Text("Lock") is { } name)
            return _method.Parameters.FirstOrDefault(parameter => parameter.Name == name) is { } named ? new Sym.Entry(named) : null;
        return _method.Parameters.FirstOrDefault(static parameter => IsLockType(parameter.Type)) is { } parameter ? new Sym.Entry(parameter) : null;
    }

    /// <summary>The type of the slot, or the variable of the saved flags.</summary>
    private Sym? DetailOf(string resource)
    {
        string? type = resource switch { Resources.KmapAtomicSlot => "KmType", Resources.InterruptsOff => "IrqFlags", _ => null };
        return type is not null && _method.Parameters.FirstOrDefault(parameter => parameter.Type.Name == type && parameter.RefKind is RefKind.None or RefKind.Out) is { } detail
            ? new Sym.Entry(detail)
            : null;
    }

    private State WithResult(State state)
    {
        var value = state.Find(Place.Return.Instance) ?? new Value(new Sym.Made(default, 0));
        if (!_acquires.IsEmpty)
            state = state.Assume(SymFactory.IsZero(value.Id), false) ?? state;
        if (_returnsOrigin is not null)
            value = value with { Root = null, IsAddress = true, Origin = new Origin(_returnsOrigin, Body.NameOf(_method), Location.None) };
        state = state.With(Place.Return.Instance, value);
        return _allocates?.Argument is not { } allocator
            ? state
            : state.Track(value.Id, new(allocator, _allocates.Is("HandedOn") ? ObjectStatus.HandedOn : ObjectStatus.Owned, default, Body.NameOf(_method), null) { Detail = DetailOf(_allocates) });
    }

    /// <summary>A registration is made when the call succeeds. One that comes with an address of its own, as a mapping does, is known by that.</summary>
    private IEnumerable<State> WithRegistrations(State state)
    {
        if (_method.ReturnType is { IsValueType: true, SpecialType: SpecialType.None, Name: not "KernelResult" })
            return [WithMappings(state)];
        bool tells = !_method.ReturnsVoid;
        var (result, success) = Outcome(state, _method.ReturnType.IsReferenceType ? "NotNull" : "Success");
        if (tells && state.Find(Place.Return.Instance) is null)
            state = state.With(Place.Return.Instance, new Value(result));
        var made = tells ? state.Assume(success, true) ?? state : state;
        foreach (var (parameter, contract) in _registers)
        {
            if (contract.Argument is { } allocator)
                made = made.Track(KeyOf(parameter, allocator), new(allocator, ObjectStatus.Owned, default, Body.NameOf(_method), null) { Detail = DetailOf(contract) });
        }

        return tells && state.Assume(success, false) is { } failed ? [made, failed] : [made];
    }

    /// <summary>The address of a mapping is never null: kmap waits until it has one.</summary>
    private State WithMappings(State state)
    {
        var address = state.Find(Place.Return.Instance) ?? new Value(new Sym.Made(default, 0));
        state = state.With(Place.Return.Instance, address);
        state = state.Assume(SymFactory.IsZero(address.Id), false) ?? state;
        foreach (var (parameter, contract) in _registers)
        {
            if (contract.Argument is { } allocator)
                state = state.Track(address.Id, new(allocator, ObjectStatus.Owned, default, Body.NameOf(_method), null) { Detail = new Sym.Entry(parameter) });
        }

        return state;
    }

    /// <summary>Several allocators on one parameter: it is given back to whichever it came from.</summary>
    private State WithReleases(State state)
    {
        foreach (var frees in _frees.GroupBy(static frees => frees.Parameter.Ordinal))
        {
            var (parameter, contract) = frees.First();
            string allocators = string.Join("|", frees.Select(static pair => pair.Contract.Argument).Where(static name => name is not null));
            state = state.Track(KeyOf(parameter, allocators), new(allocators, ObjectStatus.Released, default, string.Empty, null)
            {
                ReleasedBy = Body.NameOf(_method),
                Detail = DetailOf(contract),
            });
        }

        return state;
    }

    /// <summary>What names the object: the pointer, or the argument that it is registered under.</summary>
    private static Sym KeyOf(IParameterSymbol parameter, string allocator) =>
        Tracked.IsRegistration(Tracked.FirstOf(allocator)) && allocator.IndexOf('|') < 0 ? new Sym.Registration(allocator, new Sym.Entry(parameter)) : new Sym.Entry(parameter);

    /// <summary>The argument that a release must repeat: the order of pages, the cache.</summary>
    private Sym? DetailOf(ContractAttribute contract) =>
        contract.Text("KeyParameter") is { } name && _method.Parameters.FirstOrDefault(parameter => parameter.Name == name) is { } detail
            ? new Sym.Entry(detail)
            : null;

    [MethodImpl(Jit.AtOnce)]
    private IEnumerable<(IParameterSymbol Parameter, ContractAttribute Contract)> ParametersWith(string name) =>
        _method.Parameters.SelectMany(parameter => Parameters[parameter.Ordinal].Where(contract => contract.Name == name).Select(contract => (parameter, contract)));

    private IEnumerable<Effect> RequirementsOf(IParameterSymbol parameter)
    {
        // What a release is given has an allocator, and that is what it is judged by.
        if (FindIn(Parameters[parameter.Ordinal], "FreesWith") is not null)
            yield break;
        foreach (var contract in Parameters[parameter.Ordinal])
        {
            if (contract is not { Name: "RequiresOrigin", Argument: { } required } || required == UnknownOrigin)
                continue;
            var alternative = contract.Type("VmallocAlternativeType") is { } holder && contract.Text("VmallocAlternative") is { } function
                ? new Alternative(holder.ToDisplayString(), function)
                : null;
            yield return new OriginEffect(Effect.Always, InferredAttributes.ChainOf(contract), new Sym.Entry(parameter), required, alternative);
        }
    }

    private static IEnumerable<AttributeData> AttributesOf(IMethodSymbol method)
    {
        for (IMethodSymbol? declaring = method; declaring is not null; declaring = declaring.OverriddenMethod)
        {
            foreach (var attribute in declaring.GetAttributes())
                yield return attribute;
        }

        if (method is { MethodKind: MethodKind.DelegateInvoke, ContainingType: { } type })
        {
            foreach (var attribute in type.GetAttributes())
                yield return attribute;
        }
    }
}
