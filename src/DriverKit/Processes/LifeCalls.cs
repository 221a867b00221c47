using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Processes;

/// <summary>What clone() shares with the child (<c>CLONE_*</c>, <c>linux/sched.h</c>).</summary>
[Flags]
public enum CloneFlags
{
    /// <summary>Nothing: fork().</summary>
    None = 0,

    /// <summary><c>CLONE_VM</c>: the address space.</summary>
    Vm = 0x100,

    /// <summary><c>CLONE_FS</c>: the working directory and the umask.</summary>
    Fs = 0x200,

    /// <summary><c>CLONE_FILES</c>: the descriptors.</summary>
    Files = 0x400,

    /// <summary><c>CLONE_SIGHAND</c>: the handlers of signals; needs CLONE_VM.</summary>
    Sighand = 0x800,

    /// <summary><c>CLONE_THREAD</c>: a thread of the same process; needs CLONE_SIGHAND.</summary>
    Thread = 0x10000,

    /// <summary><c>CLONE_VFORK</c>: the parent waits until the child executes a program or exits.</summary>
    Vfork = 0x4000,
}

/// <summary>fork(2), vfork(2) and clone(2).</summary>
/// <param name="flags">What it shares.</param>
/// <param name="name">The name of the call.</param>
/// <param name="made">The child: whoever wants it may find it dead already.</param>
/// <param name="program">Its program; null: it is driven by direct calls.</param>
internal readonly struct CloneCall(CloneFlags flags, string name, StrongBox<UserProcess> made, Func<UserProcess, int>? program) : ISystemCall
{
    private const CloneFlags Known = CloneFlags.Vm | CloneFlags.Fs | CloneFlags.Files | CloneFlags.Vfork | CloneFlags.Sighand | CloneFlags.Thread;

    public KernelResult Execute(UserProcess process)
    {
        if ((flags & ~Known) != 0 || Has(CloneFlags.Thread) && !Has(CloneFlags.Sighand) || Has(CloneFlags.Sighand) && !Has(CloneFlags.Vm))
            return -Errno.EINVAL;
        MmStruct? mm = process.Mm;
        if ((flags & CloneFlags.Vm) != 0)
            mm.MmUsers++;
        else
            mm = Fork(process.Kernel.VirtualMemory, mm);
        if (mm is null)
            return -Errno.ENOMEM;
        bool sharesFiles = (flags & CloneFlags.Files) != 0;
        if (sharesFiles)
            process.Files.Users++;
        SignalState signals = process.Task.Signals!;
        SignalActions actions = Has(CloneFlags.Sighand) ? signals.Group.Actions : signals.Group.Actions.Copy();
        UserProcess child = process.Kernel.Add(
            process.Name, mm, sharesFiles ? process.Files : process.Files.Fork(), (flags & CloneFlags.Fs) != 0 ? process.Fs : process.Fs.Copy(),
            Has(CloneFlags.Thread) ? process.Limits : process.Limits.Copy(),
            Has(CloneFlags.Thread) ? signals.Group : new SignalGroup(actions),
            Has(CloneFlags.Thread) ? process.Pid : null);
        child.Task.Signals!.Blocked = signals.Blocked;
        child.Task.Ppid = Has(CloneFlags.Thread) ? process.Task.Ppid : process.Pid;
        child.Cred.CopyFrom(process.Cred);
        child.OomScoreAdj = process.OomScoreAdj;
        if ((flags & CloneFlags.Vfork) != 0)
            process.WaitFor(child);
        made.Value = child;
        if (program is not null)
            process.Kernel.Programs.Start(child, program);
        return child.Tid;
    }

    private static MmStruct? Fork(VirtualMemory memory, MmStruct parent)
    {
        using MmapSem.Held held = memory.MmapSem.Write(parent);
        return memory.AddressSpaces.Fork(parent);
    }

    private bool Has(CloneFlags flag) => (flags & flag) != 0;

    public string Describe() => flags == CloneFlags.None || name != "clone" ? $"{name}()" : $"{name}({Strace.Flags(flags)})";
}

/// <summary>execve(2).</summary>
internal readonly struct ExecveCall(string path, IReadOnlyList<string> argv, IReadOnlyList<string> envp) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => new ProgramLoader(process.Kernel).Execute(process, path, argv, envp);

    public string Describe() => $"execve({Strace.Text(path)}, [{Strace.Texts(argv)}], {envp.Count} vars)";
}

/// <summary>exit_group(2) and exit(2): the address space first, then the files, as do_exit does.</summary>
internal readonly struct ExitCall(WaitStatus status, bool onlyThread = false) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (!onlyThread)
            process.Kernel.EndGroup(process, status);
        process.Kernel.Bury(process, status);
        return 0;
    }

    public string Describe() => "exit()";
}
