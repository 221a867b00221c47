namespace DriverKit.Scheduling;

/// <summary><c>TASK_*</c> and <c>EXIT_*</c>: what a task is doing (<c>linux/sched.h</c>). The values are those of Linux 2.6.20.</summary>
[Flags]
public enum TaskState
{
    /// <summary><c>TASK_RUNNING</c>: it runs, or waits only for a processor.</summary>
    Running = 0,

    /// <summary><c>TASK_INTERRUPTIBLE</c>: it sleeps until it is woken or a signal comes.</summary>
    Interruptible = 1,

    /// <summary><c>TASK_UNINTERRUPTIBLE</c>: it sleeps until it is woken; signals wait.</summary>
    Uninterruptible = 2,

    /// <summary><c>EXIT_ZOMBIE</c>: it has ended and its parent has not asked how.</summary>
    Zombie = 16,

    /// <summary><c>EXIT_DEAD</c>: nothing is left of it.</summary>
    Dead = 32,
}
