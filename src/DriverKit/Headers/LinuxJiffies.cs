using System.Diagnostics.Contracts;
using DriverKit.Contracts;
using DriverKit.Interrupts;

namespace DriverKit.Headers;

/// <summary><c>linux/jiffies.h</c>: time in ticks. Every context.</summary>
/// <remarks>A count of jiffies is an <c>unsigned long</c> of the machine: 32 bits wide on i386, where it wraps five minutes after boot. Compare with <see cref="TimeAfter"/> and kin.
/// Source: include/linux/jiffies.h, kernel/time.c of Linux 2.6.20.</remarks>
public static class LinuxJiffies
{
    /// <summary><c>HZ</c>: jiffies in a second.</summary>
    public static uint Hz => Time("HZ").Hz;

    /// <summary><c>jiffies</c>: ticks since boot, more or less: it starts at <see cref="InitialJiffies"/>.</summary>
    public static ulong Jiffies => Kernel.Current("jiffies").Time.Jiffies;

    /// <summary><c>INITIAL_JIFFIES</c>: five minutes before a 32-bit counter wraps.</summary>
    public static ulong InitialJiffies => Time("INITIAL_JIFFIES").InitialJiffies;

    /// <summary><c>MAX_JIFFY_OFFSET</c>: the longest time that the comparisons see as a time to come.</summary>
    public static ulong MaxJiffyOffset => Time("MAX_JIFFY_OFFSET").MaxJiffyOffset;

    /// <summary><c>get_jiffies_64()</c>: all 64 bits; it never wraps.</summary>
    public static ulong GetJiffies64() => Kernel.Current("get_jiffies_64").Time.Jiffies64;

    /// <summary><c>time_after(a, b)</c>: a is after b, also across the wrap, if they are less than half of the range apart.</summary>
    [Pure]
    public static bool TimeAfter(ulong a, ulong b) => Time("time_after").Difference(b, a) < 0;

    /// <summary><c>time_before(a, b)</c>: a is before b.</summary>
    [Pure]
    public static bool TimeBefore(ulong a, ulong b) => Time("time_before").Difference(a, b) < 0;

    /// <summary><c>time_after_eq(a, b)</c>: a is after b, or the same.</summary>
    [Pure]
    public static bool TimeAfterEq(ulong a, ulong b) => Time("time_after_eq").Difference(a, b) >= 0;

    /// <summary><c>time_before_eq(a, b)</c>: a is before b, or the same.</summary>
    [Pure]
    public static bool TimeBeforeEq(ulong a, ulong b) => Time("time_before_eq").Difference(b, a) >= 0;

    /// <summary><c>jiffies_to_msecs(j)</c>: rounded down.</summary>
    [Pure]
    public static uint JiffiesToMsecs(ulong j) => Time("jiffies_to_msecs").JiffiesToMilliseconds(j);

    /// <summary><c>jiffies_to_usecs(j)</c>: rounded down.</summary>
    [Pure]
    public static uint JiffiesToUsecs(ulong j) => Time("jiffies_to_usecs").JiffiesToMicroseconds(j);

    /// <summary><c>msecs_to_jiffies(m)</c>: rounded up.</summary>
    [Pure]
    public static ulong MsecsToJiffies(uint m) => Time("msecs_to_jiffies").MillisecondsToJiffies(m);

    /// <summary><c>usecs_to_jiffies(u)</c>: rounded up.</summary>
    [Pure]
    public static ulong UsecsToJiffies(uint u) => Time("usecs_to_jiffies").MicrosecondsToJiffies(u);

    /// <summary><c>timespec_to_jiffies(value)</c>: rounded up; at most <see cref="MaxJiffyOffset"/>.</summary>
    [Pure]
    public static ulong TimespecToJiffies(Timespec value) => Time("timespec_to_jiffies").TimespecToJiffies(value);

    /// <summary><c>jiffies_to_timespec(jiffies, value)</c>.</summary>
    public static void JiffiesToTimespec(ulong jiffies, out Timespec value) => value = Time("jiffies_to_timespec").JiffiesToTimespec(jiffies);

    /// <summary><c>timeval_to_jiffies(value)</c>: rounded up; at most <see cref="MaxJiffyOffset"/>.</summary>
    [Pure]
    public static ulong TimevalToJiffies(Timeval value) => Time("timeval_to_jiffies").TimespecToJiffies(new Timespec(value.TvSec, value.TvUsec * 1000));

    /// <summary><c>jiffies_to_timeval(jiffies, value)</c>.</summary>
    public static void JiffiesToTimeval(ulong jiffies, out Timeval value) => value = Timekeeping.ToTimeval(Time("jiffies_to_timeval").JiffiesToTimespec(jiffies));

    /// <summary>Arithmetic is no preemption point.</summary>
    private static Timekeeping Time(string function) => Kernel.Here(function).Time;
}
