namespace DriverKit.Primitives;

/// <summary>The machine has been switched off while a task was in the middle of something.</summary>
internal sealed class FiberAbortedException() : Exception("The machine has been switched off.");
