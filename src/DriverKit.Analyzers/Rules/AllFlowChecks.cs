using System.Collections.Generic;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Rules.AddressTypes;
using DriverKit.Analyzers.Rules.ExecutionContext;
using DriverKit.Analyzers.Rules.Lifecycle;
using DriverKit.Analyzers.Rules.Locking;
using DriverKit.Analyzers.Rules.Mmap;
using DriverKit.Analyzers.Rules.Pages;
using DriverKit.Analyzers.Rules.UserMemory;

namespace DriverKit.Analyzers.Rules;

/// <summary>The rules on the engine, by band.</summary>
internal static class AllFlowChecks
{
    public static IEnumerable<FlowCheck> Make() =>
    [
        .. Context(),
        .. Addresses(),
        .. Locks(),
        .. Mmap(),
        .. UserMemory(),
        .. Lifecycle(),
        .. Pages(),
    ];

    private static IEnumerable<FlowCheck> Context() =>
    [
        new SleepInAtomicContext(),
        new SleepWhileHoldingKmapAtomic(),
        new SleepingAllocationInAtomicContext(),
        new UserAccessInAtomicContext(),
        new SleepInInterruptHandler(),
        new AtomicDepthImbalance(),
        new CallbackContextMismatch(),
        new ContractContradicted(),
        new NeedlessAtomicAllocation(),
    ];

    private static IEnumerable<FlowCheck> Locks() =>
    [
        new DoubleLock(),
        new UnlockNotHeld(),
        new LockNotReleasedOnPath(),
        new LockOrderInversion(),
        new LockUnsafeAgainstInterrupt(),
        new IrqFlagsMisused(),
        new TrylockResultMisread(),
    ];

    private static IEnumerable<FlowCheck> Addresses() =>
    [
        new VirtToPageOnNonLogicalAddress(),
        new AddressKindsMixed(),
        new PhysicalAddressGivenToDevice(),
        new AddressUnitMixed(),
        new PageAddressOnHighMemory(),
        new VaOnHighMemory(),
        new UserPointerDereferenced(),
        new UserCopyArgumentsSwapped(),
        new IoMemoryDereferenced(),
    ];

    private static IEnumerable<FlowCheck> UserMemory() =>
    [
        new UserCopyResultIgnored(),
        new BytesLeftReturned(),
        new DoubleFetch(),
        new UserSizeUnbounded(),
        new UncheckedUserAccess(),
        new UninitializedMemoryToUser(),
        new PaddingToUser(),
        new ArithmeticInAccessOk(),
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

    private static IEnumerable<FlowCheck> Lifecycle() =>
    [
        new NotUnregistered(),
        new InitUnwindMissing(),
        new ReferenceImbalance(),
        new IrqNotFreed(),
        new IoctlDefault(),
    ];

    private static IEnumerable<FlowCheck> Pages() =>
    [
        new KunmapWrongArgument(),
        new KmapAtomicOrder(),
        new KmapNotReleased(),
        new KmapAtomicAddressEscapes(),
        new KmapSlotForContext(),
        new UseAfterRelease(),
        new DoubleRelease(),
        new AllocatorMismatch(),
        new LeakOnPath(),
        new PageFreedWhileMapped(),
        new ReservedPageFreed(),
    ];
}
