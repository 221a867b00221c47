namespace DriverKit.Contracts;

/// <summary><c>struct timespec</c>: a time in seconds and nanoseconds (<c>linux/time.h</c>).</summary>
/// <param name="TvSec"><c>tv_sec</c>: seconds.</param>
/// <param name="TvNsec"><c>tv_nsec</c>: nanoseconds, 0 to 999,999,999.</param>
public readonly record struct Timespec(long TvSec, long TvNsec);

/// <summary><c>struct timeval</c>: a time in seconds and microseconds (<c>linux/time.h</c>).</summary>
/// <param name="TvSec"><c>tv_sec</c>: seconds.</param>
/// <param name="TvUsec"><c>tv_usec</c>: microseconds, 0 to 999,999.</param>
public readonly record struct Timeval(long TvSec, long TvUsec);
