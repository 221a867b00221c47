namespace DriverKit.Contracts;

/// <summary>On a page or a physical address: only one of low memory has an address in the kernel all the time (DK2005, DK2006; <c>Documentation/vm/highmem</c>).</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class RequiresLowMemoryAttribute : Attribute;
