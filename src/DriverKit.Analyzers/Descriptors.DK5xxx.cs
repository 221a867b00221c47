using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <content>DK5xxx: user memory.</content>
public static partial class Descriptors
{
    private const string UserMemory = "DriverKit.UserMemory";

    /// <summary>The result of a user access dropped.</summary>
    public static readonly DiagnosticDescriptor DK5001_UserCopyResultIgnored = new(
        "DK5001",
        "Result of a user access ignored",
        "The result of {0} is ignored{1}: it tells whether the memory of the process could be reached, so return -EFAULT when it could not",
        UserMemory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A process may pass any address; whether it could be reached is told by the result alone.",
        HelpRoot + "DK5001.md");

    /// <summary>The number of bytes not copied returned as a result.</summary>
    public static readonly DiagnosticDescriptor DK5002_BytesLeftReturned = new(
        "DK5002",
        "Number of bytes not copied returned as the result",
        "The number of bytes that {0} on line {1} could not copy is returned, and the process takes it for bytes done: return -EFAULT instead",
        UserMemory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A driver's operation returns how many bytes were done or a negated errno; how many are missing is neither.",
        HelpRoot + "DK5002.md");

    /// <summary>User memory fetched again after it was checked.</summary>
    public static readonly DiagnosticDescriptor DK5003_DoubleFetch = new(
        "DK5003",
        "User memory fetched twice and checked once",
        "{0} fetches again what was fetched and checked before, and the new value is used unchecked as {1} on line {2}: the process may have changed it in between, so use the first value or check again",
        UserMemory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Another thread of the process may change its memory between two fetches.",
        HelpRoot + "DK5003.md");

    /// <summary>A number from user space used without a bound.</summary>
    public static readonly DiagnosticDescriptor DK5004_UserSizeUnbounded = new(
        "DK5004",
        "Number from user space used without a bound",
        "A number that a process chose, {0}, is used as {1}{2} without an upper bound: compare it with the largest that is right, and refuse others",
        UserMemory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A process may choose any number; as a size or an index it reaches beyond what the driver has.",
        HelpRoot + "DK5004.md");

    /// <summary>An unchecked form of user access without <c>access_ok</c>.</summary>
    public static readonly DiagnosticDescriptor DK5005_UncheckedUserAccess = new(
        "DK5005",
        "Unchecked user access without access_ok",
        "{0} does not check the address, which {1}{2}, and AccessOk was not asked: ask it before, or use the checked form",
        UserMemory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The unchecked forms follow any address; with one of the kernel a process reads or writes kernel memory.",
        HelpRoot + "DK5005.md");

    /// <summary>Memory that was never written given to a process.</summary>
    public static readonly DiagnosticDescriptor DK5006_UninitializedMemoryToUser = new(
        "DK5006",
        "Uninitialised memory given to user space",
        "The memory that {0} allocated on line {1} is {2}{3}, and nothing was written to it: it holds what its last owner left, so allocate it zeroed",
        UserMemory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Fresh memory holds what its last owner left there; a process must not see it.",
        HelpRoot + "DK5006.md");

    /// <summary>The padding of a struct copied to a process.</summary>
    public static readonly DiagnosticDescriptor DK5007_PaddingToUser = new(
        "DK5007",
        "Padding of a struct copied to user space",
        "{0} has {1} {2} of padding {3}, which go to the process with what was on the stack{4}: make them fields and set them to zero",
        UserMemory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Assigning the fields of a struct leaves its holes as they were.",
        HelpRoot + "DK5007.md");

    /// <summary>A size that may wrap inside <c>access_ok</c>.</summary>
    public static readonly DiagnosticDescriptor DK5008_ArithmeticInAccessOk = new(
        "DK5008",
        "Arithmetic that can wrap inside access_ok",
        "The {0} of a number that a process chose, {1}, may wrap{2}, and AccessOk then agrees to less than what is accessed: compare the number with a bound first",
        UserMemory,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A check of a wrapped size says nothing of what is accessed.",
        HelpRoot + "DK5008.md");
}
