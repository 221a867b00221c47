namespace DriverKit.Contracts;

/// <summary>The method may put its caller to sleep (<c>might_sleep()</c>): it must not be called in atomic context.
/// The analyzers read it at every call (DK1001 to DK1005); the running kernel checks the same calls.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate)]
public sealed class MightSleepAttribute : Attribute
{
    /// <summary>The name of a <see cref="Primitives.GfpFlags"/> parameter that decides: the method sleeps only when the argument has
    /// <see cref="Primitives.GfpFlags.Wait"/> set. Null: it may always sleep.</summary>
    public string? FlagsParameter { get; init; }
}
