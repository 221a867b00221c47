using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <content>What a callee's summary does to the state of its caller.</content>
internal sealed partial class Evaluator
{
    [MethodImpl(Jit.AtOnce)]
    private Value Call(IOperation operation, Target target, Value? receiver, List<Value> values, IEnumerable<IArgumentOperation>? arguments = null)
    {
        if (!IsAlive)
            return new(Sym.Const.Zero);
        var written = arguments?.ToList() ?? [];
        var contract = _session.Engine.ContractOf(target.Method);
        var kernel = Symbols.KernelFunction(target.Method) is { } name ? new KernelCall(this, operation, name, target.Method, contract, values, written) : null;
        if (kernel is not null)
        {
            foreach (var check in Checks.OnKernelCall)
                check.OnKernelCall(kernel);
        }

        HandOut(target.Method, contract, values, operation, written);
        if (kernel is not null)
            HandOnKept(target.Method, values);
        var result = target is { Body: null, Overrides.IsEmpty: true } && contract.IsEmpty
            ? CallUnknown(operation, target.Method, contract, receiver, values, written)
            : CallKnown(operation, target, receiver, values, written);
        if (target.Body is null && result.Id is Sym.Made && (contract.IsPure || kernel is { Name: "PageAddress" }))
            result = result with { Id = Computed(operation, target.Method, receiver, values).Id };
        if (contract.ReturnsUnit != Unit.None)
            result = result with { Unit = contract.ReturnsUnit };
        if (kernel is not null && IsAlive)
        {
            foreach (var observer in Checks.Observers)
                result = observer.OnKernelResult(kernel, result);
            foreach (var check in Checks.OnKernelResult)
                result = check.OnKernelResult(kernel, result);
        }

        return result;
    }

