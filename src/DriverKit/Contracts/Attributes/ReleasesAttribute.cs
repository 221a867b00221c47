namespace DriverKit.Contracts;

/// <summary>When the method returns, the caller holds one less of the resource (sparse's <c>__releases</c>, Clang's <c>release_capability</c>).</summary>
/// <remarks>Which one it is, is said as for <see cref="AcquiresAttribute"/>; a slot of <c>kmap_atomic</c> is known by the address that is given.</remarks>
/// <param name="resource">What it lets go of.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate, AllowMultiple = true)]
public sealed class ReleasesAttribute(KernelResource resource) : Attribute
{
    /// <summary>What it lets go of.</summary>
    public KernelResource Resource { get; } = resource;
}
