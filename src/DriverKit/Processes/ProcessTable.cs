using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Reclaim;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>The processes that live, and the parts of the kernel their system calls reach.</summary>
internal sealed class ProcessTable(
    Machine machine, PhysicalMemory memory, VirtualMemory virtualMemory, FileSystems fileSystems, AtomicKmap atomicKmap, KernelContext context)
    : IOomCandidates
{
    /// <summary>What root does not have here, as in a container: the limits hold for every process.</summary>
    private const Capability Withheld = Capability.IpcLock | Capability.SysResource;

    private readonly SortedDictionary<int, UserProcess> _processes = [];
    private readonly SortedDictionary<int, UserProcess> _threads = [];

    /// <summary>The first thread of each process of which some thread has not ended, dead or alive.</summary>
    private readonly SortedDictionary<int, UserProcess> _leaders = [];

    /// <summary>Processes that nothing runs, and the signals that kill them.</summary>
    private readonly Queue<(UserProcess Process, Signal Signal)> _doomed = [];

    public PhysicalMemory Memory { get; } = memory;

    public VirtualMemory VirtualMemory { get; } = virtualMemory;

    public FileSystems FileSystems { get; } = fileSystems;

    public KernelContext Context { get; } = context;

    /// <summary>Writes the report of a bug and puts it in the log.</summary>
    public Action<KernelOopsException, TaskStruct>? OopsReporter { get; set; }

    /// <summary>Starts a thread that buries the doomed: an interrupt has killed them, and the host sleeps in a call. The floor above installs it.</summary>
    public Action? StartReaper { get; set; }

    /// <summary>Runs programs beside one another.</summary>
    public required ProgramRunner Programs { get; init; }

    /// <summary>Asynchronous reads and writes.</summary>
    public required AsyncIo AsyncIo { get; init; }

    /// <summary>Sends signals.</summary>
    public required Signals Signals { get; init; }

    /// <summary>kswapd; null until it runs.</summary>
    public MemoryReclaimer? Reclaimer { get; set; }

    /// <summary>Prints to the kernel log.</summary>
    public required IKernelLog Log { get; init; }

    /// <summary>True when stacks and maps start at random addresses (<c>randomize_va_space</c>).</summary>
    public bool RandomizeVaSpace { get; init; }

    /// <summary>Processes that have not exited, in order of pid.</summary>
    public IEnumerable<UserProcess> All => _processes.Values;

    public UserProcess? Find(int pid) => _processes.GetValueOrDefault(pid);

    /// <summary>The first thread of each process of which some thread has not ended: it may have ended itself.</summary>
    public IEnumerable<UserProcess> Leaders => _leaders.Values;

    /// <summary>One of <see cref="Leaders"/>.</summary>
    public UserProcess? FindLeader(int pid) => _leaders.GetValueOrDefault(pid);

    /// <summary>A process that has ended, and whose parent has not asked how.</summary>
    public bool HasZombie(int pid) => _leaders.Values.Any(each => each.Zombies.Exists(zombie => zombie.Pid == pid));

    /// <summary>A process, or a thread of one.</summary>
    public UserProcess? FindTask(int tid) => Find(tid) ?? _threads.GetValueOrDefault(tid);

    /// <summary>A task without an address space, such as the one that loads a module.</summary>
    public TaskStruct NewTask(string comm) => new(Context.Scheduler.NextPid(), comm, null);

    /// <summary>A new program with a stack and an empty heap.</summary>
    public UserProcess Create(string name)
    {
        var limits = new ResourceLimits();
        if (EraRules.MlockLimitIsEightPages(VirtualMemory.Era))
            limits[RlimitResource.MemLock] = new(8 * PageGeometry.PageSize, 8 * PageGeometry.PageSize);
        MmStruct mm = NewAddressSpace(limits) ?? throw new SyscallException($"execve(\"{name}\")", Errno.ENOMEM);
        mm.SavedAuxv = [.. AuxEntry.OfAnyProcess.Append(new(AuxType.Null, 0)).Select(entry => ((ulong)entry.Type, entry.Value))];
        UserProcess process = Add(name, mm, new FileTable(), FileSystems.KernelFs.Copy(), limits, new SignalGroup(new SignalActions()));
        process.Cred.Drop(Withheld);
        return process;
    }

    public UserProcess Add(string name, MmStruct mm, FileTable files, FsStruct fs, ResourceLimits limits, SignalGroup signals, int? tgid = null)
    {
        int pid = Context.Scheduler.NextPid();
        var process = new UserProcess(this, new TaskStruct(pid, name, mm) { Tgid = tgid ?? pid, Ppid = Scheduler.InitPid }, name, mm, files, fs, limits, signals);
        (tgid is null ? _processes : _threads).Add(pid, process);
        if (tgid is null)
            _leaders.Add(pid, process);
        return process;
    }

    /// <summary><c>do_exit</c>: the address space first, then the files, if nobody else uses them. What a driver's close does wrong on the way ends up in the log.</summary>
    public void Bury(UserProcess process, WaitStatus status)
    {
        SignalGroup group = process.Task.Signals!.Group;
        if (group.ExitCode is { } code)
            status = WaitStatus.Of(code);
        (process.IsThread ? _threads : _processes).Remove(process.Tid);
        process.MarkDead(status);
        if (!process.IsThread)
            group.LeaderExitCode = status.Value;
        if (group.Threads.Count == 0)
            ForgetParent(process.Pid);
        FirstBug bug = default;
        bug.Try(() => Release(process.Mm));
        if (--process.Files.Users == 0)
            bug.Try(process.Files.CloseAll);

        // Who shares the memory of the OOM killer's victim dies with it, although it was not running.
        if (process.IsDying && UsersOf(process.Mm).FirstOrDefault(fellow => fellow is { IsDying: true, IsInKernel: false }) is { } fellow)
            bug.Try(() => Bury(fellow, new WaitStatus(0, Signal.SIGKILL)));
        if (Context.Scheduler.IsPoweringOff)
            bug.Throw();
        if (--group.Live == 0)
        {
            _leaders.Remove(process.Pid);
            NotifyParent(process, WaitStatus.Of(group.ExitCode ?? group.LeaderExitCode));
        }

        bug.Throw();
    }

    /// <summary><c>zap_other_threads()</c>: the process exits, and its other threads go with it.</summary>
    public void KillThreads(UserProcess process)
    {
        foreach (TaskStruct thread in process.Task.Signals!.Group.Threads.ToArray())
        {
            if (thread != process.Task)
                Signals.SendToTask(thread, new SignalInfo(Signal.SIGKILL, SignalCode.Kernel));
        }
    }

    /// <summary>The signal is that of <see cref="KillThreads"/>: how the process ends is known, or it does not end at all.</summary>
    public static bool IsOfFellow(in SignalInfo info) => info is { Signal: Signal.SIGKILL, Code: SignalCode.Kernel };

    /// <summary><c>do_group_exit()</c>: the whole process ends, in one way; who says so first decides.</summary>
    public void EndGroup(UserProcess process, WaitStatus status)
    {
        process.Task.Signals!.Group.ExitCode ??= status.Value;
        KillThreads(process);
    }

    /// <summary>A process that nothing runs is to die: when whoever has sent the signal is out of the kernel. What a driver's release does is to be done neither in an interrupt nor
    /// under the locks of another process.</summary>
    public void Doom(UserProcess process, Signal signal)
    {
        _doomed.Enqueue((process, signal));
        if (Context.Scheduler.IsHostWaiting)
            Context.Scheduler.WakeHost();
        else if (!Context.Scheduler.IsAtConsole && machine.CurrentCpu is not { PreemptCount: 0, InterruptsEnabled: true })
            StartReaper?.Invoke();
    }

    /// <summary>Nothing of the kernel is under way here: whoever was doomed meanwhile dies.</summary>
    public void BuryDoomed()
    {
        while (_doomed.TryDequeue(out (UserProcess Process, Signal Signal) doomed))
        {
            // It may have been used since, and has taken its signal, or will.
            if (doomed.Process is not { IsAlive: true, IsInKernel: false, Task.SignalPending: true } process)
                continue;
            if (process.Task.Signals!.Group.ExitCode is null)
            {
                using (Context.Enter(process.Task))
                    EndGroup(process, new WaitStatus(0, doomed.Signal));
            }

            BuryIdle(process, doomed.Signal);
        }
    }

    /// <summary><c>do_notify_parent()</c>: a zombie for wait(), and SIGCHLD; unless the parent does not want to know.</summary>
    private void NotifyParent(UserProcess process, WaitStatus status)
    {
        if (FindLeader(process.Task.Ppid) is not { } parent)
            return;
        SignalGroup group = parent.Task.Signals!.Group;
        SignalAction action = group.Actions[Signal.SIGCHLD];
        if (!action.IsIgnored && (action.Flags & SignalFlags.NoChildWait) == 0)
            parent.Zombies.Add((process.Pid, status));
        Signals.SendToProcess(parent.Task, new SignalInfo(
            Signal.SIGCHLD, status.Signal == Signal.None ? SignalCode.Exited : SignalCode.Killed, process.Pid,
            status.Signal == Signal.None ? (ulong)status.ExitCode : (ulong)status.Signal));
        group.ChildExit.WakeUp(Context.Scheduler, TaskState.Interruptible | TaskState.Uninterruptible, 1);
    }

    /// <summary><c>forget_original_parent</c>: init takes the children.</summary>
    private void ForgetParent(int pid)
    {
        foreach (UserProcess child in _leaders.Values.Concat(_threads.Values))
        {
            if (child.Task.Ppid == pid)
                child.Task.Ppid = Scheduler.InitPid;
        }
    }

    /// <summary><c>mmput</c>: one process less uses an address space; the last one takes it along.</summary>
    public void Release(MmStruct mm)
    {
        if (--mm.MmUsers != 0)
            return;
        FirstBug bug = default;
        bug.Try(() => AsyncIo.Exit(mm));
        bug.Try(() => VirtualMemory.AddressSpaces.Exit(mm));
        bug.Throw();
    }

    /// <summary>What a page holds.</summary>
    public Span<byte> FrameOf(Page page) => machine.Ram.Frame(page.Pfn);

    /// <summary>An address space with a stack for a new program; null without memory.</summary>
    public MmStruct? NewAddressSpace(ResourceLimits limits)
    {
        const ulong RandomPages = 256;
        ulong shift = RandomizeVaSpace ? machine.Random.Next(RandomPages) << PageGeometry.PageShift : 0;
        return VirtualMemory.AddressSpaces.Create(shift, limits);
    }

    /// <inheritdoc/>
    public string CurrentComm => Context.Task.Comm;

    /// <inheritdoc/>
    public bool IsVictimDying => _processes.Values.Any(process => process.IsDying);

    /// <inheritdoc/>
    public IEnumerable<OomCandidate> Candidates
    {
        get
        {
            HashSet<MmStruct> running = [.. _processes.Values.Where(process => process.IsInKernel).Select(process => process.Mm)];
            return from process in _processes.Values
                   let isRunning = running.Contains(process.Mm)
                   where process.OomScoreAdj != UserProcess.OomScoreAdjMin && (isRunning || !process.Mm.IsHeld)
                   select new OomCandidate(process.Pid, process.Name, process.Mm, process.OomScoreAdj, isRunning);
        }
    }

    /// <inheritdoc/>
    /// <remarks>All who share the address space die, or its memory would stay.</remarks>
    public void Kill(in OomCandidate victim)
    {
        foreach (UserProcess process in UsersOf(victim.Mm).ToArray())
        {
            process.IsDying = true;
            if (!victim.IsRunning)
                BuryIdle(process, Signal.SIGKILL);
        }
    }

    private IEnumerable<UserProcess> UsersOf(MmStruct mm) => _processes.Values.Concat(_threads.Values).Where(process => process.Mm == mm);

    /// <summary>What must hold when the kernel goes back to the process: nothing is atomic any more. kswapd takes the chance to run.</summary>
    /// <exception cref="KernelOopsException">A driver has left a kmap_atomic slot or preemption behind.</exception>
    public void CheckReturnToUser()
    {
        Cpu cpu = machine.CurrentCpu;

        // The process's own flags come back with it.
        cpu.InterruptsEnabled = true;
        if (cpu.PreemptCount != 0)
        {
            throw new KernelOopsException(
                $"BUG: scheduling while atomic: {Context.Task.Comm}/0x{cpu.PreemptCount:x8}/{Context.Task.Pid}\n"
                + $"The driver returned with {cpu.AtomicKmaps} kmap_atomic slot(s) held and preempt_count {cpu.PreemptCount}",
                AtomicContext.RuleOfRest(cpu.AtomicKmaps, Context.Task.LockdepDepth));
        }

        Context.Scheduler.ReturnToUser();
        if (_doomed.Count != 0)
            BuryDoomed();
        Reclaimer?.RunKswapd();
    }

    /// <summary>Turns whatever came out of driver code into an oops: the report is written and the task is dead. A call that can never return is no
    /// oops, but the end of its process all the same.</summary>
    public Exception Oops(Exception exception, TaskStruct task, UserProcess? process)
    {
        if (exception is DeadlockException deadlock)
        {
            Log.Write(LogLevel.Error, deadlock.Report);
            LeaveAtomicContext(task);
            if (process is { IsAlive: true })
                BuryAndReport(process, Signal.SIGKILL);
            return deadlock;
        }

        KernelOopsException oops = AsOops(exception);
        if (!oops.IsReported)
            OopsReporter?.Invoke(oops, task);
        LeaveAtomicContext(task);
        if (process is { IsAlive: true })
            BuryAndReport(process, Signal.SIGSEGV);
        return oops;
    }

    /// <summary>The machine is switched off: nothing runs any more.</summary>
    public void PowerOff()
    {
        foreach (UserProcess process in _processes.Values.Concat(_threads.Values))
        {
            process.MarkDead(new WaitStatus(0, Signal.SIGKILL));
            process.Mm.Tlb.FlushAll();
        }

        _processes.Clear();
        _threads.Clear();
        _leaders.Clear();
    }

    private static KernelOopsException AsOops(Exception exception) => exception switch
    {
        KernelOopsException oops => oops,
        NullReferenceException => new($"Unable to handle kernel NULL pointer dereference at virtual address {0:x8}", null, exception),
        InsufficientExecutionStackException => new("kernel stack overflow: a driver's callback leads back to itself", null, exception),
        _ => new($"Oops: unhandled {exception.GetType().Name} in kernel mode: {exception.Message}", null, exception),
    };

    private void LeaveAtomicContext(TaskStruct task)
    {
        Cpu cpu = machine.CurrentCpu;
        atomicKmap.Reset(cpu);
        cpu.InterruptsEnabled = true;
        task.LockdepDepth = 0;
        if (cpu.PreemptCount == 0)
            return;
        Log.Write(LogLevel.Info, $"note: {task.Comm}[{task.Pid}] exited with preempt_count {cpu.PreemptCount}");
        cpu.PreemptCount = 0;
    }

    /// <summary>Buries a process that a signal kills while nothing runs it.</summary>
    public void BuryIdle(UserProcess process, Signal signal)
    {
        if (!process.IsAlive)
            return;
        using (Context.Enter(process.Task))
            BuryAndReport(process, signal);
    }

    /// <summary>Buries a process that cannot hear of a bug any more: what a driver's close does wrong is its oops, not that of whoever runs.</summary>
    private void BuryAndReport(UserProcess process, Signal signal)
    {
        try
        {
            Bury(process, new WaitStatus(0, signal));
        }
        catch (Exception exception) when (exception is not FiberAbortedException)
        {
            OopsReporter?.Invoke(AsOops(exception), process.Task);
        }
        finally
        {
            LeaveAtomicContext(process.Task);
        }
    }
}
