using DriverKit.Contracts;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/sched.h</c>: the task that runs. Every context.</summary>
public static class LinuxSched
{
    /// <summary><c>current</c>: the task on whose behalf the kernel runs.</summary>
    public static TaskStruct Current => Kernel.Current("current").CurrentTask;

    /// <summary><c>rlim_cur</c> of <c>current->signal->rlim[resource]</c>: the limit in force for the process that runs; <see cref="Rlimit.Infinity"/> for none.
    /// For a task of the kernel, what a process starts with.</summary>
    public static ulong RlimCur(RlimitResource resource) => Of("rlim_cur", resource).Current;

    /// <summary><c>rlim_max</c> of <c>current->signal->rlim[resource]</c>: how far the process that runs may raise a limit.</summary>
    public static ulong RlimMax(RlimitResource resource) => Of("rlim_max", resource).Maximum;

    private static Rlimit Of(string function, RlimitResource resource) => (Kernel.Current(function).CurrentTask.Mm?.Limits ?? new())[resource];
}
