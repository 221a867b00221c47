using System.Collections.Generic;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Rules.AddressTypes;
using DriverKit.Analyzers.Rules.ExecutionContext;

namespace DriverKit.Analyzers.Rules;

/// <summary>The rules on the engine, by band.</summary>
internal static class AllFlowChecks
{
    public static IEnumerable<FlowCheck> Make() =>
    [
        .. Context(),
        .. Addresses(),
    ];

    private static IEnumerable<FlowCheck> Context() =>
    [
        new SleepWhileHoldingKmapAtomic(),
    ];

    private static IEnumerable<FlowCheck> Addresses() =>
    [
        new VirtToPageOnNonLogicalAddress(),
        new AddressKindsMixed(),
    ];
}
