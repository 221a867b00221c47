using DriverKit.Memory.Physical;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary>The way in for functions that work on something tasks share: a preemption point that names it.</summary>
internal static class SharedObject
{
    /// <summary>Where a task is that has done an operation and does the next thing: nothing of its own to show.</summary>
    public const string GoesOn = "goes on";

    /// <summary>An object that was never made is a null pointer to the kernel.</summary>
    public static Scheduler Enter(string function, object shared) => Kernel(function, shared).Scheduler;

    /// <summary>For functions that may sleep: not in atomic context.</summary>
    public static Scheduler EnterToSleep(string function, object shared)
    {
        Kernel kernel = Kernel(function, shared);
        AtomicContext.MightSleep(kernel.Machine, function);
        return kernel.Scheduler;
    }

    /// <summary>Something has been let go, or somebody woken: others may go on before the caller does anything else. What the caller does then without a lock
    /// can be too early for them or too late.</summary>
    public static void Left(Scheduler scheduler, object shared) => scheduler.Point(GoesOn, shared);

    private static Kernel Kernel(string function, object shared) =>
        shared is null ? throw new NullReferenceException() : DriverKit.Kernel.Current(function, shared);
}
