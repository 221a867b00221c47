using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>What a callee's inputs are at one call: turns what its summary says into the caller's terms.</summary>
internal sealed class Binding
{
    private readonly Evaluator _caller;
    private readonly Target _target;
    private readonly Value _receiver;
    private readonly SyntaxNode _call;
    private readonly State _before;
    private (Sym Callee, Sym Caller)? _result;
    private readonly HashSet<Sym> _written = [];
    private readonly Dictionary<ISymbol, Value> _arguments = new(SymbolEqualityComparer.Default);

    public Binding(Evaluator caller, Target target, Value? receiver, List<Value> arguments, SyntaxNode call)
    {
        _caller = caller;
        _target = target;
        _receiver = receiver ?? new(Sym.This.Instance);
        _call = call;
        _before = caller.State;
        Bind(target.Method.OriginalDefinition, arguments);
        if (target.Body?.Method is { } method && !ReferenceEquals(method, target.Method.OriginalDefinition))
            Bind(method, arguments);
    }

    [MethodImpl(Jit.AtOnce)]
    private void Bind(IMethodSymbol method, List<Value> arguments)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Ordinal < arguments.Count)
                _arguments[parameter] = arguments[parameter.Ordinal];
        }
    }

    /// <summary>Tells the value of this call from those of other calls that the compiler made of the same code.</summary>
    public int ResultTag => TagOf(_target.Method);

    [MethodImpl(Jit.AtOnce)]
    public static int TagOf(IMethodSymbol method)
    {
        int tag = 1;
        foreach (char letter in method.MetadataName)
            tag = unchecked((tag * 31) + letter);
        return tag | int.MinValue;
    }

    /// <summary>The caller's value for one of the callee's; null for what the callee made itself.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Value? Lift(Sym sym)
    {
        switch (sym)
        {
            case var _ when _result is { } result && result.Callee.Equals(sym):
                return new(result.Caller);
            case Sym.Made made when _written.Contains(made):
                return new(NameOfWritten(made));
            case Sym.Const:
                return new(sym);
            case Sym.Entry entry:
                return _arguments.TryGetValue(entry.Symbol, out var argument) ? argument : VariableOf(entry);
            case Sym.This:
                return _receiver;
            case Sym.Member { Receiver: null }:
                return _caller.PeekCell(new(null, ((Sym.Member)sym).Symbol));
            case Sym.Member member:
                return Lift(member.Receiver!) is { } receiver ? _caller.PeekMember(receiver, member.Symbol) : null;
            case Sym.Not not:
                return Lift(not.Operand) is { } operand ? new(SymFactory.Not(operand.Id)) : null;
            case Sym.Bits bits:
                return Lift(bits.Operand) is { } number ? new(SymFactory.Bits(bits.IsAnd, number.Id, bits.Mask)) : null;
            case Sym.Compare compare:
                if (Lift(compare.Left) is not { } left || Lift(compare.Right) is not { } right)
                    return null;
                return new(compare.IsEqual ? SymFactory.Equal(left.Id, right.Id) : SymFactory.Less(left.Id, right.Id));
            case Sym.And and:
                return Lift(and.Left) is { } first && Lift(and.Right) is { } second ? new(SymFactory.And(first.Id, second.Id)) : null;
            case Sym.Arithmetic sum:
                return Lift(sum.Left) is { } one && Lift(sum.Right) is { } other ? new(SymFactory.Arithmetic(sum.Operator, one.Id, other.Id)) : null;
            case Sym.Registration registration:
                return Lift(registration.Key) is { } key ? new(new Sym.Registration(registration.Allocator, key.Id)) : null;
            case Sym.Query query:
                var about = query.Arguments.Select(Lift).ToList();
                return about.Contains(null) ? null : _caller.PeekAnswer(new(query.Symbol, new([.. about.Select(static value => value!.Id)])));
            default:
                return null;
        }
    }

    /// <summary>The caller's guard for one of the callee's; null when the call cannot fulfil it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Map<Sym, bool>? Lift(Map<Sym, bool> guard)
    {
        var state = _before;
        foreach (var fact in guard)
        {
            if (Lift(fact.Key) is not { } condition)
                continue;
            if (state.Assume(condition.Id, fact.Value) is not { } assumed)
                return null;
            state = assumed;
        }

        return state.EntryFacts();
    }

    /// <summary>The caller's state when the callee ends this way; null when the call cannot end so.</summary>
    [MethodImpl(Jit.AtOnce)]
    public State? Enter(State state, State end)
    {
        foreach (var fact in end.Facts)
        {
            if (Lift(fact.Key) is not { } condition)
                continue;
            if (state.Assume(condition.Id, fact.Value) is not { } assumed)
                return null;
            state = assumed;
        }

        foreach (var number in end.Bounded)
        {
            if (Lift(number) is { } value)
                state = state.Bound(value.Id);
        }

        foreach (object asked in end.Questioned)
        {
            if (asked is Deed deed && Lift(deed.About) is { } about)
                state = state.Did(deed.What, about.Id);
            else if (asked is Sym root && Lift(root) is { } value)
                state = state.Question(value.Origin).Question(value.Root);
        }

        return state;
    }

    /// <summary>In place of a tag: what a callee writes keeps as many names as it has there.</summary>
    public const int Written = 1;

    /// <summary>The caller's value for one that the callee returns or writes.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Value Lift(Value value, int tag)
    {
        var id = Lift(value.Id);
        var root = value.Root is null ? null : Lift(value.Root);
        var origin = value.Origin is { } made ? made with { By = Through(made.By, made.At == Location.None), At = _call.GetLocation() } : root?.Origin;
        return new Value(id?.Id ?? new Sym.Made(_call.Span, tag == Written ? value.Id.GetHashCode() : tag))
        {
            IsAddress = value.IsAddress,
            IsFlags = value.IsFlags,
            Unit = value.Unit,
            Tags = value.Tags.Count == 0 ? root?.Tags ?? default : new([.. value.Tags.Select(Lift).Concat(root?.Tags.Where(tag => value.TagOf(tag.Name) is null) ?? [])]),
            Disguise = value.Disguise is { } disguise ? disguise with { At = _call.GetLocation() } : root?.Disguise,
            Origin = origin,
            Root = origin is null ? root?.Root : null,
            Kind = value.Kind is { } kind ? kind with { At = _call.GetLocation() } : value.IsAddress || value.Distance == Distance.Likely ? null : root?.Kind,
            Distance = value.Distance > (root?.Distance ?? Distance.No) ? value.Distance : root?.Distance ?? Distance.No,
            Target = value.Target ?? id?.Target,
            TargetReceiver = value.TargetReceiver is { } receiver ? Lift(receiver)?.Id : id?.TargetReceiver,
        };
    }

    [MethodImpl(Jit.AtOnce)]
    public Place? Lift(Place place) => place switch
    {
        Place.Cell { Receiver: null } => place,
        Place.Memory memory => Lift(memory.Base) is { } address ? new Place.Memory(address.Id) : null,
        Place.Cell cell => Lift(cell.Receiver!) is { } receiver ? new Place.Cell(receiver.Id, cell.Symbol) : null,
        Place.Variable variable when !_arguments.ContainsKey(variable.Symbol) => variable,
        _ => null,
    };

    [MethodImpl(Jit.AtOnce)]
    public Hold Lift(Hold hold) => hold with
    {
        Site = _call.Span,
        Object = LiftName(hold.Object),
        Detail = LiftName(hold.Detail),
        By = Through(hold.By, hold.At is null),
        At = _call.GetLocation(),
    };

    [MethodImpl(Jit.AtOnce)]
    public Release Lift(Release release) => release with { Site = _call.Span, Object = LiftName(release.Object), Detail = LiftName(release.Detail) };

    /// <summary>An object of the callee's as the caller sees it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Tracked Lift(Tracked tracked) => tracked with
    {
        Site = _call.Span,
        By = tracked.By.Length == 0 ? string.Empty : Through(tracked.By, tracked.At is null),
        At = tracked.By.Length == 0 ? null : _call.GetLocation(),
        Detail = LiftName(tracked.Detail),
        ReleasedBy = tracked.ReleasedBy.Length == 0 ? string.Empty : Through(tracked.ReleasedBy, tracked.ReleasedAt is null),
        ReleasedAt = tracked.ReleasedBy.Length == 0 ? null : _call.GetLocation(),
    };

    [MethodImpl(Jit.AtOnce)]
    private Tag Lift(Tag tag) => tag with { By = Through(tag.By, tag.At == Location.None), At = _call.GetLocation(), Detail = LiftName(tag.Detail) };

    [MethodImpl(Jit.AtOnce)]
    public Mark Lift(Mark mark) => mark with { By = Through(mark.By, false), At = _call.GetLocation() };

    /// <summary>The caller's name for what the callee knows by one; for what the callee made itself, a name of this call.</summary>
    public Sym? LiftName(Sym? sym) => sym is null ? null : Lift(sym)?.Id ?? new Sym.Made(_call.Span, sym.GetHashCode());

    /// <summary>From here on, the parameter is what the callee has put into it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public void PutOut(IParameterSymbol parameter, Value value)
    {
        foreach (var own in _arguments.Keys.OfType<IParameterSymbol>().Where(own => own.Ordinal == parameter.Ordinal).ToList())
            _arguments[own] = value;
    }

    /// <summary>From here on, what the callee returned is the call's value.</summary>
    [MethodImpl(Jit.AtOnce)]
    public void Returned(State end, Value result)
    {
        if (end.Find(Place.Return.Instance) is { } returned && !returned.Id.IsFromEntry)
            _result = (returned.Id, result.Id);
    }

    /// <summary>What the callee has made and put into its <c>out</c> parameters has a name with the caller too: what is returned may be a condition on it.</summary>
    [MethodImpl(Jit.AtOnce)]
    public void PutsOut(State end)
    {
        foreach (var entry in end.Store)
        {
            if (entry.Key is Place.Variable { Symbol: IParameterSymbol { RefKind: RefKind.Out } parameter } && _arguments.ContainsKey(parameter) && entry.Value.Id is Sym.Made made)
                _written.Add(made);
        }
    }

    /// <summary>What the callee learnt of what it has put out, as conditions and bounds on the caller's names.</summary>
    public State Learn(State state, State end)
    {
        if (_written.Count == 0)
            return state;
        foreach (var fact in end.Facts)
        {
            if (fact.Key.Any(_written.Contains) && Lift(fact.Key) is { } condition)
                state = state.Assume(condition.Id, fact.Value) ?? state;
        }

        foreach (var number in end.Bounded)
        {
            if (number.Any(_written.Contains) && Lift(number) is { } value)
                state = state.Bound(value.Id);
        }

        foreach (var deed in end.Questioned.OfType<Deed>())
        {
            if (deed.About.Any(_written.Contains) && Lift(deed.About) is { } value)
                state = state.Did(deed.What, value.Id);
        }

        return state;
    }

    private Sym.Made NameOfWritten(Sym made) => new(_call.Span, made.GetHashCode());

    /// <summary>What the callee learnt of the value it returned, as conditions on the call's value.</summary>
    public IEnumerable<(Sym Condition, bool Truth)> FactsOfResult(State end)
    {
        if (_result is not { } result)
            yield break;
        foreach (var fact in end.Facts)
        {
            if (fact.Key.Contains(result.Callee) && Lift(fact.Key) is { } condition)
                yield return (condition.Id, fact.Value);
        }
    }

    /// <summary>True when the callee left something else in the place than it found.</summary>
    public bool IsChanged(Place place, Value value) => place switch
    {
        Place.Cell cell => !value.Id.Equals(new Sym.Member(cell.Receiver, cell.Symbol)),
        Place.Variable variable => !value.Id.Equals(new Sym.Entry(variable.Symbol)),
        _ => true,
    };

    public bool IsParameter(ISymbol symbol, IParameterSymbol parameter) =>
        symbol is IParameterSymbol own && own.Ordinal == parameter.Ordinal && _arguments.ContainsKey(own);

    private Value VariableOf(Sym.Entry entry) =>
        _before.Find(new Place.Variable(entry.Symbol)) ?? new(entry) { Root = entry };

    private string Through(string by, bool isDirect) => isDirect ? by : Body.NameOf(_target.Method) + " → " + by;
}
