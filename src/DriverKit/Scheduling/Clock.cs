namespace DriverKit.Scheduling;

/// <summary>Virtual time in nanoseconds since boot. It moves with what the kernel does, and jumps when there is nothing to do; the host's clock has no part in it.</summary>
internal sealed class Clock(uint hz)
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly SortedSet<ClockEvent> _events = [];
    private long _sequence;

    /// <summary>Nanoseconds since boot.</summary>
    public ulong Now { get; set; }

    /// <summary><c>HZ</c>: ticks a second.</summary>
    public uint Hz { get; } = hz;

    /// <summary>Nanoseconds a tick.</summary>
    public ulong Tick => NanosecondsPerSecond / Hz;

    /// <summary>Ticks since boot.</summary>
    public ulong Ticks => Now / Tick;

    /// <summary>When the next event is due; <see cref="ulong.MaxValue"/>: never.</summary>
    public ulong Next { get; private set; } = ulong.MaxValue;

    /// <summary>An event is due.</summary>
    public bool IsDue => Next <= Now;

    /// <summary>Sets an event; one that is set already moves.</summary>
    public void Set(ClockEvent clockEvent, ulong when)
    {
        Cancel(clockEvent);
        clockEvent.Set(when, ++_sequence);
        _events.Add(clockEvent);
        Next = _events.Min!.When;
    }

    /// <summary>Forgets an event.</summary>
    /// <returns>True if it was set.</returns>
    public bool Cancel(ClockEvent clockEvent)
    {
        if (!clockEvent.IsSet)
            return false;
        _events.Remove(clockEvent);
        clockEvent.Clear();
        Next = _events.Min is { } first ? first.When : ulong.MaxValue;
        return true;
    }

    /// <summary>Takes the first event that is due; null without one.</summary>
    public ClockEvent? TakeDue()
    {
        if (!IsDue || _events.Min is not { } first)
            return null;
        Cancel(first);
        return first;
    }
}

/// <summary>Something that happens at a time: the timer interrupt calls it, in interrupt context.</summary>
internal sealed class ClockEvent(Action fire) : IComparable<ClockEvent>
{
    private long _sequence;

    public ulong When { get; private set; }

    public bool IsSet { get; private set; }

    public Action Fire { get; } = fire;

    /// <summary>By time; events of one time in the order they were set.</summary>
    public int CompareTo(ClockEvent? other) => other is null ? 1 : (When, _sequence).CompareTo((other.When, other._sequence));

    internal void Set(ulong when, long sequence) => (When, _sequence, IsSet) = (when, sequence, true);

    internal void Clear() => IsSet = false;
}
