namespace DriverKit.Scheduling;

/// <summary>What has happened, folded into 64 bits.</summary>
internal sealed class TraceHash
{
    public ulong Value { get; private set; } = 0xcbf29ce484222325;

    public void Fold(TraceEvent what, long value)
    {
        Value = unchecked((Value ^ (ulong)what) * 0x9E3779B97F4A7C15);
        Value = unchecked((System.Numerics.BitOperations.RotateLeft(Value, 29) ^ (ulong)value) * 0x100000001b3);
    }
}

/// <summary>The kinds of things a trace is made of.</summary>
internal enum TraceEvent
{
    New = 1,
    Switch,
    Sleep,
    Wake,
    Interrupt,
    Timer,
    Choice,
    Call,
    Exit,
    Log,
    Signal,
}
