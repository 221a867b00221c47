namespace DriverKit.Contracts;

/// <summary>On a parameter that is a size, a count or an index: a number that a process chose must have been compared with a bound before (DK5004, smatch's check_user_data).</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class MustBeBoundedAttribute : Attribute;
