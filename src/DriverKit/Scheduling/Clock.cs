namespace DriverKit.Scheduling;

/// <summary>Virtual time in nanoseconds since boot. It moves with what the kernel does, and jumps when there is nothing to do; the host's clock has no part in it.</summary>
internal sealed class Clock(uint hz)
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly SortedSet<ClockEvent> _events = [];
    private readonly SortedSet<ClockEvent> _deviceEvents = [];
    private long _sequence;

    /// <summary>Nanoseconds since boot.</summary>
    public ulong Now { get; set; }

    /// <summary><c>HZ</c>: ticks a second.</summary>
    public uint Hz { get; } = hz;

    /// <summary>Nanoseconds a tick.</summary>
    public ulong Tick => NanosecondsPerSecond / Hz;

    /// <summary>A time of at least zero in nanoseconds; three centuries are for ever.</summary>
    public static ulong Nanoseconds(TimeSpan time) => (ulong)Math.Min(time.Ticks, long.MaxValue / TimeSpan.NanosecondsPerTick) * TimeSpan.NanosecondsPerTick;

    /// <summary>Ticks since boot.</summary>
    public ulong Ticks => Now / Tick;

    /// <summary>When the next event is due; <see cref="ulong.MaxValue"/>: never.</summary>
    public ulong Next => Math.Min(NextInterrupt, NextDevice);

    /// <summary>When the timer interrupts next.</summary>
    public ulong NextInterrupt { get; private set; } = ulong.MaxValue;

    /// <summary>When a device does something by itself next; no processor has to take an interrupt for that.</summary>
    public ulong NextDevice { get; private set; } = ulong.MaxValue;

    /// <summary>The timer interrupts.</summary>
    public bool IsDue => NextInterrupt <= Now;

    /// <summary>A device does something.</summary>
    public bool IsDeviceDue => NextDevice <= Now;

    /// <summary>Sets an event; one that is set already moves.</summary>
    public void Set(ClockEvent clockEvent, ulong when)
    {
        Cancel(clockEvent);
        clockEvent.Set(when, ++_sequence);
        EventsLike(clockEvent).Add(clockEvent);
        FindNext();
    }

    /// <summary>Forgets an event.</summary>
    /// <returns>True if it was set.</returns>
    public bool Cancel(ClockEvent clockEvent)
    {
        if (!clockEvent.IsSet)
            return false;
        EventsLike(clockEvent).Remove(clockEvent);
        clockEvent.Clear();
        FindNext();
        return true;
    }

    /// <summary>Takes the first event that is due; null without one.</summary>
    public ClockEvent? TakeDue() => IsDue ? Take(_events) : null;

    /// <summary>Takes the first event of a device that is due; null without one.</summary>
    public ClockEvent? TakeDueDevice() => IsDeviceDue ? Take(_deviceEvents) : null;

    private ClockEvent Take(SortedSet<ClockEvent> events)
    {
        ClockEvent first = events.Min!;
        Cancel(first);
        return first;
    }

    private SortedSet<ClockEvent> EventsLike(ClockEvent clockEvent) => clockEvent.IsDevice ? _deviceEvents : _events;

    private void FindNext()
    {
        NextInterrupt = _events.Min is { } first ? first.When : ulong.MaxValue;
        NextDevice = _deviceEvents.Min is { } device ? device.When : ulong.MaxValue;
    }
}

/// <summary>Something that happens at a time: the timer interrupt calls it, in interrupt context; or a device does it by itself.</summary>
internal sealed class ClockEvent(Action fire, bool isDevice = false) : IComparable<ClockEvent>
{
    private long _sequence;

    public bool IsDevice { get; } = isDevice;

    public ulong When { get; private set; }

    public bool IsSet { get; private set; }

    public Action Fire { get; } = fire;

    /// <summary>By time; events of one time in the order they were set.</summary>
    public int CompareTo(ClockEvent? other) => other is null ? 1 : (When, _sequence).CompareTo((other.When, other._sequence));

    internal void Set(ulong when, long sequence) => (When, _sequence, IsSet) = (when, sequence, true);

    internal void Clear() => IsSet = false;
}
