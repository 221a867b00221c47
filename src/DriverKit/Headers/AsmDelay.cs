namespace DriverKit.Headers;

/// <summary><c>asm/delay.h</c>: short waits that keep the processor busy. Every context.</summary>
/// <remarks>Source: include/asm-i386/delay.h of Linux 2.6.20.</remarks>
public static class AsmDelay
{
    private const ulong NanosecondsPerMicrosecond = 1_000;

    /// <summary><c>udelay(n)</c>: microseconds.</summary>
    public static void Udelay(uint n) => Kernel.Current("udelay").Scheduler.Delay("udelay", n * NanosecondsPerMicrosecond);

    /// <summary><c>ndelay(n)</c>: nanoseconds.</summary>
    public static void Ndelay(uint n) => Kernel.Current("ndelay").Scheduler.Delay("ndelay", n);
}
