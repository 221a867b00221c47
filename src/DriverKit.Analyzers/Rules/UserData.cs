using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules;

/// <summary>What processes choose: the numbers and the memory that user-access functions fetch, and what the kernel hands on.</summary>
internal static class UserData
{
    /// <summary>On a value: a process chose it. Its detail is the address it was fetched from.</summary>
    public const string FromUser = nameof(FromUser);

    /// <summary>On a value besides: it was fetched again, after what was fetched before had been checked.</summary>
    public const string Refetched = nameof(Refetched);

    /// <summary>On a value besides: it fits into 32 bits.</summary>
    public const string Narrow = nameof(Narrow);

    private const string Checked = nameof(Checked);
    private const string CheckedFetch = nameof(CheckedFetch);

    public static Observer Observer { get; } = new Notes();

    /// <summary>Notes on what the function fetches that a process chose it.</summary>
    private static Value Note(KernelCall call, Value result)
    {
        for (int i = 0; i < call.Method.Parameters.Length && i < call.Arguments.Count; i++)
        {
            if (call.Contract.FindOn(i, FromUser) is null)
                continue;
            var parameter = call.Method.Parameters[i];
            var from = FetchedFrom(call);
            var tags = TagsOf(call, parameter.Type, from);
            if (parameter.RefKind == RefKind.Out && parameter.Type.SpecialType is not (SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Boolean))
            {
                call.Change(i, value => Become(call.Caller, tags.Aggregate(value, static (tagged, tag) => tagged.With(tag))));
            }
            else if (call.Caller.Symbols.AddressKindOf(parameter.Type) is not null)
            {
                var memory = Addresses.BaseOf(call.Arguments[i].Id);
                call.Caller.Become(call.State.With(new Place.Memory(memory), tags.Where(static tag => tag.Name != Narrow).Aggregate(new Value(memory), static (tagged, tag) => tagged.With(tag))));
            }
        }

        return call.Contract.FindOnReturn(FromUser) is null ? Loaded(call, result) : Become(call.Caller, result.With(new(FromUser, call.Name, call.Location, true)));
    }

    /// <summary>A number is looked at: what is fetched from there again is another.</summary>
    private static void Look(BinaryOperatorKind kind, Value left, Value right, Evaluator evaluator)
    {
        if (kind is not (BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual
            or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual))
            return;
        Look(left, evaluator);
        Look(right, evaluator);
    }

    private static void Look(Value value, Evaluator evaluator)
    {
        if (value.TagOf(FromUser) is { Detail: { } from } tag)
            evaluator.Become(evaluator.State.Did(Checked, from).Did(CheckedFetch, Fetch(tag, from)));
    }

    /// <summary>The second fetch, when the number comes from one: by its note, or because another fetch from there has been looked at in this method, in a helper or not, and this one has not.</summary>
    public static Tag? Refetch(Value number, State state)
    {
        if (number.TagOf(Refetched) is { } second)
            return second;
        return number.Id is not Sym.Arithmetic && number.TagOf(FromUser) is { Detail: { } from } tag
            && state.HasDone(Checked, from) && !state.HasDone(CheckedFetch, Fetch(tag, from)) && HasCheckedFetch(from, state) ? tag : null;
    }

    private static bool HasCheckedFetch(Sym from, State state) =>
        state.Questioned.Any(asked => asked is Deed { What: CheckedFetch, About: Sym.Query { Arguments: var about } } && about[1].Equals(from));

    /// <summary>A fetch as this method sees it: callers do not hear of it.</summary>
    private static Sym Fetch(Tag tag, Sym from) => new Sym.Query(null, new([new Sym.Made(tag.At.SourceSpan, -1), from]));

