namespace DriverKit.Headers;

/// <summary><c>asm/system.h</c>: barriers. Every context; never sleep.</summary>
/// <remarks>They matter on a machine with <see cref="Hardware.MachineOptions.StoreBuffers"/>: what kernel code has stored by addresses reaches devices and
/// other processors only after one. Every one of them empties the store buffer, as the locked instruction does that i386 uses for all three.
/// Source: include/asm-i386/system.h of Linux 2.6.20, Documentation/memory-barriers.txt.</remarks>
public static class AsmSystem
{
    /// <summary><c>mb()</c>: all loads and stores before it are done before any after it.</summary>
    public static void Mb() => Drain("mb");

    /// <summary><c>rmb()</c>: all loads before it are done before any after it.</summary>
    public static void Rmb() => Drain("rmb");

    /// <summary><c>wmb()</c>: all stores before it are seen before any after it: a descriptor before the doorbell.</summary>
    public static void Wmb() => Drain("wmb");

    /// <summary><c>smp_mb()</c>: <see cref="Mb"/> against other processors; on a machine with one it does nothing.</summary>
    public static void SmpMb() => DrainOnSmp("smp_mb");

    /// <summary><c>smp_rmb()</c>.</summary>
    public static void SmpRmb() => DrainOnSmp("smp_rmb");

    /// <summary><c>smp_wmb()</c>.</summary>
    public static void SmpWmb() => DrainOnSmp("smp_wmb");

    private static void Drain(string function) => Kernel.Current(function).Scheduler.StoreBuffers?.Drain();

    private static void DrainOnSmp(string function)
    {
        Kernel kernel = Kernel.Current(function);
        if (kernel.Machine.Cpus.Count > 1)
            kernel.Scheduler.StoreBuffers?.Drain();
    }
}