    /// <summary>A kernel function keeps what it takes as anything at all: the data of a timer, what is stored in memory.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void HandOnKept(IMethodSymbol method, List<Value> values)
    {
        foreach (var parameter in method.OriginalDefinition.Parameters)
        {
            if (parameter.Ordinal < values.Count && (parameter.Type.SpecialType == SpecialType.System_Object || parameter.Type.TypeKind == TypeKind.TypeParameter))
                State = State.HandOn(values[parameter.Ordinal].Id);
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private Value CallKnown(IOperation operation, Target target, Value? receiver, List<Value> values, List<IArgumentOperation> written)
    {
        var summary = _session.SummaryOf(target);
        var binding = new Binding(this, target, receiver, values, operation.Syntax);
        foreach (var effect in summary.Effects)
        {
            if (binding.Lift(effect.Guard) is { } guard)
                Tell(effect, new CallSite(this, operation, binding, target, guard, effect, written));
        }

        var ends = new List<State>(summary.Cases.Length);
        foreach (var end in summary.Cases)
        {
            if (binding.Enter(State, end) is not null)
                ends.Add(end);
        }

        if (ends.Count == 0)
        {
            IsAlive = false;
            return new(Sym.Const.Zero);
        }

        var taken = ends[ends.Count == 1 ? 0 : _forks.Choose(ends.Count)];
        if (target.Body is null && Symbols.KernelFunction(target.Method) is null)
            HandOnAll(values);
        bool tells = ends.Count == 1 || taken.Holds.Count == 0 || taken.TellsByResult || ends.TrueForAll(taken.HasSameHolds);
        var result = End(operation, taken, binding, target, values, written, tells);
        return target.Body is null && _session.Engine.ContractOf(target.Method).IsPure ? PureResult(operation, target.Method, receiver, values, result) : result;
    }

    /// <summary>The same of the same, and what else the contract says of it.</summary>
    private Value PureResult(IOperation operation, IMethodSymbol method, Value? receiver, List<Value> values, Value result)
    {
        var computed = Computed(operation, method, receiver, values);
        return result with { Id = computed.Id, Tags = computed.Tags };
    }

    /// <summary>A library's method may keep what it is handed: its contract does not say.</summary>
    private void HandOnAll(List<Value> values)
    {
        foreach (var value in values)
            State = State.HandOn(value.Id);
    }

    /// <summary>What the engine itself passes on to the caller's callers; the rules hear of all of it.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void Tell(Effect effect, CallSite site)
    {
        switch (effect)
        {
            case SleepEffect sleep:
                new Sleep(sleep, site).Tell(Checks);
                break;
            case LockEffect taken:
                Tell(taken, site);
                break;
            case InvokeEffect invoke:
                Tell(invoke, site);
                break;
            case SlotEffect slot when site.Lift(slot.Delegate) is { } value:
                StoreInSlot(value, slot.Slot, site.LocationOf(slot.Delegate), site.Guard, site.Chain);
                break;
            default:
                foreach (var check in Checks.OnCall)
                    check.OnCall(effect, site);
                break;
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private void Tell(LockEffect taken, CallSite site)
    {
        if (site.Lift(taken.Object) is not { } value)
            return;
        var own = site.HoldsAfter(taken.Released, taken.ReleasedAny);
        var counts = own.Where(static hold => hold.Resource is Resources.InterruptsOff or Resources.BottomHalves).Select(static hold => hold.Resource);
        var lifted = taken with
        {
            Guard = site.Guard,
            Chain = site.Chain,
            At = taken.At ?? site.Location,
            Object = value.Id,
            Released = site.ReleasedBefore(taken.Released),
            ReleasedAny = taken.ReleasedAny || State.ReleasedAny,
            Forbidding = new([.. taken.Forbidding.Concat(counts).Distinct()]),
        };
        foreach (var check in Checks.OnLock)
            check.OnLock(lifted, own, site);
        if (value.Id.IsFromEntry)
            site.Raise(lifted);
    }

    /// <summary>A callee calls a delegate: if it is known here what that is, it is as if it were called here.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void Tell(InvokeEffect invoke, CallSite site)
    {
        if (site.Lift(invoke.Delegate) is not { } value)
            return;

        // Where the place itself forbids to sleep, the delegate is judged as what is put there.
        bool isSlot = invoke.Delegate is Sym.Entry { Symbol: var parameter } && Symbols.SlotOf(parameter) is { ForbidsSleep: true };
        var holds = new EquatableArray<Hold>([.. invoke.Holds.Select(hold => hold with { At = hold.At is null ? null : site.Location })]);
        if (value.Target is not { } target)
        {
            if (value.Id.IsFromEntry && value.Id is not Sym.Const)
                site.Raise(new InvokeEffect(site.Guard, site.Chain, value.Id, site.ReleasedBefore(invoke.Released), invoke.ReleasedAny || State.ReleasedAny, site.HoldsAfter(invoke.Released, invoke.ReleasedAny)));
            return;
        }

        var receiver = value.TargetReceiver is { } instance ? new Value(instance) : null;
        var inside = new Binding(this, target, receiver, [], site.Operation.Syntax);
        foreach (var effect in SummaryOf(target).Effects)
        {
            bool tells = effect is SleepEffect { Flags: null, Guard.IsEmpty: true } ? !isSlot : effect is LockEffect { Guard.IsEmpty: true };
            if (tells && inside.Lift(effect.Guard) is { } guard)
                Tell(effect, new CallSite(this, site.Operation, inside, target, guard, effect, [], site, holds, site.LocationOf(invoke.Delegate)));
        }
    }

    /// <summary>A delegate that nothing is known of here is called: what that means, the callers may know.</summary>
    private void TellInvoke(Value target, IOperation operation)
    {
        if (target.Id.IsFromEntry && target.Id is not Sym.Const)
            Raise(new InvokeEffect(State.EntryFacts(), [], target.Id, State.Released, State.ReleasedAny, State.Holds), operation.Syntax.GetLocation());
    }

    /// <summary>Carries one of the callee's ends over: what it learnt, what it holds and has released, what it wrote, what it returns.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Value End(IOperation operation, State end, Binding binding, Target target, List<Value> values, List<IArgumentOperation> written, bool tells)
    {
        binding.PutsOut(end);
        var result = end.Find(Place.Return.Instance) is { } returned
            ? binding.Lift(returned, binding.ResultTag)
            : new Value(new Sym.Made(operation.Syntax.Span, binding.ResultTag));
        if (result.Id is Sym.Made)
            result = result with { Id = Fresh(operation.Syntax.Span, binding.ResultTag) };
        binding.Returned(end, result);
        var writes = new List<(Place? Place, Value Value, Place Entry)>();
        foreach (var entry in end.Store)
        {
            if (entry.Key is Place.Cell or Place.Variable && binding.IsChanged(entry.Key, entry.Value))
                writes.Add((binding.Lift(entry.Key), binding.Lift(entry.Value, Binding.Written), entry.Key));
        }

        State = binding.Enter(State, end) ?? State;
        foreach (var (condition, truth) in binding.FactsOfResult(end).ToList())
            State = State.Assume(condition, truth) ?? State;

        var aftermath = new Aftermath(this, operation, binding, target);
        aftermath.FindReleased(end);
        foreach (var (place, value, _) in writes)
        {
            if (place is not null)
                Put(place, value.Id is Sym.Made made ? value with { Id = Fresh(made.Site, made.Tag) } : value, operation);
        }

        foreach (var argument in written)
        {
            if (argument.Parameter?.RefKind is not (RefKind.Out or RefKind.Ref))
                continue;
            var final = writes.FirstOrDefault(write => write.Entry is Place.Variable variable && binding.IsParameter(variable.Symbol, argument.Parameter!));
            if (final.Entry is null && argument.Parameter!.RefKind != RefKind.Out && target.Body is not null)
                continue;
            var value = final.Entry is null ? Unknown(argument) : final.Value.Id is Sym.Made own ? final.Value with { Id = Fresh(own.Site, own.Tag) } : final.Value;
            Assign(argument.Value, value);
            if (argument.Parameter!.RefKind == RefKind.Out)
                binding.PutOut(argument.Parameter, value);
        }

        State = binding.Learn(State, end);
        aftermath.Apply(end, _looped, tells);
        return result;
    }

    /// <summary>Nothing is known of the callee, so it is harmless; but what it could write is forgotten, what it was handed is handed on, and what it was asked is remembered.
    /// A kernel function keeps nothing that its contract does not speak of.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Value CallUnknown(IOperation operation, IMethodSymbol method, Contract contract, Value? receiver, List<Value> values, List<IArgumentOperation> written)
    {
        bool isKernel = Symbols.KernelFunction(method) is not null;
        foreach (var argument in written)
        {
            if (argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref)
                Assign(argument.Value, Unknown(argument));
        }

        foreach (var value in values)
        {
            _results.Escape(value.Target);
            if (!isKernel && !contract.IsPure)
                State = State.HandOn(value.Id);
        }

        foreach (var escaped in _results.Escaped)
            ForgetWritesOf(escaped);

        bool decides = method.ReturnType is { SpecialType: SpecialType.System_Boolean } or { TypeKind: TypeKind.Enum };
        if (!decides)
            return contract.IsPure ? Computed(operation, method, receiver, values) : new(Fresh(operation.Syntax.Span, Binding.TagOf(method)));
        foreach (var value in values)
        {
            if (value.IsAddress || value.Kind is not null)
                State = State.Question(value.Origin).Question(value.Root);
        }

        return Answer(operation, method.OriginalDefinition, [receiver, .. values]);
    }

    /// <summary>What a pure function makes of its arguments: the same of the same.</summary>
    private Value Computed(IOperation operation, IMethodSymbol method, Value? receiver, List<Value> values)
    {
        var about = receiver is null ? values : [receiver, .. values];
        var value = new Value(Bounded(new Sym.Query(method.OriginalDefinition, ListOf(about.Select(static argument => argument.Id))), () => Unknown(operation).Id));
        foreach (var argument in about)
            value = value.ComputedFrom(value, argument);
        return value;
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
