using DriverKit.Memory.Virtual;

namespace DriverKit.Scheduling;

/// <summary><c>struct task_struct</c>: one thread of execution as the kernel sees it (<c>linux/sched.h</c>).</summary>
public sealed partial class TaskStruct
{
    /// <summary><c>TASK_COMM_LEN</c>, without the zero.</summary>
    private const int MaxComm = 15;

    private string _comm = "";

    internal TaskStruct(int pid, string comm, MmStruct? mm)
    {
        Pid = pid;
        Tgid = pid;
        Comm = comm;
        Mm = mm;
    }

    /// <summary><c>pid</c>: what gettid() returns.</summary>
    public int Pid { get; }

    /// <summary><c>tgid</c>: the pid of the process it is a thread of; what getpid() returns.</summary>
    public int Tgid { get; internal init; }

    /// <summary><c>real_parent->tgid</c>; 0 for a task of the kernel.</summary>
    internal int Ppid { get; set; }

    /// <summary><c>comm</c>: the program's name, at most 15 characters.</summary>
    public string Comm
    {
        get => _comm;
        internal set => _comm = value.Length <= MaxComm ? value : value[..MaxComm];
    }

    /// <summary><c>mm</c>: the address space; null for a task of the kernel and after exit.</summary>
    public MmStruct? Mm { get; internal set; }

    /// <summary><c>state</c>. Drivers set it by <c>set_current_state()</c> before they call <c>schedule()</c>.</summary>
    public TaskState State { get; internal set; }

    /// <summary><c>TIF_SIGPENDING</c>: a signal waits that the task does not block; an interruptible sleep ends.</summary>
    public bool SignalPending { get; internal set; }

    /// <summary><c>task_cpu()</c>: the processor it runs on, or ran on last.</summary>
    public int Cpu { get; internal set; }

    /// <summary><c>signal</c>, <c>sighand</c>, <c>pending</c>, <c>blocked</c>; null for a task of the kernel, which no signal reaches.</summary>
    internal SignalState? Signals { get; set; }

    /// <summary><c>cpus_allowed</c>: the only processor it may run on; -1: any.</summary>
    internal int BoundTo { get; set; } = -1;

    /// <summary>True for the task a processor runs when there is nothing to do (pid 0).</summary>
    internal bool IsIdle { get; init; }

    /// <summary>What it sleeps for, if it said so.</summary>
    internal IWaitable? WaitsFor { get; set; }

    /// <summary>What it spins on; null when it does not. It may lose its processor meanwhile, if preemption is on.</summary>
    internal ISpinnable? SpinsOn { get; set; }

    /// <summary>Sleeping is its normal state: it serves others (a worker thread). A blocked machine does not mention it.</summary>
    internal bool IsServer { get; init; }

    /// <summary>A program that the host waits for in <c>Kernel.Run</c>.</summary>
    internal bool IsProgram { get; set; }

    /// <summary>On a processor or in a queue for one.</summary>
    internal bool IsOnQueue { get; set; }

    /// <summary>The host thread that carries it while it is in the middle of something; null before it has run.</summary>
    internal Fiber? Fiber { get; set; }

    /// <summary>What it does when it is first run; null for one that the host drives by direct calls.</summary>
    internal Action? Body { get; set; }

    /// <summary>The preempt_count and the interrupt flag it has while it is not on a processor.</summary>
    internal (int PreemptCount, bool InterruptsEnabled) Saved { get; set; } = (0, true);

    /// <summary><c>lockdep_depth</c>: spinlocks and rwlocks it holds.</summary>
    internal int LockdepDepth { get; set; }

    /// <summary>What it was about to do when it last stopped: the operation's kernel name.</summary>
    internal string Operation { get; set; } = "start";

    /// <summary>What it was about to do it on: a lock, a wait queue; null when that is not known.</summary>
    internal object? OperationOn { get; set; }

    /// <summary>When it last stopped running, in nanoseconds since boot.</summary>
    internal ulong StoppedAt { get; set; }

    /// <summary>The name and the pid.</summary>
    public override string ToString() => $"{Comm}[{Pid}]";
}
