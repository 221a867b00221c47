using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary><c>struct fasync_struct</c>: an opening whose owner wants a signal when there is something to read or room to write; a link in a driver's list (<c>linux/fs.h</c>).</summary>
public sealed class FasyncStruct
{
    internal FasyncStruct(int fd, OpenFile file, FasyncStruct? next)
    {
        FaFd = fd;
        FaFile = file;
        FaNext = next;
    }

    /// <summary><c>fa_fd</c>.</summary>
    public int FaFd { get; internal set; }

    /// <summary><c>fa_file</c>.</summary>
    public OpenFile FaFile { get; }

    /// <summary><c>fa_next</c>.</summary>
    public FasyncStruct? FaNext { get; internal set; }
}

/// <summary>Drivers' lists of who wants a signal, and sending it.</summary>
/// <remarks>Source: fs/fcntl.c of Linux 2.6.20.</remarks>
internal static class Fasync
{
    /// <summary><c>fasync_helper()</c>.</summary>
    /// <returns>1 when the list has changed, 0 when it had been so.</returns>
    public static KernelResult Help(int fd, OpenFile filp, bool on, ref FasyncStruct? head)
    {
        FasyncStruct? previous = null;
        for (FasyncStruct? each = head; each is not null; previous = each, each = each.FaNext)
        {
            if (each.FaFile != filp)
                continue;
            if (on)
                each.FaFd = fd;
            else if (previous is null)
                head = each.FaNext;
            else
                previous.FaNext = each.FaNext;
            return on ? 0 : 1;
        }

        if (!on)
            return 0;
        head = new FasyncStruct(fd, filp, head);
        return 1;
    }

    /// <summary><c>kill_fasync()</c>: a signal to the owner of every opening in the list. SIGURG has to be asked for by its owner.</summary>
    /// <exception cref="KernelOopsException">A file in the list has been released.</exception>
    public static void Kill(Signals signals, FasyncStruct? head, Signal signal, SignalCode band)
    {
        for (FasyncStruct? each = head; each is not null; each = each.FaNext)
        {
            if (each.FaFile.FCount == 0)
            {
                throw new KernelOopsException(
                    $"BUG: use after free in kill_fasync: {each.FaFile.Path} has been released and is still in the list; call fasync_helper(-1, filp, 0, &list) in release()");
            }

            FownStruct owner = each.FaFile.FOwner;
            if (signal != Signal.SIGURG || owner.Signum != 0)
                Send(signals, owner, each.FaFd, band);
        }
    }

    /// <summary><c>send_sigio()</c>: the signal of F_SETSIG tells which descriptor; plain SIGIO does not.</summary>
    private static void Send(Signals signals, FownStruct owner, int fd, SignalCode band)
    {
        if (owner.Pid <= 0 || signals.Find?.Invoke(owner.Pid) is not { } task)
            return;
        signals.SendToProcess(task, owner.Signum == 0
            ? new SignalInfo(Signal.SIGIO, SignalCode.Kernel)
            : new SignalInfo((Signal)owner.Signum, band, 0, (ulong)fd));
    }
}
