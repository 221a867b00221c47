namespace DriverKit.Headers;

/// <summary><c>asm/processor.h</c>.</summary>
public static class AsmProcessor
{
    /// <summary><c>cpu_relax()</c>: belongs into every loop that waits for another processor, for an interrupt or for time to pass. Every context.</summary>
    public static void CpuRelax() => Kernel.Here("cpu_relax").Scheduler.Relax("cpu_relax");
}
