using System.Runtime.CompilerServices;

namespace DriverKit.Scheduling;

/// <summary>Which kernel this host thread is in, and for which task. Driver code runs inside one: under a system call, a module's init or exit, an interrupt.</summary>
/// <remarks>Several kernels may live in one host process. A kernel runs one thing at a time: on the host thread that calls, or on the fiber of a task.</remarks>
internal sealed class KernelContext(object kernel, Scheduler scheduler)
{
    [ThreadStatic]
    private static KernelContext? _current;

    /// <summary>The kernel this thread is in; null outside.</summary>
    public static KernelContext? Current => _current;

    /// <summary>The kernel itself, for the front door.</summary>
    public object Kernel { get; } = kernel;

    public Scheduler Scheduler { get; } = scheduler;

    /// <summary><c>current</c>: the task that runs.</summary>
    public TaskStruct Task => Scheduler.Current;

    /// <summary>True while some thread is in this kernel.</summary>
    public bool IsEntered => Scheduler.IsOwned;

    /// <summary>Enters the kernel for a task; dispose what it returns to leave.</summary>
    /// <exception cref="InvalidOperationException">Another host thread is in this kernel, or the kernel has panicked.</exception>
    /// <exception cref="DeadlockException">No processor will ever be free for it.</exception>
    /// <exception cref="InsufficientExecutionStackException">Kernel code has called itself too deeply; further out it becomes an oops.</exception>
    public Scope Enter(TaskStruct task)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Scheduler.ThrowIfPoweringOff();
        int thread = Environment.CurrentManagedThreadId;
        bool claimed = false;
        if (!Scheduler.IsOwner(thread) && !(claimed = Scheduler.TryClaim(thread)))
        {
            throw new InvalidOperationException(
                "Two host threads use one simulated kernel at the same time. A kernel runs one thing at a time: give each thread its own, or take turns.");
        }

        Fiber fiber = Scheduler.Fiber;
        if (!fiber.Stack.TryPush())
        {
            if (claimed)
                Scheduler.Disclaim();
            throw new InsufficientExecutionStackException();
        }

        try
        {
            var scope = new Scope(this, _current, Scheduler.Become(task), claimed);
            _current = this;
            return scope;
        }
        catch
        {
            fiber.Stack.Pop();
            if (claimed)
                Scheduler.Disclaim();
            throw;
        }
    }

    /// <summary>The task of the thread that calls, for what is done in its name.</summary>
    public Scope Enter() => Enter(Scheduler.IsOwner(Environment.CurrentManagedThreadId) ? Task : Scheduler.Console);

    /// <summary>Leaves the kernel again.</summary>
    public readonly ref struct Scope
    {
        private readonly KernelContext _context;
        private readonly KernelContext? _outer;
        private readonly TaskStruct _outerTask;
        private readonly bool _claimed;

        internal Scope(KernelContext context, KernelContext? outer, TaskStruct outerTask, bool claimed)
        {
            _context = context;
            _outer = outer;
            _outerTask = outerTask;
            _claimed = claimed;
        }

        /// <summary>Leaves the kernel; the task that ran before runs again.</summary>
        public void Dispose()
        {
            Scheduler scheduler = _context.Scheduler;
            scheduler.Fiber.Stack.Pop();
            scheduler.Resume(_outerTask);
            if (_claimed)
                scheduler.Disclaim();
            _current = _outer;
        }
    }
}
