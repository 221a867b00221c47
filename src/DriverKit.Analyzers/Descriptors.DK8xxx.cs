using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <content>DK8xxx: the driver's life, from Init to Exit.</content>
public static partial class Descriptors
{
    private const string Lifecycle = "DriverKit.Lifecycle";

    /// <summary>The result of a <c>__must_check</c> function that nobody looks at.</summary>
    public static readonly DiagnosticDescriptor DK8001_ResultIgnored = new(
        "DK8001",
        "Result of a function that can fail is ignored",
        "{0} can fail, and its result is {1}: look at it, or write _ = where a failure does not matter",
        Lifecycle,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A step that failed says so by its result and by nothing else; a driver that does not look goes on without it.",
        HelpRoot + "DK8001.md");

    /// <summary>What a module leaves behind when it goes.</summary>
    public static readonly DiagnosticDescriptor DK8002_NotUnregistered = new(
        "DK8002",
        "Registration or memory of Init not taken back in Exit",
        "What {0} has {1} is taken back by nothing that Exit calls: take it back there",
        Lifecycle,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The kernel does not know what belongs to a module: what Exit leaves behind stays, and leads into code that is gone.",
        HelpRoot + "DK8002.md");

    /// <summary>An Init that fails and does not undo what it has done.</summary>
    public static readonly DiagnosticDescriptor DK8003_InitUnwindMissing = new(
        "DK8003",
        "Failing Init leaves earlier steps in place",
        "What {0} has {1} is still there when Init fails and returns on line {2}: undo it on that path",
        Lifecycle,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A module whose Init fails is not loaded and its Exit never runs, so what is not undone stays until the next boot.",
        HelpRoot + "DK8003.md");

    /// <summary>A device that is registered before it can work.</summary>
    public static readonly DiagnosticDescriptor DK8004_DeviceLiveBeforeReady = new(
        "DK8004",
        "Device is live before what its operations need is there",
        "{0} makes the device live, and {1}, which its operations use, is set only on line {2}: register the device last",
        Lifecycle,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A process may open the device as soon as it is registered, before the call has returned.",
        HelpRoot + "DK8004.md");

    /// <summary>References taken and given back that do not match.</summary>
    public static readonly DiagnosticDescriptor DK8005_ReferenceImbalance = new(
        "DK8005",
        "References taken and given back unequally",
        "{0}: {1}",
        Lifecycle,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A reference that is lost keeps the object for ever; one that is given back too often frees it under its next user.",
        HelpRoot + "DK8005.md");

    /// <summary>An interrupt handler that stays registered.</summary>
    public static readonly DiagnosticDescriptor DK8007_IrqNotFreed = new(
        "DK8007",
        "Interrupt line not freed",
        "The handler that {0} registers is not freed {1}",
        Lifecycle,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A handler that outlives its module, or the device it serves, runs code and reads memory that are gone.",
        HelpRoot + "DK8007.md");

    /// <summary>Operations that do not say whose they are.</summary>
    public static readonly DiagnosticDescriptor DK8008_OwnerMissing = new(
        "DK8008",
        "Operations without an owner",
        "These operations are given to {0} and name no owner, so the module can be unloaded while a file is open: set Owner to the module",
        Lifecycle,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The kernel counts the open files of a module by the owner that the operations name; without one, rmmod goes through and the next call runs code that is gone.",
        HelpRoot + "DK8008.md");

    /// <summary>Another answer than -ENOTTY to a command nobody knows.</summary>
    public static readonly DiagnosticDescriptor DK8009_IoctlDefault = new(
        "DK8009",
        "Unknown ioctl command not answered with -ENOTTY",
        "{0} answers a command that it does not know with {1}: return -ENOTTY",
        Lifecycle,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Programs take ENOTTY for a command that does not fit the device, and any other error for a failure of one that does.",
        HelpRoot + "DK8009.md");

    /// <summary>A sleep that a wake-up may come before.</summary>
    public static readonly DiagnosticDescriptor DK8010_WaitConditionUnlocked = new(
        "DK8010",
        "Sleep that can miss its wake-up",
        "{0} sleeps without another look after {1} on line {2}, so a wake-up in between is missed: use WaitEvent, or join the queue by PrepareToWait before that",
        Lifecycle,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "What the task waits for may happen between its look and its sleep; then nobody is in the queue to be woken.",
        HelpRoot + "DK8010.md");
}
