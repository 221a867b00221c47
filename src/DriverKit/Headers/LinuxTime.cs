using DriverKit.Contracts;
using DriverKit.Interrupts;

namespace DriverKit.Headers;

/// <summary><c>linux/time.h</c>: the wall clock. Every machine boots on 2007-02-04 at 18:44:54 UTC. Every context.</summary>
/// <remarks>Source: include/linux/time.h, kernel/timer.c of Linux 2.6.20.</remarks>
public static class LinuxTime
{
    /// <summary><c>NSEC_PER_SEC</c>.</summary>
    public const long NsecPerSec = Timekeeping.NanosecondsPerSecond;

    /// <summary><c>USEC_PER_SEC</c>.</summary>
    public const long UsecPerSec = 1_000_000;

    /// <summary><c>MSEC_PER_SEC</c>.</summary>
    public const long MsecPerSec = 1_000;

    /// <summary><c>do_gettimeofday(tv)</c>: the time, to the microsecond.</summary>
    public static void DoGettimeofday(out Timeval tv) => tv = Timekeeping.ToTimeval(Timekeeping.ToTimespec(Kernel.Current("do_gettimeofday").Time.WallNanoseconds));

    /// <summary><c>getnstimeofday(tv)</c>: the time, to the nanosecond.</summary>
    public static void Getnstimeofday(out Timespec tv) => tv = Timekeeping.ToTimespec(Kernel.Current("getnstimeofday").Time.WallNanoseconds);

    /// <summary><c>current_kernel_time()</c>: the time at the last tick.</summary>
    public static Timespec CurrentKernelTime() => Timekeeping.ToTimespec(Kernel.Current("current_kernel_time").Time.TickNanoseconds);

    /// <summary><c>get_seconds()</c>: the seconds of <see cref="CurrentKernelTime"/>.</summary>
    public static ulong GetSeconds() => Kernel.Current("get_seconds").Time.TickNanoseconds / (ulong)NsecPerSec;
}
