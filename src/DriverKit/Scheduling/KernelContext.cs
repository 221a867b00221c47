using System.Runtime.CompilerServices;

namespace DriverKit.Scheduling;

/// <summary>Which kernel this host thread is in, and for which task. Driver code runs inside one: under a system call, a module's init or exit.</summary>
/// <remarks>Several kernels may live in one host process, each on one thread at a time.</remarks>
internal sealed class KernelContext(object kernel, TaskStruct idle)
{
    /// <summary>Entries within one another, as when a driver makes another process do a system call. A kernel's own stack holds fewer, and each
    /// level throws anew on the way out, which takes the host's stack as well.</summary>
    private const int MaxDepth = 16;

    [ThreadStatic]
    private static KernelContext? _current;

    private int _depth;

    /// <summary>The host thread that is in the kernel; 0: none.</summary>
    private int _owner;

    /// <summary>The kernel this thread is in; null outside.</summary>
    public static KernelContext? Current => _current;

    /// <summary>The kernel itself, for the front door.</summary>
    public object Kernel { get; } = kernel;

    /// <summary><c>current</c>: the task that runs.</summary>
    public TaskStruct Task { get; private set; } = idle;

    /// <summary>True while some thread is in this kernel.</summary>
    public bool IsEntered => _depth != 0;

    /// <summary>Enters the kernel for a task; dispose what it returns to leave.</summary>
    /// <exception cref="InvalidOperationException">Another host thread is in this kernel.</exception>
    /// <exception cref="InsufficientExecutionStackException">Kernel code has called itself too deeply; further out it becomes an oops.</exception>
    public Scope Enter(TaskStruct task)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        int thread = Environment.CurrentManagedThreadId;
        if (_owner != thread && Interlocked.CompareExchange(ref _owner, thread, 0) != 0)
        {
            throw new InvalidOperationException(
                "Two host threads use one simulated kernel at the same time. A kernel runs one thing at a time: give each thread its own, or take turns.");
        }

        if (_depth >= MaxDepth)
            throw new InsufficientExecutionStackException();
        var scope = new Scope(this, _current, Task);
        _depth++;
        _current = this;
        Task = task;
        return scope;
    }

    /// <summary>Leaves the kernel again.</summary>
    public readonly ref struct Scope
    {
        private readonly KernelContext _context;
        private readonly KernelContext? _outer;
        private readonly TaskStruct _outerTask;

        internal Scope(KernelContext context, KernelContext? outer, TaskStruct outerTask)
        {
            _context = context;
            _outer = outer;
            _outerTask = outerTask;
        }

        /// <summary>Leaves the kernel; the task that ran before runs again.</summary>
        public void Dispose()
        {
            _context.Task = _outerTask;
            if (--_context._depth == 0)
                Volatile.Write(ref _context._owner, 0);
            _current = _outer;
        }
    }
}
