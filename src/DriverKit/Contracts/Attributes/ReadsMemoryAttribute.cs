namespace DriverKit.Contracts;

/// <summary>On a parameter: the function reads kernel memory through this pointer (gcc's <c>access(read_only)</c>).</summary>
/// <remarks>So it must be a kernel address of memory that is there, and big enough (DK2007, DK2009, DK3006, DK5006).</remarks>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ReadsMemoryAttribute : Attribute
{
    /// <summary>The name of the parameter that says how much: a number of elements, or a span as long. Null: as much as the type argument is long, or nobody knows.</summary>
    public string? SizeParameter { get; init; }

    /// <summary>Bytes of an element: 2 for <c>outsw</c>.</summary>
    public int ElementSize { get; init; } = 1;
}