    /// <summary>True when a process chooses what the kernel passes for that parameter of an operation or a handler.</summary>
    public static bool IsFromUser(EntrySite entry, IParameterSymbol parameter)
    {
        var type = entry.Store.Slot switch
        {
            IPropertySymbol property => property.Type,
            IFieldSymbol field => field.Type,
            IParameterSymbol slot => slot.Type,
            _ => null,
        };
        var parameters = (type as INamedTypeSymbol)?.DelegateInvokeMethod?.Parameters ?? (entry.Store.Slot as IMethodSymbol)?.Parameters ?? [];
        return parameter.Ordinal < parameters.Length
            && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, entry.Body.Method)
            && Summaries.Contract.FindIn(entry.Engine.Symbols.ContractsOf(parameters[parameter.Ordinal]), FromUser) is not null;
    }

    /// <summary>The parts of a number that a process chose and nothing bounds; parameters too, of which the callers know.</summary>
    public static IEnumerable<Sym> Unbounded(Value number, State state)
    {
        var parts = new List<Sym>();
        Collect(number.Id, number, state, parts);
        return parts;
    }

    public static bool IsBounded(Sym number, State state) => state.Bounded.Any(bounded => bounded.Contains(number)) || state.Resolve(number) is Sym.Const;

    private static void Collect(Sym part, Value number, State state, List<Sym> parts)
    {
        if (part is Sym.Const or Sym.Bits { IsAnd: true } || IsBounded(part, state))
            return;
        switch (part)
        {
            case Sym.Bits bits:
                Collect(bits.Operand, number, state, parts);
                break;
            case Sym.Arithmetic { Operator: BinaryOperatorKind.Remainder }:
                break;
            case Sym.Arithmetic { Operator: BinaryOperatorKind.Divide or BinaryOperatorKind.RightShift or BinaryOperatorKind.UnsignedRightShift or BinaryOperatorKind.Subtract } sum:
                Collect(sum.Left, number, state, parts);
                break;
            case Sym.Arithmetic sum:
                Collect(sum.Left, number, state, parts);
                Collect(sum.Right, number, state, parts);
                break;
            case Sym.Query { Symbol.Name: "IocSize" or "IocNr" or "IocType" or "IocDir" }:
                break;
            case Sym.Query query when query.Symbol is IMethodSymbol:
                foreach (var argument in query.Arguments)
                    Collect(argument, number, state, parts);
                break;
            case Sym.Entry { Symbol: IParameterSymbol }:
                parts.Add(part);
                break;
            default:
                if (IsChosen(part, state) || (part.Equals(number.Id) && number.TagOf(FromUser) is not null))
                    parts.Add(part);
                break;
        }
    }

    private static bool IsChosen(Sym part, State state)
    {
        for (Sym? whole = part; whole is not null; whole = (whole as Sym.Member)?.Receiver)
        {
            if (state.HasDone(FromUser, whole))
                return true;
        }

        return false;
    }

    private static Sym? FetchedFrom(KernelCall call)
    {
        for (int i = 0; i < call.Method.Parameters.Length; i++)
        {
            if (call.Caller.Symbols.AddressKindOf(call.Method.Parameters[i].Type) == Addresses.User)
                return call.Arguments[i].Id;
        }

        return null;
    }

    private static IEnumerable<Tag> TagsOf(KernelCall call, ITypeSymbol type, Sym? from)
    {
        yield return new(FromUser, call.Name, call.Location, true) { Detail = from };
        if (from is not null && call.State.HasDone(Checked, from))
            yield return new(Refetched, call.Name, call.Location, true);
        if (type.SpecialType is SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Char or SpecialType.System_UInt32)
            yield return new(Narrow, call.Name, call.Location, false);
    }

    private static Value Become(Evaluator evaluator, Value value)
    {
        evaluator.Become(evaluator.State.Did(FromUser, value.Id));
        return value;
    }

    /// <summary>What is loaded from memory that was fetched is from the process too, the first time: what is loaded again has been seen.</summary>
    private static Value Loaded(KernelCall call, Value result)
    {
        if (call.Name is "Store" or "Memset" or "Memcpy" && call.Arguments.Count > 0)
        {
            var written = new Place.Memory(Addresses.BaseOf(call.Arguments[0].Id));
            if (call.State.Find(written) is not null)
                call.Caller.Become(call.State.Without([written]));
        }

        if (call.Name != "Load" || result.TagOf(FromUser) is not null || call.State.Find(new Place.Memory(Addresses.BaseOf(call.Arguments[0].Id))) is not { } memory)
            return result;
        if (memory.TagOf(FromUser) is null || call.State.HasDone("Loaded", call.Arguments[0].Id))
            return result;
        call.Caller.Become(call.State.Did("Loaded", call.Arguments[0].Id));
        return Become(call.Caller, memory.Tags.Aggregate(result, static (tagged, tag) => tagged.With(tag)));
    }

    private sealed class Notes : Observer
    {
        public override Value OnKernelResult(KernelCall call, Value result) => Note(call, result);

        public override void OnArithmetic(IOperation operation, BinaryOperatorKind kind, Value left, Value right, Evaluator evaluator) => Look(kind, left, right, evaluator);
    }
}
