using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <content>DK1xxx: execution context.</content>
public static partial class Descriptors
{
    private const string ExecutionContext = "DriverKit.ExecutionContext";

    /// <summary>A call that may sleep with a spinlock held, preemption or interrupts off, or in a read section of RCU.</summary>
    public static readonly DiagnosticDescriptor DK1001_SleepInAtomicContext = new(
        "DK1001",
        "Function that may sleep called in atomic context",
        "{0} may sleep{1}, and {2} since {3} on line {4}: move the call out, or use a form that does not sleep",
        ExecutionContext,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "With a spinlock held, preemption, bottom halves or interrupts off, or in a read section of RCU the task may not be scheduled away.",
        HelpRoot + "DK1001.md");

    /// <summary>A call that may sleep between <c>kmap_atomic</c> and <c>kunmap_atomic</c>.</summary>
    public static readonly DiagnosticDescriptor DK1002_SleepWhileHoldingKmapAtomic = new(
        "DK1002",
        "Function that may sleep called while holding a kmap_atomic slot",
        "{0} may sleep{1}, and the kmap_atomic slot taken by {2} on line {3} is still held: call KunmapAtomic first, or use a form that does not sleep",
        ExecutionContext,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Between kmap_atomic and kunmap_atomic the task may not be scheduled away: the slot belongs to the CPU, and the next task would overwrite it.",
        HelpRoot + "DK1002.md");

    /// <summary>An allocation whose flags let it sleep, in atomic context.</summary>
    public static readonly DiagnosticDescriptor DK1003_SleepingAllocationInAtomicContext = new(
        "DK1003",
        "Allocation that may sleep in atomic context",
        "{0} may sleep with these flags{1}, and {2} since {3} on line {4}: allocate before, or with GfpFlags.Atomic",
        ExecutionContext,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "An allocation whose flags have GfpFlags.Wait sleeps when memory is short, which no test shows.",
        HelpRoot + "DK1003.md");

    /// <summary>A copy from or to user space in atomic context.</summary>
    public static readonly DiagnosticDescriptor DK1004_UserAccessInAtomicContext = new(
        "DK1004",
        "User memory accessed in atomic context",
        "{0} may fault on the page of the process and sleep for it{1}, and {2} since {3} on line {4}: copy before or after",
        ExecutionContext,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The page of the process may have to be read in, and whoever touches it sleeps for it.",
        HelpRoot + "DK1004.md");

    /// <summary>A call that may sleep in what the kernel calls in an interrupt, a softirq, a tasklet or a timer.</summary>
    public static readonly DiagnosticDescriptor DK1005_SleepInInterruptHandler = new(
        "DK1005",
        "Function that may sleep called in interrupt context",
        "{0} may sleep{1}, and this runs in {2} (given to {3} on line {4}): leave it to a workqueue, or use a form that does not sleep",
        ExecutionContext,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Interrupt handlers, softirqs, tasklets and timers run on the stack of whoever was there: nobody can be put to sleep for them.",
        HelpRoot + "DK1005.md");

    /// <summary>Paths of one method that leave with different counts of disabled preemption, bottom halves or interrupts.</summary>
    public static readonly DiagnosticDescriptor DK1006_AtomicDepthImbalance = new(
        "DK1006",
        "Count of disabled preemption, bottom halves or interrupts out of balance",
        "{0}: {1}",
        ExecutionContext,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The counts belong to the processor and outlive the method: one too many, and nothing on it may sleep any more; one too few, and somebody else's atomic section is open.",
        HelpRoot + "DK1006.md");

    /// <summary>A method declared to sleep in a slot of atomic context, or a condition of wait_event that sleeps.</summary>
    public static readonly DiagnosticDescriptor DK1007_CallbackContextMismatch = new(
        "DK1007",
        "Callback that may sleep given to a slot that must not",
        "{0} {1}, and {2} calls it in {3}: {4}",
        ExecutionContext,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A method that says it may sleep does not fit a place from which the kernel calls in atomic context; the condition of wait_event is asked with the task's state set to sleep.",
        HelpRoot + "DK1007.md");

    /// <summary>A method whose body, or whose other contract, breaks what its contract says.</summary>
    public static readonly DiagnosticDescriptor DK1008_ContractContradicted = new(
        "DK1008",
        "Contract contradicted by the body",
        "{0} {1}, and {2}: {3}",
        ExecutionContext,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The analyzers believe a contract at every call and do not look behind it; a wrong one hides the bugs of all callers.",
        HelpRoot + "DK1008.md");

    /// <summary><c>GfpFlags.Atomic</c> where the allocation could wait.</summary>
    public static readonly DiagnosticDescriptor DK1009_NeedlessAtomicAllocation = new(
        "DK1009",
        "Atomic allocation where sleeping is allowed",
        "{0} may wait for memory here, in process context with nothing held ({1}, line {2}): use GfpFlags.Kernel",
        ExecutionContext,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        "An allocation that may not wait fails when memory is short, and takes from the reserve that interrupt handlers live on.",
        HelpRoot + "DK1009.md");
}
