namespace DriverKit.Contracts;

/// <summary>When the method returns, the caller holds one more of the resource.</summary>
/// <param name="resource">What it takes hold of.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class AcquiresAttribute(KernelResource resource) : Attribute
{
    /// <summary>What it takes hold of.</summary>
    public KernelResource Resource { get; } = resource;
}
