using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <content>What a callee's summary does to the state of its caller.</content>
internal sealed partial class Evaluator
{
    private Value Call(IOperation operation, Target target, Value? receiver, List<Value> values, IEnumerable<IArgumentOperation>? arguments = null)
    {
        if (!IsAlive)
            return new(Sym.Const.Zero);
        var written = arguments?.ToList() ?? [];
        if (target.Body is null && _session.Engine.ContractOf(target.Method).IsEmpty)
            return CallUnknown(operation, target.Method, receiver, values, written);

        var summary = _session.SummaryOf(target);
        var binding = new Binding(this, target, receiver, values, operation.Syntax);
        foreach (var effect in summary.Effects)
        {
            if (binding.Lift(effect.Guard) is { } guard)
                Tell(effect, new CallSite(this, operation, binding, target, guard, effect, written));
        }

        var ends = summary.Cases.Where(end => binding.Enter(State, end) is not null).ToList();
        if (ends.Count == 0)
        {
            IsAlive = false;
            return new(Sym.Const.Zero);
        }

        var taken = ends[ends.Count == 1 ? 0 : _forks.Choose(ends.Count)];
        return End(operation, taken, binding, target, values, written);
    }

    private void Tell(Effect effect, CallSite site)
    {
        foreach (var check in _session.Engine.Checks)
            check.OnCall(effect, site);
    }

    /// <summary>Carries one of the callee's ends over: what it learnt, its slots, what it wrote, what it returns.</summary>
    private Value End(IOperation operation, State end, Binding binding, Target target, List<Value> values, List<IArgumentOperation> written)
    {
        var result = end.Find(Place.Return.Instance) is { } returned
            ? binding.Lift(returned, binding.ResultTag)
            : new Value(new Sym.Made(operation.Syntax.Span, binding.ResultTag));
        if (result.Id is Sym.Made)
            result = result with { Id = Fresh(operation.Syntax.Span, binding.ResultTag) };
        binding.Returned(end, result);
        var writes = end.Store
            .Where(entry => entry.Key is Place.Cell or Place.Variable && binding.IsChanged(entry.Key, entry.Value))
            .Select(entry => (Place: binding.Lift(entry.Key), Value: binding.Lift(entry.Value, 1), Entry: entry.Key))
            .ToList();
        State = binding.Enter(State, end) ?? State;
        State = Slots(State, end, binding);
        foreach (var (condition, truth) in binding.FactsOfResult(end).ToList())
            State = State.Assume(condition, truth) ?? State;

        foreach (var (place, value, _) in writes)
        {
            if (place is not null)
                Put(place, value.Id is Sym.Made made ? value with { Id = Fresh(made.Site, made.Tag) } : value);
        }

        foreach (var argument in written.Where(static argument => argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref))
        {
            var final = writes.FirstOrDefault(write => write.Entry is Place.Variable variable && binding.IsParameter(variable.Symbol, argument.Parameter!));
            if (final.Entry is not null)
                Assign(argument.Value, final.Value);
            else if (argument.Parameter!.RefKind == RefKind.Out || target.Body is null)
                Assign(argument.Value, Unknown(argument));
        }

        return result;
    }

    private State Slots(State state, State end, Binding binding)
    {
        if (end.Released == State.ReleasedAll)
            state = state.ReleaseAll();
        else
            for (int i = 0; i < end.Released; i++)
                state = _looped.Release(state);
        foreach (var slot in end.Slots)
            state = _looped.Acquire(state, binding.Lift(slot));
        return state;
    }

    /// <summary>Nothing is known of the callee, so it is harmless; but what it could write is forgotten, and what it was asked is remembered.</summary>
    private Value CallUnknown(IOperation operation, IMethodSymbol method, Value? receiver, List<Value> values, List<IArgumentOperation> written)
    {
        foreach (var argument in written.Where(static argument => argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref))
            Assign(argument.Value, Unknown(argument));
        foreach (var value in values)
            _results.Escape(value.Target);
        foreach (var escaped in _results.Escaped)
            ForgetWritesOf(escaped);

        bool decides = method.ReturnType is { SpecialType: SpecialType.System_Boolean } or { TypeKind: TypeKind.Enum };
        if (!decides)
            return new(Fresh(operation.Syntax.Span, Binding.TagOf(method)));
        foreach (var value in values.Where(static value => value.IsAddress || value.Kind is not null))
            State = State.Question(value.Origin).Question(value.Root);
        return Answer(operation, method.OriginalDefinition, [receiver, .. values]);
    }

    /// <summary>A lambda that somebody holds may have run: the variables it writes have any value.</summary>
    private void ForgetWritesOf(Target lambda)
    {
        if (lambda.Body is not { } body)
            return;
        foreach (var variable in _session.SummaryOf(body).Cases.SelectMany(static end => end.Store.Select(static entry => entry.Key)).OfType<Place.Variable>().Distinct())
        {
            if (State.Find(variable) is not null)
                State = State.With(variable, new Value(Fresh(body.Key.Span, variable.Symbol.Name.GetHashCode())));
        }
    }
}
