namespace DriverKit.Contracts;

/// <summary>When the method returns, the caller holds one less of the resource.</summary>
/// <param name="resource">What it lets go of.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ReleasesAttribute(KernelResource resource) : Attribute
{
    /// <summary>What it lets go of.</summary>
    public KernelResource Resource { get; } = resource;
}
