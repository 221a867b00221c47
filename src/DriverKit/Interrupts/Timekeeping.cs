using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary>The machine's virtual time as the kernel counts it: in jiffies, by the wall clock, in cycles.</summary>
/// <remarks>Source: kernel/timer.c, kernel/time.c, include/linux/jiffies.h of Linux 2.6.20.</remarks>
internal sealed class Timekeeping(Machine machine, Clock clock)
{
    public const long NanosecondsPerSecond = 1_000_000_000;
    private const long MicrosecondsPerSecond = 1_000_000;
    private const long MillisecondsPerSecond = 1_000;

    /// <summary>Seconds before the counter of a 32-bit machine wraps, so that drivers which cannot stand it are found.</summary>
    private const uint SecondsToWrap = 300;

    /// <summary>2007-02-04 18:44:54 UTC, when Linux 2.6.20 was released: every machine boots then.</summary>
    private const ulong BootTime = 1_170_614_694ul * NanosecondsPerSecond;

    /// <summary>Bits of an <c>unsigned long</c>.</summary>
    private readonly ulong _word = machine.Options.Architecture == Architecture.X8664 ? ulong.MaxValue : uint.MaxValue;

    public uint Hz => clock.Hz;

    /// <summary><c>INITIAL_JIFFIES</c>.</summary>
    public ulong InitialJiffies => unchecked(0u - SecondsToWrap * Hz);

    /// <summary><c>jiffies_64</c>.</summary>
    public ulong Jiffies64 => InitialJiffies + clock.Ticks;

    /// <summary><c>jiffies</c>: an <c>unsigned long</c>.</summary>
    public ulong Jiffies => Jiffies64 & _word;

    /// <summary><c>MAX_JIFFY_OFFSET</c>: the longest time that can be compared.</summary>
    public ulong MaxJiffyOffset => (_word >> 1) - 1;

    /// <summary>Nanoseconds since boot; the processor makes a cycle in each.</summary>
    public ulong Cycles => clock.Now;

    /// <summary>The wall clock.</summary>
    public ulong WallNanoseconds => BootTime + clock.Now;

    /// <summary>The wall clock at the last tick (<c>xtime</c>).</summary>
    public ulong TickNanoseconds => BootTime + clock.Ticks * clock.Tick;

    /// <summary>An <c>unsigned long</c> of the machine.</summary>
    public ulong Word(ulong value) => value & _word;

    /// <summary>The difference of two counts as a <c>long</c> of the machine: right across the wrap.</summary>
    public long Difference(ulong a, ulong b) => _word == uint.MaxValue ? unchecked((int)(uint)(a - b)) : unchecked((long)(a - b));

    public ulong MillisecondsToJiffies(uint milliseconds) => ToJiffies(milliseconds, MillisecondsPerSecond);

    public ulong MicrosecondsToJiffies(uint microseconds) => ToJiffies(microseconds, MicrosecondsPerSecond);

    public uint JiffiesToMilliseconds(ulong jiffies) => unchecked((uint)((UInt128)Word(jiffies) * MillisecondsPerSecond / Hz));

    public uint JiffiesToMicroseconds(ulong jiffies) => unchecked((uint)((UInt128)Word(jiffies) * MicrosecondsPerSecond / Hz));

    public ulong TimespecToJiffies(Timespec value) =>
        unchecked((ulong)value.TvSec) >= MaxJiffyOffset / Hz ? MaxJiffyOffset : (ulong)value.TvSec * Hz + ToJiffies((ulong)value.TvNsec, NanosecondsPerSecond);

    public Timespec JiffiesToTimespec(ulong jiffies) => ToTimespec((UInt128)Word(jiffies) * NanosecondsPerSecond / Hz);

    public static Timespec ToTimespec(UInt128 nanoseconds) => new((long)(nanoseconds / NanosecondsPerSecond), (long)(nanoseconds % NanosecondsPerSecond));

    public static Timeval ToTimeval(Timespec value) => new(value.TvSec, value.TvNsec / 1000);

    /// <summary>Rounded up: a wait of so many jiffies is never shorter than asked for, but for the tick that has begun.</summary>
    private ulong ToJiffies(ulong time, ulong unit) => (ulong)UInt128.Min(((UInt128)time * Hz + (unit - 1)) / unit, MaxJiffyOffset);
}
