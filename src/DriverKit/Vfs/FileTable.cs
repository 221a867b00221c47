using System.Numerics;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary><c>struct files_struct</c>: the descriptors of a process.</summary>
internal sealed class FileTable
{
    private readonly List<OpenFile?> _files = [];
    private readonly HashSet<int> _closeOnExec = [];

    /// <summary>Numbers of files that are being opened.</summary>
    private readonly HashSet<int> _reserved = [];

    /// <summary><c>count</c>: processes that share it (<c>clone(CLONE_FILES)</c>).</summary>
    public int Users { get; set; } = 1;

    /// <summary>The open file behind a descriptor, or null.</summary>
    public OpenFile? Get(int fd) => (uint)fd < (uint)_files.Count ? _files[fd] : null;

    /// <summary><c>fget_light</c>: the open file for the length of a call. While others share the table it is counted, so that a close() by one of them does not end it under the call.</summary>
    public FileHold Hold(int fd)
    {
        OpenFile? file = Get(fd);
        if (file is null || Users == 1)
            return new(file, isCounted: false);
        file.Get();
        return new(file, isCounted: true);
    }

    /// <summary><c>fdget_pos</c>: the same for a call that moves the position. Of a regular file or a directory that others hold too, one call does so at a time (<c>f_pos_lock</c>); a device
    /// does that by itself, if it wants to.</summary>
    public FileHold HoldPosition(int fd, Scheduler scheduler)
    {
        FileHold held = Hold(fd);
        return held.File is { FCount: > 1, Inode.Type: InodeType.Regular or InodeType.Directory } ? held.LockPosition(scheduler) : held;
    }

    /// <summary>The lowest number that is free, from a given one on.</summary>
    public int LowestFree(int from = 0)
    {
        int fd = from - 1;
        do
        {
            from = fd + 1;
            fd = from >= _files.Count ? from : _files.IndexOf(null, from) is >= 0 and var free ? free : _files.Count;
        }
        while (_reserved.Contains(fd));
        return fd;
    }

    /// <summary><c>fdt->max_fds</c>: how many descriptors the kernel's table has room for; select() does not look behind them. It starts with a word's bits and doubles.</summary>
    public int MaxFds(int wordBits)
    {
        const int NextOn32Bits = 256;
        if (_files.Count <= wordBits)
            return wordBits;
        int room = (int)BitOperations.RoundUpToPowerOf2((uint)_files.Count);
        return wordBits == 32 ? Math.Max(room, NextOn32Bits) : room;
    }

    /// <summary>True when the lowest free number is not below the limit (RLIMIT_NOFILE).</summary>
    public bool IsFull(ulong limit) => (ulong)LowestFree() >= limit;

    /// <summary>True when execve() closes the descriptor (<c>FD_CLOEXEC</c>).</summary>
    public bool IsCloseOnExec(int fd) => _closeOnExec.Contains(fd);

    /// <summary><c>set_close_on_exec</c>.</summary>
    public void SetCloseOnExec(int fd, bool closes)
    {
        if (closes)
            _closeOnExec.Add(fd);
        else
            _closeOnExec.Remove(fd);
    }

    /// <summary><c>fd_install</c> at the lowest free number.</summary>
    public int Install(OpenFile file, bool closeOnExec)
    {
        int fd = LowestFree();
        InstallAt(fd, file, closeOnExec);
        return fd;
    }

    /// <summary><c>get_unused_fd</c>: keeps a number for a file that is not open yet: its driver's open may sleep, and other threads open files too.</summary>
    public int Reserve()
    {
        int fd = LowestFree();
        _reserved.Add(fd);
        return fd;
    }

    /// <summary><c>put_unused_fd</c>.</summary>
    public void Unreserve(int fd) => _reserved.Remove(fd);

    /// <summary>The number is kept for a file that is being opened: dup2() to it is EBUSY.</summary>
    public bool IsReserved(int fd) => _reserved.Contains(fd);

    /// <summary><c>do_dup2</c>: another descriptor for an open file; what was open there is closed, and how that went nobody learns.</summary>
    public void Duplicate(OpenFile file, int fd, bool closeOnExec = false)
    {
        file.Get();
        OpenFile? old = Get(fd);
        InstallAt(fd, file, closeOnExec);
        if (old is not null)
            Close(old);
    }

    /// <summary><c>do_close_on_exec</c>: closes what was opened with O_CLOEXEC.</summary>
    public void CloseOnExec()
    {
        FirstBug bug = default;
        foreach (int fd in _closeOnExec.Order().ToArray())
            bug.Try(() => Close(fd));
        bug.Throw();
    }

    /// <summary><c>close</c>: forgets the descriptor and drops its reference.</summary>
    /// <returns>0, -EBADF, or what the driver's flush returns; the descriptor is gone all the same.</returns>
    public KernelResult Close(int fd)
    {
        if (Get(fd) is not { } file)
            return -Errno.EBADF;
        _files[fd] = null;
        _closeOnExec.Remove(fd);
        return Close(file);
    }

    /// <summary>A copy for a forked process: the same open files.</summary>
    public FileTable Fork()
    {
        var copy = new FileTable();
        foreach (OpenFile? file in _files)
        {
            file?.Get();
            copy._files.Add(file);
        }

        copy._closeOnExec.UnionWith(_closeOnExec);
        return copy;
    }

    /// <summary><c>exit_files</c>: closes everything. What a driver's release throws comes out at the end.</summary>
    public void CloseAll()
    {
        FirstBug bug = default;
        for (int fd = 0; fd < _files.Count; fd++)
        {
            int each = fd;
            bug.Try(() => Close(each));
        }

        bug.Throw();
    }

    /// <summary><c>fd_install</c>.</summary>
    public void InstallAt(int fd, OpenFile file, bool closeOnExec)
    {
        while (_files.Count <= fd)
            _files.Add(null);
        _files[fd] = file;
        SetCloseOnExec(fd, closeOnExec);
    }

    /// <summary><c>filp_close</c>: the driver's flush, then the reference goes, even after a bug in it. What is half closed cannot be closed again, so it is not restarted after a signal.</summary>
    private static KernelResult Close(OpenFile file)
    {
        if (file.FOp.Flush is not { } flush)
        {
            file.Put();
            return 0;
        }

        KernelResult result = 0;
        FirstBug bug = default;
        bug.Try(() => result = flush(file));
        bug.Try(file.Put);
        bug.Throw();
        return result.Errno.IsRestart ? -Errno.EINTR : result;
    }
}
