using System.Collections.Generic;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Rules.AddressTypes;
using DriverKit.Analyzers.Rules.ExecutionContext;
using DriverKit.Analyzers.Rules.Mmap;

namespace DriverKit.Analyzers.Rules;

/// <summary>The rules on the engine, by band.</summary>
internal static class AllFlowChecks
{
    public static IEnumerable<FlowCheck> Make() =>
    [
        .. Context(),
        .. Addresses(),
        .. Mmap(),
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

    private static IEnumerable<FlowCheck> Mmap() =>
    [
        new MmapRangeNotChecked(),
        new MmapRangeCheckOverflows(),
        new VmPgoffIgnored(),
        new NopageWithoutGetPage(),
        new InsertPfnContract(),
        new VmOpsCloseWithoutOpen(),
        new FirstOpenForgotten(),
        new RemapOutsideMmap(),
        new RemapOfUnreservedRam(),
        new ProtectionNotFromVma(),
        new NoncachedTooLate(),
        new DeviceMappingFlagsMissing(),
        new InsertPageOfTailPage(),
        new PfnArgumentIsAddress(),
        new NopageRefaultsOnError(),
    ];
}
