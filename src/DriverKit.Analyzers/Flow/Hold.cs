using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>Something that is held: a lock, a count that forbids sleeping, a kmap_atomic slot.</summary>
/// <param name="Site">The call that took it, in the method at hand.</param>
/// <param name="Resource">The name of the <c>KernelResource</c>.</param>
/// <param name="Object">The lock or the mapped address; null for what there is one of per processor.</param>
/// <param name="Detail">The second argument: the slot's type, the variable of the saved flags.</param>
/// <param name="By">The function that took it, with the helpers it was called through.</param>
/// <param name="At">The place to point at.</param>
internal sealed record Hold(TextSpan Site, string Resource, Sym? Object, Sym? Detail, string By, Location? At) : IEquatable<Hold>
{
    /// <summary>True when nothing may sleep meanwhile.</summary>
    public bool ForbidsSleep => Resources.ForbidSleep(Resource);

    /// <summary>All that the same call has taken.</summary>
    public EquatableArray<string> With { get; init; }

    /// <summary>True when a helper took it, or did not, and its result does not say which.</summary>
    public bool IsDoubtful { get; init; }

    /// <summary>The rules that a callee breaks where it takes this: who only passes it on is not told once more.</summary>
    public EquatableArray<string> Told { get; init; }

    /// <summary>True for a lock, and for what was taken with one.</summary>
    public bool HasLock => With.Any(Resources.IsLock);
}

/// <summary>A release of something that the caller holds, or should.</summary>
/// <param name="Site">The call that released it.</param>
/// <param name="Resource">The name of the <c>KernelResource</c>.</param>
/// <param name="Object">The lock or the address.</param>
/// <param name="Detail">The second argument.</param>
internal sealed record Release(TextSpan Site, string Resource, Sym? Object, Sym? Detail) : IEquatable<Release>
{
    /// <summary>True when it lets go of <paramref name="hold"/>, as far as anybody can tell.</summary>
    public bool Fits(Hold hold) => hold.Resource == Resource && Sym.MayBeSame(hold.Object, Object);

    /// <summary>All that the same call releases.</summary>
    public EquatableArray<string> With { get; init; }

    /// <summary>The rules that a callee breaks where it releases this: who only passes it on is not told once more.</summary>
    public EquatableArray<string> Told { get; init; }

    /// <summary>True for a lock, and for what is released with one.</summary>
    public bool HasLock => With.Any(Resources.IsLock);
}

/// <summary>The names of <c>KernelResource</c> and what they mean.</summary>
internal static class Resources
{
    public const string KmapAtomicSlot = nameof(KmapAtomicSlot);
    public const string PreemptCount = nameof(PreemptCount);
    public const string BottomHalves = nameof(BottomHalves);
    public const string InterruptsOff = nameof(InterruptsOff);
    public const string RcuReadSide = nameof(RcuReadSide);
    public const string Spinlock = nameof(Spinlock);
    public const string ReadLock = nameof(ReadLock);
    public const string WriteLock = nameof(WriteLock);
    public const string Semaphore = nameof(Semaphore);
    public const string ReadSemaphore = nameof(ReadSemaphore);

    /// <summary>True for what must not be held while sleeping.</summary>
    public static bool ForbidSleep(string resource) =>
        resource is KmapAtomicSlot or PreemptCount or BottomHalves or InterruptsOff or RcuReadSide or Spinlock or ReadLock or WriteLock;

    /// <summary>True for a count that has no object: the processor has one.</summary>
    public static bool IsCount(string resource) => resource is PreemptCount or BottomHalves or InterruptsOff or RcuReadSide;

    /// <summary>True for a lock that others may have at the same time.</summary>
    public static bool IsShared(string resource) => resource is ReadLock or ReadSemaphore;

    /// <summary>True for a lock that a driver names.</summary>
    public static bool IsLock(string resource) => resource != KmapAtomicSlot && !IsCount(resource);
}
