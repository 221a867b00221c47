using System.Runtime.InteropServices;
using DriverKit.Contracts;

namespace DriverKit.Processes;

/// <summary><c>struct pollfd</c>: a file for poll(), what is asked about it and what was found (<c>asm/poll.h</c>). It lies in the process's memory as in C.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollFd
{
    private readonly int _fd;
    private readonly ushort _events;
    private ushort _revents;

    /// <summary>A file and what to ask about it.</summary>
    /// <param name="fd">The descriptor; below zero: the entry is passed over.</param>
    /// <param name="events">What is asked.</param>
    public PollFd(int fd, PollEvents events)
    {
        _fd = fd;
        _events = (ushort)events;
    }

    /// <summary><c>fd</c>.</summary>
    public readonly int Fd => _fd;

    /// <summary><c>events</c>: what is asked.</summary>
    public readonly PollEvents Events => (PollEvents)_events;

    /// <summary><c>revents</c>: what was found, with POLLERR, POLLHUP and POLLNVAL whether asked or not.</summary>
    public PollEvents Revents
    {
        readonly get => (PollEvents)_revents;
        internal set => _revents = (ushort)value;
    }

    /// <summary>The three as strace shows them.</summary>
    public override readonly string ToString() => $"{{fd={Fd}, events={Strace.Flags(Events)}, revents={Strace.Flags(Revents)}}}";
}
