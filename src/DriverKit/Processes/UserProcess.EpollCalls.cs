using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <content>System calls of epoll.</content>
public sealed partial class UserProcess
{
    /// <summary>epoll_create(2) and epoll_create1(2): an instance that watches files.</summary>
    /// <param name="flags">O_CLOEXEC or nothing.</param>
    /// <returns>Its descriptor.</returns>
    /// <exception cref="SyscallException">EINVAL (other flags), EMFILE.</exception>
    public int EpollCreate(OpenFlags flags = OpenFlags.ReadOnly) => (int)Call(new EpollCreateCall(flags)).Value;

    /// <summary>epoll_ctl(2) with the event in the process's memory.</summary>
    /// <param name="epfd">The instance.</param>
    /// <param name="operation">To watch a file, to watch it otherwise, or no more.</param>
    /// <param name="fd">The file; it is not watched any more once its last descriptor is closed.</param>
    /// <param name="address">An <see cref="EpollEvent"/>; not read for EPOLL_CTL_DEL.</param>
    /// <exception cref="SyscallException">EFAULT, EBADF, EPERM (a file without a poll operation), EINVAL, EEXIST, ENOENT, ELOOP.</exception>
    public void EpollCtl(int epfd, EpollOperation operation, int fd, UserVirtualAddress address) => Call(new EpollCtlCall(epfd, operation, fd, address));

    /// <summary>epoll_ctl(2) by way of the simulated stack.</summary>
    /// <param name="epfd">The instance.</param>
    /// <param name="operation">To watch a file, to watch it otherwise, or no more.</param>
    /// <param name="fd">The file.</param>
    /// <param name="events">What to watch for, with <see cref="PollEvents.EdgeTriggered"/>, <see cref="PollEvents.OneShot"/> or <see cref="PollEvents.Exclusive"/>.</param>
    /// <param name="data">The word that comes back with the events; null: the descriptor.</param>
    /// <exception cref="SyscallException">EBADF, EPERM (a file without a poll operation), EINVAL, EEXIST, ENOENT, ELOOP.</exception>
    public void EpollCtl(int epfd, EpollOperation operation, int fd, PollEvents events = PollEvents.None, ulong? data = null)
    {
        UserVirtualAddress address = Borrow(Unsafe.SizeOf<EpollEvent>());
        Store(address, new EpollEvent(events, data ?? (uint)fd));
        EpollCtl(epfd, operation, fd, address);
    }

    /// <summary>epoll_wait(2) with the array in the process's memory.</summary>
    /// <param name="epfd">The instance.</param>
    /// <param name="events">Where an array of <see cref="EpollEvent"/> goes.</param>
    /// <param name="maxEvents">How many at most; above zero.</param>
    /// <param name="timeout">The longest wait in milliseconds; 0: only look; below zero: no limit.</param>
    /// <returns>How many; 0 when the time is over.</returns>
    /// <exception cref="SyscallException">EBADF, EINVAL, EFAULT, EINTR.</exception>
    public int EpollWait(int epfd, UserVirtualAddress events, int maxEvents, int timeout) => (int)Call(new EpollWaitCall(epfd, events, maxEvents, timeout)).Value;

    /// <summary>epoll_wait(2) by way of the simulated stack.</summary>
    /// <param name="epfd">The instance.</param>
    /// <param name="events">Takes the events; at least one.</param>
    /// <param name="timeout">The longest wait in milliseconds; 0: only look; below zero: no limit.</param>
    /// <returns>How many; 0 when the time is over.</returns>
    /// <exception cref="SyscallException">EBADF, EINVAL, EINTR.</exception>
    public int EpollWait(int epfd, Span<EpollEvent> events, int timeout = -1)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(events);
        UserVirtualAddress user = Borrow(bytes.Length);
        try
        {
            int count = EpollWait(epfd, user, events.Length, timeout);
            LoadBytes(user, bytes[..(count * Unsafe.SizeOf<EpollEvent>())]);
            return count;
        }
        finally
        {
            Return(user, bytes.Length);
        }
    }
}
