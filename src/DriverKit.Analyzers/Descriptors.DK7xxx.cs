using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <content>DK7xxx: locking.</content>
public static partial class Descriptors
{
    private const string Locking = "DriverKit.Locking";

    /// <summary>A lock taken on a path where it is held already.</summary>
    public static readonly DiagnosticDescriptor DK7001_DoubleLock = new(
        "DK7001",
        "Lock taken that is already held",
        "{0} takes {2}{1}, and {3} on line {4} has taken it already: the task waits for itself; call a form that wants it held",
        Locking,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "No lock of the kernel is recursive.",
        HelpRoot + "DK7001.md");

    /// <summary>A lock given back on a path where it is not held.</summary>
    public static readonly DiagnosticDescriptor DK7002_UnlockNotHeld = new(
        "DK7002",
        "Lock given back that is not held",
        "{0} is given back, and {1}: give it back once, where it is held",
        Locking,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Whoever has taken the lock in the meantime loses it in the middle of its work.",
        HelpRoot + "DK7002.md");

    /// <summary>A lock still held on a path that leaves the method.</summary>
    public static readonly DiagnosticDescriptor DK7003_LockNotReleasedOnPath = new(
        "DK7003",
        "Lock not given back on a path",
        "{0}, taken by {1}, is still held {2}: give it back on every path",
        Locking,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The next one who wants the lock waits for ever, and with a spinlock nothing on the processor may sleep any more.",
        HelpRoot + "DK7003.md");

    /// <summary>Two locks taken in one order here and in the other there.</summary>
    public static readonly DiagnosticDescriptor DK7004_LockOrderInversion = new(
        "DK7004",
        "Locks taken in two orders",
        "{0} takes {1} while {2} is held, and line {3} takes them the other way round: keep to one order",
        Locking,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Of two tasks that take two locks in two orders, each may wait for the other.",
        HelpRoot + "DK7004.md");

    /// <summary>A lock taken in an interrupt or a softirq, and elsewhere with interrupts or bottom halves on.</summary>
    public static readonly DiagnosticDescriptor DK7005_LockUnsafeAgainstInterrupt = new(
        "DK7005",
        "Lock that an interrupt takes, taken with interrupts on",
        "{0} is taken with {1} on, and {2} takes it in {3} on line {4}: use {5}",
        Locking,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "An interrupt that spins for a lock whose holder it has interrupted spins for ever.",
        HelpRoot + "DK7005.md");

    /// <summary>Interrupt flags lost, restored that were never saved or in the wrong order, or interrupts turned on that were off before.</summary>
    public static readonly DiagnosticDescriptor DK7006_IrqFlagsMisused = new(
        "DK7006",
        "Saved interrupt flags misused",
        "{0}: {1}",
        Locking,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Whoever turns interrupts off turns them on again as they were, and nobody else.",
        HelpRoot + "DK7006.md");

    /// <summary>The result of a trylock read the wrong way round, or as an errno.</summary>
    public static readonly DiagnosticDescriptor DK7007_TrylockResultMisread = new(
        "DK7007",
        "Result of a trylock misread",
        "{0} {1}: {2}",
        Locking,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "down_trylock answers 0 when it has the semaphore, mutex_trylock and the others true, and none of them an errno.",
        HelpRoot + "DK7007.md");
}
