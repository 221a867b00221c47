namespace DriverKit.Contracts;

/// <summary>When the method returns, the caller holds one more of the resource (sparse's <c>__acquires</c> and <c>__cond_lock</c>, Clang's <c>acquire_capability</c>).</summary>
/// <remarks>The analyzers read it at every call (DK1001, DK1002, DK1006, DK7001 to DK7007). Of a lock, the method's first parameter of a lock type says which one; a slot of
/// <c>kmap_atomic</c> is known by the address that is returned; counts, as of <c>preempt_disable</c>, are all alike.</remarks>
/// <param name="resource">What it takes hold of.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate, AllowMultiple = true)]
public sealed class AcquiresAttribute(KernelResource resource) : Attribute
{
    /// <summary>What it takes hold of.</summary>
    public KernelResource Resource { get; } = resource;

    /// <summary>The results with which it is held; with all others nothing has changed.</summary>
    public ResultMeaning When { get; init; }
}
