using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/sched.h</c>: the task that runs. Every context.</summary>
public static class LinuxSched
{
    /// <summary><c>current</c>: the task on whose behalf the kernel runs.</summary>
    public static TaskStruct Current => Kernel.Current("current").CurrentTask;
}
