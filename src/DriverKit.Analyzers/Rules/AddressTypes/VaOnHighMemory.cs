using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.AddressTypes;

/// <summary>DK2006: <c>__va</c> adds a constant, and means something for low memory alone.</summary>
internal sealed class VaOnHighMemory() : ArgumentCheck(Descriptors.DK2006_VaOnHighMemory)
{
    /// <summary>Where low memory of I386 ends: 896 MiB.</summary>
    private const ulong EndOfLowMemory = 896ul << 20;

    private const string DeviceMemory = nameof(DeviceMemory);

    public override Observer Observer => Allocations.Observer;

    public override void OnKernelCall(KernelCall call)
    {
        if (call.Name is "Ioremap" or "IoremapNocache" or "RequestMemRegion" && call.Arguments[0].Id is not Sym.Const)
            call.Caller.Become(call.State.Did(DeviceMemory, Addresses.BaseOf(call.Arguments[0].Id)));
        for (int i = 0; i < call.Method.Parameters.Length && i < call.Arguments.Count; i++)
        {
            if (call.Contract.FindOn(i, "RequiresLowMemory") is not null && call.Caller.Symbols.AddressKindOf(call.Method.Parameters[i].Type) == Addresses.Physical)
                Ask(call.Arguments[i], call.Name, call.Name, call.Caller, call.LocationOf(i));
        }
    }

    protected override Finding? Judge(Value value, string what, State state, Location at, ImmutableArray<string> chain) =>
        WhyHigh(value, state) is { } why ? new(Rule, at, ImmutableArray.Create<object>(what, why, In(chain)), null, NoProperties) : null;

    private static string? WhyHigh(Value value, State state)
    {
        var start = Addresses.BaseOf(value.Id);
        if (SymFactory.NumberOf(state.Resolve(start)) is >= EndOfLowMemory and var number)
            return $"is 0x{number:x}, above 896 MiB: map device memory by Ioremap";
        if (Allocations.HighPage(value, state) is { } tag)
            return $"is that of a page which {tag.By} on line {LineOf(tag.At)} may take from high memory: map the page by Kmap";
        if (state.HasDone(DeviceMemory, start))
            return "is that of device memory, which is not directly mapped: use the address that Ioremap gives";
        foreach (var fact in state.Facts)
        {
            if (fact.Key is Sym.Compare { IsEqual: false } less
                && (fact.Value ? less.Right.Equals(value.Id) && IsEnd(less.Left) : less.Left.Equals(value.Id) && IsEnd(less.Right)))
                return "has just been found to lie above low memory: map its page by Kmap";
        }

        return null;
    }

    private static bool IsEnd(Sym sym) => sym.Any(static part => part is Sym.Member { Symbol.Name: "HighMemory" });

    protected override Sym? Open(Value value, string what, State state) => Addresses.BaseOf(value.Id) is Sym.Entry entry ? entry : null;
}
