using System.Runtime.InteropServices;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <content>System calls that wait for one of many files.</content>
public sealed partial class UserProcess
{
    private const int MaxFdSet = 1024;

    /// <summary>poll(2) with the array in the process's memory.</summary>
    /// <param name="fds">An array of <see cref="PollFd"/>.</param>
    /// <param name="nfds">How many.</param>
    /// <param name="timeout">The longest wait in milliseconds; 0: only look; below zero: no limit.</param>
    /// <returns>How many files have something to tell; 0 when the time is over.</returns>
    /// <exception cref="SyscallException">EINVAL (more files than RLIMIT_NOFILE), EFAULT, EINTR.</exception>
    public int Poll(UserVirtualAddress fds, uint nfds, int timeout) => (int)Call(new PollCall(fds, nfds, timeout, Polling.DeadlineIn(Kernel.Context.Scheduler, timeout))).Value;

    /// <summary>poll(2) by way of a buffer on the simulated stack.</summary>
    /// <param name="fds">The files; their <see cref="PollFd.Revents"/> are filled in.</param>
    /// <param name="timeout">The longest wait in milliseconds; 0: only look; below zero: no limit.</param>
    /// <returns>How many files have something to tell; 0 when the time is over.</returns>
    /// <exception cref="SyscallException">EINVAL (more files than RLIMIT_NOFILE), EINTR.</exception>
    public int Poll(Span<PollFd> fds, int timeout = -1)
    {
        int bytes = MemoryMarshal.AsBytes(fds).Length;
        UserVirtualAddress user = Borrow(bytes);
        try
        {
            StoreBytes(user, MemoryMarshal.AsBytes(fds));
            int ready = Poll(user, (uint)fds.Length, timeout);
            LoadBytes(user, MemoryMarshal.AsBytes(fds));
            return ready;
        }
        finally
        {
            Return(user, bytes);
        }
    }

    /// <summary>poll(2) of one file.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="events">What is asked.</param>
    /// <param name="timeout">The longest wait in milliseconds; 0: only look; below zero: no limit.</param>
    /// <returns>What was found; none when the time is over.</returns>
    /// <exception cref="SyscallException">EINTR.</exception>
    public PollEvents Poll(int fd, PollEvents events, int timeout = -1)
    {
        Span<PollFd> fds = [new(fd, events)];
        Poll(fds, timeout);
        return fds[0].Revents;
    }

    /// <summary>ppoll(2) without a signal mask: the timeout counts in nanoseconds.</summary>
    /// <param name="fds">The files; their <see cref="PollFd.Revents"/> are filled in.</param>
    /// <param name="timeout">The longest wait; null: no limit.</param>
    /// <returns>How many files have something to tell; 0 when the time is over.</returns>
    /// <exception cref="SyscallException">EINVAL (a negative timeout, or more files than RLIMIT_NOFILE), EINTR.</exception>
    public int Ppoll(Span<PollFd> fds, TimeSpan? timeout)
    {
        int bytes = MemoryMarshal.AsBytes(fds).Length;
        UserVirtualAddress user = Borrow(bytes);
        try
        {
            StoreBytes(user, MemoryMarshal.AsBytes(fds));
            int ready = (int)Call(new PpollCall(user, (uint)fds.Length, timeout, Polling.DeadlineIn(Kernel.Context.Scheduler, timeout))).Value;
            LoadBytes(user, MemoryMarshal.AsBytes(fds));
            return ready;
        }
        finally
        {
            Return(user, bytes);
        }
    }

    /// <summary>select(2) with everything in the process's memory; address 0: none.</summary>
    /// <param name="nfds">One more than the highest descriptor in any set.</param>
    /// <param name="readfds">A bitmap of descriptors: ready for reading.</param>
    /// <param name="writefds">A bitmap of descriptors: ready for writing.</param>
    /// <param name="exceptfds">A bitmap of descriptors: with urgent data.</param>
    /// <param name="timeout">A <c>struct timeval</c>: the longest wait; what is left of it is written there.</param>
    /// <returns>How many bits are set in all three; 0 when the time is over.</returns>
    /// <exception cref="SyscallException">EBADF, EINVAL (a negative number or time), EFAULT, EINTR.</exception>
    public int Select(int nfds, UserVirtualAddress readfds, UserVirtualAddress writefds, UserVirtualAddress exceptfds, UserVirtualAddress timeout) =>
        (int)Call(new SelectCall(nfds, readfds, writefds, exceptfds, timeout)).Value;

    /// <summary>select(2) with sets of descriptors below 1,024. Afterwards they hold those that are ready.</summary>
    /// <param name="readfds">Ready for reading; null: none.</param>
    /// <param name="writefds">Ready for writing; null: none.</param>
    /// <param name="exceptfds">With urgent data; null: none.</param>
    /// <param name="timeout">The longest wait; null: no limit.</param>
    /// <returns>How many are in all three sets; 0 when the time is over.</returns>
    /// <exception cref="SyscallException">EBADF, EINVAL (a negative time), EINTR.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A descriptor is not in 0 to 1,023.</exception>
    public int Select(ISet<int>? readfds, ISet<int>? writefds, ISet<int>? exceptfds, TimeSpan? timeout)
    {
        const int SetBytes = MaxFdSet / 8, Timeval = 3 * SetBytes, Bytes = Timeval + 2 * sizeof(long);
        ISet<int>?[] sets = [readfds, writefds, exceptfds];
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes.Clear();
        int highest = -1;
        for (int i = 0; i < sets.Length; i++)
        {
            foreach (int fd in sets[i] ?? (IEnumerable<int>)[])
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)fd, (uint)MaxFdSet - 1, nameof(fd));
                bytes[i * SetBytes + fd / 8] |= (byte)(1 << fd % 8);
                highest = Math.Max(highest, fd);
            }
        }

        if (timeout is { } time)
            WriteTimeval(bytes[Timeval..], time);
        UserVirtualAddress user = Borrow(Bytes);
        StoreBytes(user, bytes);
        int ready = Select(highest + 1, At(0), At(1), At(2), timeout is null ? default : user + Timeval);
        LoadBytes(user, bytes);
        for (int i = 0; i < sets.Length; i++)
        {
            foreach (int fd in sets[i]?.ToArray() ?? [])
            {
                if ((bytes[i * SetBytes + fd / 8] & (1 << fd % 8)) == 0)
                    sets[i]!.Remove(fd);
            }
        }

        return ready;

        UserVirtualAddress At(int set) => sets[set] is null ? default : user + (ulong)(set * SetBytes);
    }

    private void WriteTimeval(Span<byte> bytes, TimeSpan time)
    {
        long seconds = time.Ticks / TimeSpan.TicksPerSecond, microseconds = time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond;
        if (Mm.Layout.Is64Bit)
        {
            MemoryMarshal.Write(bytes, seconds);
            MemoryMarshal.Write(bytes[sizeof(long)..], microseconds);
        }
        else
        {
            MemoryMarshal.Write(bytes, (int)Math.Clamp(seconds, int.MinValue, int.MaxValue));
            MemoryMarshal.Write(bytes[sizeof(int)..], (int)microseconds);
        }
    }
}
