using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>Epoll instances as files, and what epoll_ctl() checks.</summary>
/// <remarks>Source: fs/eventpoll.c; epoll_ctl(2).</remarks>
internal sealed class EventPollFiles
{
    /// <summary><c>EP_MAX_NESTS</c>: instances above one another, less one.</summary>
    private const int MaxNests = 4;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary><c>EPOLLEXCLUSIVE_OK_BITS</c>.</summary>
    private const PollEvents GoesWithExclusive =
        PollEvents.In | PollEvents.Out | PollEvents.Err | PollEvents.Hup | PollEvents.Wakeup | PollEvents.EdgeTriggered | PollEvents.Exclusive;

    private readonly Scheduler _scheduler;
    private readonly Inode _inode = new SuperBlock(FileSystemType.Anonymous, new(0, 15)).NewInode(InodeType.Anonymous, OwnerOnly);
    private readonly FileOperations _operations;

    public EventPollFiles(Scheduler scheduler)
    {
        _scheduler = scheduler;
        _operations = new FileOperations { Poll = Poll, Release = Release, Llseek = (filp, _, _) => filp.FPos };
    }

    /// <summary>A new instance.</summary>
    public OpenFile Create() => new(_inode, "anon_inode:[eventpoll]", OpenFlags.ReadWrite)
    {
        FOp = _operations,
        PrivateData = new EventPoll(_scheduler),
        Released = file => file.FOp.Release?.Invoke(file.Inode, file),
    };

    /// <summary>The instance behind a file; null for another file.</summary>
    public static EventPoll? Of(OpenFile file) => file.PrivateData as EventPoll;

    /// <summary><c>do_epoll_ctl</c>.</summary>
    /// <returns>0; -EPERM (a file that is always ready), -EINVAL, -ELOOP, -EEXIST, -ENOENT.</returns>
    public static KernelResult Control(OpenFile instance, EpollOperation operation, OpenFile file, int fd, PollEvents events, ulong data)
    {
        if (file.FOp.Poll is null)
            return -Errno.EPERM;
        if (file == instance || Of(instance) is not { } owner)
            return -Errno.EINVAL;
        bool isExclusive = operation is EpollOperation.Add or EpollOperation.Mod && (events & PollEvents.Exclusive) != 0;
        if (isExclusive && (operation == EpollOperation.Mod || Of(file) is not null || (events & ~GoesWithExclusive) != 0))
            return -Errno.EINVAL;
        if (operation == EpollOperation.Add && Of(file) is { } inner && IsLoop(owner, inner))
            return -Errno.ELOOP;
        EpollItem? item = owner.Find(file, fd);
        const PollEvents Always = PollEvents.Err | PollEvents.Hup;
        switch (operation)
        {
            case EpollOperation.Add:
                if (item is not null)
                    return -Errno.EEXIST;
                owner.Insert(file, fd, events | Always, data);
                return 0;
            case EpollOperation.Del:
                if (item is null)
                    return -Errno.ENOENT;
                owner.Remove(item);
                return 0;
            case EpollOperation.Mod:
                if (item is null)
                    return -Errno.ENOENT;
                if ((item.Events & PollEvents.Exclusive) != 0)
                    return -Errno.EINVAL;
                owner.Modify(item, events | Always, data);
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    /// <summary><c>ep_loop_check</c>: the instance would watch itself, or too many would be above one another.</summary>
    private static bool IsLoop(EventPoll owner, EventPoll inner)
    {
        int below = Below(inner, 0);
        return below > MaxNests || below + 1 + Above(owner, 0) > MaxNests;

        int Below(EventPoll from, int depth) =>
            from == owner || depth > MaxNests ? MaxNests + 1 : from.Watches.Select(next => Below(next, depth + 1) + 1).DefaultIfEmpty(0).Max();

        static int Above(EventPoll from, int depth) =>
            depth > MaxNests ? 0 : from.WatchedBy.Select(item => Above(item.Owner, depth + 1) + 1).DefaultIfEmpty(0).Max();
    }

    /// <summary><c>ep_eventpoll_poll</c>.</summary>
    private PollEvents Poll(OpenFile filp, PollTable? wait)
    {
        EventPoll instance = Of(filp)!;
        _scheduler.Point("poll_wait", instance);
        (wait as QueueingPollTable)?.Queue(filp, instance.PollWait);
        return instance.IsReadable() ? PollEvents.In | PollEvents.RdNorm : 0;
    }

    private static KernelResult Release(Inode inode, OpenFile filp)
    {
        Of(filp)!.Clear();
        return 0;
    }
}
