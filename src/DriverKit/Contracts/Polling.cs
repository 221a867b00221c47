namespace DriverKit.Contracts;

/// <summary>What can be done with a file, or has happened to it (<c>asm/poll.h</c>, <c>linux/eventpoll.h</c>): what a driver's poll returns, and what a process asks for.</summary>
[Flags]
public enum PollEvents : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>POLLIN</c>: a read does not block.</summary>
    In = 1,

    /// <summary><c>POLLPRI</c>: there is urgent data.</summary>
    Pri = 2,

    /// <summary><c>POLLOUT</c>: a write does not block.</summary>
    Out = 4,

    /// <summary><c>POLLERR</c>: an error; told whether asked for or not.</summary>
    Err = 8,

    /// <summary><c>POLLHUP</c>: the other side has gone; told whether asked for or not.</summary>
    Hup = 0x10,

    /// <summary><c>POLLNVAL</c>: the descriptor is not open.</summary>
    Nval = 0x20,

    /// <summary><c>POLLRDNORM</c>: normal data can be read. Drivers set it beside <see cref="In"/>.</summary>
    RdNorm = 0x40,

    /// <summary><c>POLLRDBAND</c>: data of a priority band can be read.</summary>
    RdBand = 0x80,

    /// <summary><c>POLLWRNORM</c>: normal data can be written. Drivers set it beside <see cref="Out"/>.</summary>
    WrNorm = 0x100,

    /// <summary><c>POLLWRBAND</c>: data of a priority band can be written.</summary>
    WrBand = 0x200,

    /// <summary><c>POLLMSG</c>: a signal message; no file of the kit has one.</summary>
    Msg = 0x400,

    /// <summary><c>POLLREMOVE</c>: taken off a poll device; no file of the kit has one.</summary>
    Remove = 0x1000,

    /// <summary><c>POLLRDHUP</c>: the other side of a stream has closed its sending half.</summary>
    RdHup = 0x2000,

    /// <summary><c>EPOLLEXCLUSIVE</c>: of several epoll instances that watch a file, not all are woken.</summary>
    Exclusive = 1u << 28,

    /// <summary><c>EPOLLWAKEUP</c>: the machine stays awake meanwhile; it never sleeps here.</summary>
    Wakeup = 1u << 29,

    /// <summary><c>EPOLLONESHOT</c>: told once; EPOLL_CTL_MOD arms it again.</summary>
    OneShot = 1u << 30,

    /// <summary><c>EPOLLET</c>: told when something happens, not as long as it lasts.</summary>
    EdgeTriggered = 1u << 31,
}

/// <summary><c>poll_table</c>: gathers the wait queues in which a poller must wait; a driver's poll hands it on to <c>poll_wait()</c>. Null: nobody is going to wait
/// (<c>linux/poll.h</c>).</summary>
public abstract class PollTable
{
    private protected PollTable()
    {
    }
}

/// <summary><c>poll</c>: says what can be done with the file now, after it has named to <c>poll_wait()</c> each wait queue that is woken when that changes. Does not sleep itself.</summary>
/// <param name="filp">The open file.</param>
/// <param name="wait">The table to hand on; may be null.</param>
/// <returns>For instance <c>PollEvents.In | PollEvents.RdNorm</c>.</returns>
[CalledIn(CallContext.Process)]
public delegate PollEvents PollOperation(OpenFile filp, PollTable? wait);

/// <summary>What epoll_ctl() shall do (<c>EPOLL_CTL_*</c>, <c>linux/eventpoll.h</c>).</summary>
public enum EpollOperation
{
    /// <summary><c>EPOLL_CTL_ADD</c>: watch a file.</summary>
    Add = 1,

    /// <summary><c>EPOLL_CTL_DEL</c>: watch it no more.</summary>
    Del = 2,

    /// <summary><c>EPOLL_CTL_MOD</c>: watch it for something else, or arm it again.</summary>
    Mod = 3,
}
