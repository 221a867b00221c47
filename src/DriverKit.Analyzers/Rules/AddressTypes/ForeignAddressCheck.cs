using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.AddressTypes;

/// <summary>A function is given an address that was made from the number of another kind: what follows from that depends on the function.</summary>
internal abstract class ForeignAddressCheck(DiagnosticDescriptor rule) : ArgumentCheck(rule)
{
    /// <summary>In a diagnostic's properties: the function, when it is called there itself, and behind a slash the bytes that it accesses.</summary>
    public const string Function = nameof(Function);

    /// <summary>What is asked: the kernel address of a plain access, the kernel's and the user's side of a user access; then the function.</summary>
    protected const string Access = "access:", KernelSide = "kernel:", UserSide = "user:";

    public override Observer Observer => UserData.Observer;

    public override void OnKernelCall(KernelCall call)
    {
        // Both sides swapped is one mistake.
        Location? first = null;
        bool isUserAccess = call.Contract.Find("UserAccess") is not null;
        for (int i = 0; i < call.Method.Parameters.Length && i < call.Arguments.Count; i++)
        {
            string? kind = call.Caller.Symbols.AddressKindOf(call.Method.Parameters[i].Type);
            string? what = Addresses.IsKernel(kind) && Addresses.IsAccessed(call.Contract, i) ? isUserAccess ? KernelSide : Access
                : kind == Addresses.User && (isUserAccess || call.Name == "AccessOk") ? UserSide
                : null;
            if (what is not null && Ask(call.Arguments[i], what + call.Name + WidthOf(call.Method), call.Name, call.Caller, first ?? call.LocationOf(i)))
                first ??= call.LocationOf(i);
        }
    }

    protected override Finding? Judge(Value value, string what, State state, Location at, ImmutableArray<string> chain)
    {
        var foreign = value.Disguise ?? (value.IsAddress ? null : value.Kind);
        string function = FunctionOf(what);
        if (foreign is not null)
        {
            return value.Distance != Distance.Likely && IsWrong(what, foreign.Name)
                ? Describe(function, $"the number of {Addresses.WithArticle(foreign.Name)} address", In(chain), at, foreign.At) with
                {
                    Properties = chain.Length < 2 ? NoProperties.Add(Function, what.Substring(what.IndexOf(':') + 1)) : NoProperties,
                    Supersedes = (Descriptors.DK2002_AddressKindsMixed.Id, value.Disguise is null ? at : foreign.At),
                }
                : null;
        }

        return value.IsAddress && value.TagOf(UserData.FromUser) is { } tag && !what.StartsWith(UserSide, System.StringComparison.Ordinal) && IsWrong(what, Addresses.User)
            ? Describe(function, $"a number that {tag.By} has fetched from the process on line {LineOf(tag.At)}", In(chain), at, tag.At)
            : null;
    }

    protected override Finding? JudgeUser(string what, IParameterSymbol parameter, Location at, ImmutableArray<string> chain) =>
        !what.StartsWith(UserSide, System.StringComparison.Ordinal) && IsWrong(what, Addresses.User)
            ? Describe(FunctionOf(what), $"an address made of {parameter.Name}, which a process chose", In(chain), at, null) with { Properties = chain.Length < 2 ? NoProperties.Add(Function, what.Substring(what.IndexOf(':') + 1)) : NoProperties }
            : null;

    private static string FunctionOf(string what) => what.Substring(what.IndexOf(':') + 1).Split('/')[0];

    private static string WidthOf(IMethodSymbol method) => method.TypeArguments.Length != 1 ? string.Empty : method.TypeArguments[0].SpecialType switch
    {
        SpecialType.System_Byte => "/1",
        SpecialType.System_UInt16 => "/2",
        SpecialType.System_UInt32 => "/4",
        _ => "/0",
    };

    /// <summary>True when a number of that kind in that place is this rule's.</summary>
    protected abstract bool IsWrong(string what, string kind);

    protected abstract string Advice(string function);

    private Finding Describe(string function, string number, string through, Location at, Location? cause) =>
        new(Rule, at, ImmutableArray.Create<object>(function, number, through, Advice(function)), cause, NoProperties);
}
