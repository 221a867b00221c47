using DriverKit.Contracts;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit.Headers;

/// <summary><c>linux/poll.h</c>: a driver's part in poll(), select() and epoll.</summary>
/// <remarks>Source: include/linux/poll.h, fs/select.c of Linux 2.6.20.</remarks>
public static class LinuxPoll
{
    /// <summary><c>poll_wait(filp, wait_address, p)</c>: whoever polls the file waits in this queue too, until the poll is over. Does not sleep; call it for each queue
    /// that is woken when what the file can do changes, and look at the state after it. Process context.</summary>
    /// <param name="filp">The file that is polled.</param>
    /// <param name="waitAddress">The queue; null: none.</param>
    /// <param name="p">The table the poll operation was given; null: nobody waits.</param>
    public static void PollWait(OpenFile filp, WaitQueueHead? waitAddress, PollTable? p)
    {
        Kernel.Current("poll_wait", waitAddress);
        if (waitAddress is not null && p is QueueingPollTable table)
            table.Queue(filp, waitAddress);
    }
}
