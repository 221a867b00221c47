namespace DriverKit.Contracts;

/// <summary><c>__must_check</c>: the result says whether it worked, and a caller that drops it is wrong (DK8001).</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Delegate)]
public sealed class MustCheckAttribute : Attribute;
