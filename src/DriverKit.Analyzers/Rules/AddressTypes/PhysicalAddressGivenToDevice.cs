using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.AddressTypes;

/// <summary>DK2003: a device knows bus addresses, the processor all others.</summary>
internal sealed class PhysicalAddressGivenToDevice() : ArgumentCheck(Descriptors.DK2003_PhysicalAddressGivenToDevice)
{
    public override void OnKernelCall(KernelCall call)
    {
        for (int i = 0; i < call.Method.Parameters.Length && i < call.Arguments.Count; i++)
        {
            if (call.Contract.FindOn(i, "ToDevice") is not null)
                Ask(call.Arguments[i], "device", call.Name, call.Caller, call.LocationOf(i));
        }
    }

    public override void OnNumber(NumberUse use, Evaluator evaluator)
    {
        if (IsMadePhysical(use))
            evaluator.Report(new(Rule, use.At.Syntax.GetLocation(), ImmutableArray.Create<object>("a bus", LineOf(use.Number.Kind!.At), "made into a physical address", string.Empty, "find the memory by its distance from an address that the driver knows in both kinds"), use.Number.Kind.At, NoProperties));
    }

    /// <summary>True for the number of a bus address that is made into a physical one.</summary>
    public static bool IsMadePhysical(NumberUse use) =>
        use is { How: "made into", Name: Addresses.Physical, Number: { Kind.Name: Addresses.Bus, Distance: not Distance.Likely } };

    protected override Finding? Judge(Value value, string what, State state, Location at, ImmutableArray<string> chain) =>
        value is { IsAddress: false, Kind: { } kind, Distance: Distance.No } && (kind.Name == Addresses.Physical || Addresses.IsKernel(kind.Name))
            ? new(Rule, at, ImmutableArray.Create<object>(Addresses.WithArticle(kind.Name), LineOf(kind.At), "written to a device", In(chain), "a device uses bus addresses; write the one that the DMA mapping gave"), kind.At, NoProperties)
            : null;
}
