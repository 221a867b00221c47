namespace DriverKit.Contracts;

/// <summary>The method sleeps until it is woken and looks at no condition, so a wake-up between the caller's look and the sleep is lost (DK8010; checkpatch's word on <c>sleep_on</c>).</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WaitsUnconditionallyAttribute : Attribute;
