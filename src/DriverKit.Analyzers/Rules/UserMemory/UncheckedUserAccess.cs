using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.UserMemory;

/// <summary>DK5005: the forms that leave <c>access_ok</c> to the caller follow any address, one of the kernel too.</summary>
internal sealed class UncheckedUserAccess() : ArgumentCheck(Descriptors.DK5005_UncheckedUserAccess)
{
    /// <summary>In a diagnostic's properties: the unchecked form, when it is called there itself.</summary>
    public const string Function = nameof(Function);

    private const string AccessOk = nameof(AccessOk);

    public override Observer Observer => UserData.Observer;

    public override Value OnKernelResult(KernelCall call, Value result)
    {
        if (call.Name == AccessOk)
            call.Caller.Become(call.State.Did(AccessOk, Addresses.BaseOf(call.Arguments[0].Id)));
        return result;
    }

    public override void OnKernelCall(KernelCall call)
    {
        if (call.Contract.Find("UserAccess") is not { } contract || !contract.Is("Unchecked"))
            return;
        for (int i = 0; i < call.Method.Parameters.Length; i++)
        {
            if (call.Caller.Symbols.AddressKindOf(call.Method.Parameters[i].Type) == Addresses.User)
                Ask(call.Arguments[i], call.Name, call.Name, call.Caller, call.Location);
        }
    }

    protected override Finding? Judge(Value value, string what, State state, Location at, ImmutableArray<string> chain) =>
        value.TagOf(UserData.FromUser) is { } tag && !IsChecked(value, state)
            ? new(Rule, at, ImmutableArray.Create<object>(what, $"was fetched by {tag.By} on line {LineOf(tag.At)}", In(chain)), tag.At, Direct(chain))
            : null;

    protected override Finding? JudgeUser(string what, IParameterSymbol parameter, Location at, ImmutableArray<string> chain) =>
        new(Rule, at, ImmutableArray.Create<object>(what, $"a process gave as {parameter.Name}", In(chain)), null, Direct(chain));

    protected override Sym? Open(Value value, string what, State state) =>
        Addresses.BaseOf(value.Id) is Sym.Entry entry && !IsChecked(value, state) ? entry : null;

    private static ImmutableDictionary<string, string?> Direct(ImmutableArray<string> chain) => chain.Length < 2 ? NoProperties.Add(Function, chain[0]) : NoProperties;

    /// <summary>Asked on a path that leads here, and not refused on this one.</summary>
    private static bool IsChecked(Value value, State state)
    {
        var address = Addresses.BaseOf(value.Id);
        bool? answer = null;
        foreach (var fact in state.Facts)
        {
            if (fact.Key is Sym.Query { Symbol.Name: AccessOk, Arguments.Count: > 0 } query && query.Arguments.Any(argument => Addresses.BaseOf(argument).Equals(address)))
                answer = fact.Value || answer == true;
        }

        return answer ?? state.HasDone(AccessOk, address);
    }
}
