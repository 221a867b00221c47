using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>fork(2).</summary>
internal readonly struct ForkCall : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (process.Kernel.VirtualMemory.AddressSpaces.Fork(process.Mm) is not { } mm)
            return -Errno.ENOMEM;
        return process.Kernel.Add(process.Name, mm, process.Files.Fork(), process.Fs.Copy()).Pid;
    }

    public string Describe() => "fork()";
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
