using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>epoll_create1(2).</summary>
internal readonly struct EpollCreateCall(OpenFlags flags) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if ((flags & ~OpenFlags.CloseOnExec) != 0)
            return -Errno.EINVAL;
        return process.Files.IsFull(process.Limits.Of(RlimitResource.OpenFiles))
            ? -Errno.EMFILE
            : process.Files.Install(process.Kernel.FileSystems.EventPolls.Create(), flags != 0);
    }

    public string Describe() => $"epoll_create1({Strace.Flags(flags)})";
}

/// <summary>epoll_ctl(2) with the event in the process's memory.</summary>
internal readonly struct EpollCtlCall(int epfd, EpollOperation operation, int fd, UserVirtualAddress address) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        EpollEvent wanted = default;
        if (operation != EpollOperation.Del && process.Kernel.VirtualMemory.UserAccess.Get(process.Mm, out wanted, address).IsError)
            return -Errno.EFAULT;
        return process.Files.Get(epfd) is { } instance && process.Files.Get(fd) is { } file
            ? EventPollFiles.Control(instance, operation, file, fd, wanted.Events, wanted.Data)
            : -Errno.EBADF;
    }

    public string Describe() => $"epoll_ctl({epfd}, {operation}, {fd}, {address})";
}

/// <summary>epoll_wait(2).</summary>
internal readonly struct EpollWaitCall(int epfd, UserVirtualAddress events, int maxEvents, int timeout) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        const int MaxEvents = int.MaxValue / 12;
        if (process.Files.Get(epfd) is not { } file)
            return -Errno.EBADF;
        if (maxEvents is <= 0 or > MaxEvents)
            return -Errno.EINVAL;
        UserAccess access = process.Kernel.VirtualMemory.UserAccess;
        ulong size = (ulong)Unsafe.SizeOf<EpollEvent>();
        if (!access.AccessOk(events, (ulong)maxEvents * size))
            return -Errno.EFAULT;
        if (EventPollFiles.Of(file) is not { } instance)
            return -Errno.EINVAL;
        UserVirtualAddress array = events;
        return instance.Wait(
            (index, item, found) => access.Put(process.Mm, new EpollEvent(found, item.Data), array + (ulong)index * size).IsSuccess,
            maxEvents, Polling.DeadlineIn(process.Kernel.Context.Scheduler, timeout));
    }

    public string Describe() => $"epoll_wait({epfd}, {events}, {maxEvents}, {timeout})";
}
