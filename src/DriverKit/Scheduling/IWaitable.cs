namespace DriverKit.Scheduling;

/// <summary>What a task can wait for, as the report of a blocked machine names it.</summary>
internal interface IWaitable
{
    /// <summary>What it is: <c>mutex "dev->sem"</c>, <c>wait queue</c>.</summary>
    string Describe();

    /// <summary>Who holds it; null when nobody does, or when it is not held but signalled.</summary>
    TaskStruct? Owner { get; }
}
