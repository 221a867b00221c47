using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>pipe2(2) with the pair of descriptors as a value.</summary>
internal readonly struct PipeCall(OpenFlags flags, StrongBox<(int Read, int Write)> pair) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        KernelResult result = Make(process, flags, out int read, out int write);
        pair.Value = (read, write);
        return result;
    }

    public string Describe() => $"pipe2({Strace.Flags(flags)})";

    /// <summary><c>do_pipe2</c>: EINVAL for a flag it does not know, then the pipe, then EMFILE.</summary>
    internal static KernelResult Make(UserProcess process, OpenFlags flags, out int read, out int write)
    {
        read = write = -1;
        if ((flags & ~(OpenFlags.CloseOnExec | OpenFlags.NonBlock | OpenFlags.Direct)) != 0)
            return -Errno.EINVAL;
        (OpenFile reading, OpenFile writing) = process.Kernel.FileSystems.Pipes.Create(flags);
        ulong limit = process.Limits.Of(RlimitResource.OpenFiles);
        if (process.Files.LowestFree() is var first && ((ulong)first >= limit || (ulong)process.Files.LowestFree(first + 1) >= limit))
        {
            reading.Put();
            writing.Put();
            return -Errno.EMFILE;
        }

        bool closes = (flags & OpenFlags.CloseOnExec) != 0;
        read = process.Files.Install(reading, closes);
        write = process.Files.Install(writing, closes);
        return 0;
    }
}

/// <summary>pipe2(2) with the pair of descriptors in the process's memory.</summary>
internal readonly struct Pipe2Call(UserVirtualAddress fildes, OpenFlags flags) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (PipeCall.Make(process, flags, out int read, out int write) is { IsError: true } error)
            return error;
        ulong pair = (uint)read | ((ulong)(uint)write << 32);
        if (process.Kernel.VirtualMemory.UserAccess.Put(process.Mm, pair, fildes).IsSuccess)
            return 0;
        process.Files.Close(read);
        process.Files.Close(write);
        return -Errno.EFAULT;
    }

    public string Describe() => $"pipe2({fildes}, {Strace.Flags(flags)})";
}
