using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

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

    /// <summary><c>CLONE_VFORK</c>: the parent waits until the child executes a program or exits.</summary>
    Vfork = 0x4000,
}

/// <summary>fork(2), vfork(2) and clone(2).</summary>
internal readonly struct CloneCall(CloneFlags flags, string name) : ISystemCall
{
    private const CloneFlags Known = CloneFlags.Vm | CloneFlags.Fs | CloneFlags.Files | CloneFlags.Vfork;

    public KernelResult Execute(UserProcess process)
    {
        if ((flags & ~Known) != 0)
            return -Errno.EINVAL;
        MmStruct? mm = process.Mm;
        if ((flags & CloneFlags.Vm) != 0)
            mm.MmUsers++;
        else
            mm = process.Kernel.VirtualMemory.AddressSpaces.Fork(mm);
        if (mm is null)
            return -Errno.ENOMEM;
        bool sharesFiles = (flags & CloneFlags.Files) != 0;
        if (sharesFiles)
            process.Files.Users++;
        UserProcess child = process.Kernel.Add(
            process.Name, mm, sharesFiles ? process.Files : process.Files.Fork(), (flags & CloneFlags.Fs) != 0 ? process.Fs : process.Fs.Copy(), process.Limits.Copy());
        child.Task.Ppid = process.Pid;
        child.Cred.CopyFrom(process.Cred);
        child.OomScoreAdj = process.OomScoreAdj;
        if ((flags & CloneFlags.Vfork) != 0)
            process.WaitFor(child);
        return child.Pid;
    }

    public string Describe() => flags == CloneFlags.None || name != "clone" ? $"{name}()" : $"{name}({Strace.Flags(flags)})";
}

/// <summary>execve(2).</summary>
internal readonly struct ExecveCall(string path, IReadOnlyList<string> argv, IReadOnlyList<string> envp) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => new ProgramLoader(process.Kernel).Execute(process, path, argv, envp);

    public string Describe() => $"execve({Strace.Text(path)}, [{Strace.Texts(argv)}], {envp.Count} vars)";
}

/// <summary>exit(2): the address space first, then the files, as do_exit does.</summary>
internal readonly struct ExitCall : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        process.Kernel.Bury(process);
        return 0;
    }

    public string Describe() => "exit()";
}
