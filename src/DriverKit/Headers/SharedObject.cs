using DriverKit.Memory.Physical;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary>The way in for functions that work on something tasks share: a preemption point that names it.</summary>
internal static class SharedObject
{
    /// <summary>An object that was never made is a null pointer to the kernel.</summary>
    public static Scheduler Enter(string function, object shared) => Kernel(function, shared).Scheduler;

    /// <summary>For functions that may sleep: not in atomic context.</summary>
    public static Scheduler EnterToSleep(string function, object shared)
    {
        Kernel kernel = Kernel(function, shared);
        AtomicContext.MightSleep(kernel.Machine, function);
        return kernel.Scheduler;
    }

    private static Kernel Kernel(string function, object shared) =>
        shared is null ? throw new NullReferenceException() : DriverKit.Kernel.Current(function, shared);
}
