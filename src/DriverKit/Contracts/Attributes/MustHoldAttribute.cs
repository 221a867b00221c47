namespace DriverKit.Contracts;

/// <summary>The caller holds the resource, before and after (sparse's <c>__must_hold</c>, Clang's <c>requires_capability</c>, <c>lockdep_assert_held</c>).</summary>
/// <remarks>The body of such a method begins with the resource held. Which one it is, is said as for <see cref="AcquiresAttribute"/>.</remarks>
/// <param name="resource">What is held.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate, AllowMultiple = true)]
public sealed class MustHoldAttribute(KernelResource resource) : Attribute
{
    /// <summary>What is held.</summary>
    public KernelResource Resource { get; } = resource;
}
