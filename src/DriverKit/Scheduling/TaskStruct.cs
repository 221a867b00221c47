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
        Comm = comm;
        Mm = mm;
    }

    /// <summary><c>pid</c>.</summary>
    public int Pid { get; }

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
}
