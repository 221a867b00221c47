using System.Diagnostics.CodeAnalysis;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Processes;

/// <content>What becomes of a process: another program, a wait for its child, its end.</content>
public sealed partial class UserProcess
{
    private int _oomScoreAdj;

    /// <summary><c>getppid()</c>: the process that forked this one; 1, which stands for the host, when that has exited or the host has made this one.</summary>
    public int Ppid => Task.Ppid;

    /// <summary><c>OOM_SCORE_ADJ_MIN</c>: the OOM killer never takes this one.</summary>
    public const int OomScoreAdjMin = -1000;

    /// <summary><c>/proc/PID/oom_score_adj</c>: -1000 to 1000, added to the score by which the OOM killer chooses, in thousandths of all memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int OomScoreAdj
    {
        get => _oomScoreAdj;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1000);
            ArgumentOutOfRangeException.ThrowIfLessThan(value, OomScoreAdjMin);
            _oomScoreAdj = value;
        }
    }

    /// <summary>The program has thrown something and not caught it: the process is dead.</summary>
    /// <returns>True if whoever runs the machine must hear of it.</returns>
    internal bool EndBy(Exception exception)
    {
        LeaveVforkChild();
        if (exception is SignalException { Signal: var signal })
        {
            // A signal that was sent has killed the process; a bad access kills it now, because the program has not caught it.
            bool wasSent = !IsAlive;
            Die(signal);
            return !wasSent;
        }

        Die(Signal.SIGABRT);
        return true;
    }

    /// <summary><c>exec_mmap</c>: the process runs another program from here on.</summary>
    internal void Become(MmStruct mm, string path)
    {
        Mm = mm;
        _tlb = mm.Tlb;
        Name = path[(path.LastIndexOf('/') + 1)..];
        Task.Mm = mm;
        Task.Comm = Name;
        Task.Signals!.Group.ForgetHandlers();
        ReleaseVforkParent();
    }

    /// <summary><c>unshare_files</c>: descriptors of its own before it runs another program.</summary>
    internal void UnshareFiles()
    {
        if (Files.Users == 1)
            return;
        Files.Users--;
        Files = Files.Fork();
    }

    /// <summary><c>do_exit</c>: from here on every access and every call is refused.</summary>
    internal void MarkDead(WaitStatus status)
    {
        IsAlive = false;
        Status = status;
        SignalGroup group = Task.Signals!.Group;
        group.Threads.Remove(Task);
        Task.SignalPending = false;
        if (group is { Threads.Count: 0, Alarm: { } alarm })
            Kernel.Context.Scheduler.Cancel(alarm);
        _tlb = Nothing;
        Task.Mm = null;
        ReleaseVforkParent();
    }

    /// <summary><c>wait_for_vfork_done</c>: the process waits for its child.</summary>
    internal void WaitFor(UserProcess child)
    {
        _vforkChild = child;
        _tlb = Nothing;
        child.VforkParent = this;
    }

    /// <summary>The program has ended in the middle of vfork(): the child stays behind, in the memory they shared.</summary>
    private void LeaveVforkChild()
    {
        if (_vforkChild is { } child)
            child.ReleaseVforkParent();
    }

    /// <summary><c>complete_vfork_done</c>.</summary>
    private void ReleaseVforkParent()
    {
        if (VforkParent is not { } parent)
            return;
        VforkParent = null;
        parent._vforkChild = null;
        if (parent.IsAlive)
            parent._tlb = parent.Mm.Tlb;
    }

    /// <summary>The OOM killer has chosen the process while it was in the kernel.</summary>
    [DoesNotReturn]
    private void DieOfMemory(UserVirtualAddress address)
    {
        Die(Signal.SIGKILL);
        throw new SignalException(Signal.SIGKILL, SignalCode.Kernel, address, $"SIGKILL: {this} was killed by the OOM killer; /proc/kmsg says why");
    }
}
