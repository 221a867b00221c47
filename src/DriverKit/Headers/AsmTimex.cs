namespace DriverKit.Headers;

/// <summary><c>asm/timex.h</c> and <c>asm/msr.h</c>: the counter of processor cycles. The model's processors make one in a nanosecond, all in step. Every context.</summary>
/// <remarks>Source: include/asm-i386/timex.h, msr.h of Linux 2.6.20.</remarks>
public static class AsmTimex
{
    /// <summary><c>get_cycles()</c>: the counter.</summary>
    public static ulong GetCycles() => Kernel.Current("get_cycles").Time.Cycles;

    /// <summary><c>rdtsc(low, high)</c>: its two halves.</summary>
    public static void Rdtsc(out uint low, out uint high)
    {
        ulong cycles = Kernel.Current("rdtsc").Time.Cycles;
        (low, high) = ((uint)cycles, (uint)(cycles >> 32));
    }

    /// <summary><c>rdtscl(low)</c>: its low half.</summary>
    public static void Rdtscl(out uint low) => low = (uint)Kernel.Current("rdtscl").Time.Cycles;

    /// <summary><c>rdtscll(val)</c>: all of it.</summary>
    public static void Rdtscll(out ulong val) => val = Kernel.Current("rdtscll").Time.Cycles;
}
