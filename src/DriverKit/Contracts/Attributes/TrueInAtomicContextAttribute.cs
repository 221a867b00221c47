namespace DriverKit.Contracts;

/// <summary>The method returns true whenever sleeping is forbidden (<c>in_atomic()</c>), so what is skipped then need not fear it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TrueInAtomicContextAttribute : Attribute;
