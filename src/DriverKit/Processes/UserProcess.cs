using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>A simulated process: its memory by loads and stores, the kernel by system calls.</summary>
/// <remarks>System calls throw <see cref="SyscallException"/>, accesses <see cref="SignalException"/>, and a bug of the kernel or a driver
/// <see cref="KernelOopsException"/>, after which the process is dead.</remarks>
public sealed partial class UserProcess
{
    /// <summary>What a process sees memory through that is dead or waits: nothing is ever in it, so every access takes the slow path and is refused there.</summary>
    private static readonly Tlb Nothing = new();

    private Tlb _tlb;
    private bool _isInKernel;
    private UserProcess? _vforkChild;

    internal UserProcess(ProcessTable kernel, TaskStruct task, string name, MmStruct mm, FileTable files, FsStruct fs, ResourceLimits limits, SignalGroup signals)
    {
        Kernel = kernel;
        Task = task;
        Name = name;
        Mm = mm;
        Files = files;
        Fs = fs;
        Limits = limits;
        limits.Holder = task.Cred;
        _tlb = mm.Tlb;
        task.Signals = new SignalState(signals);
        signals.Threads.Add(task);
        signals.Live++;
    }

    /// <summary><c>getpid()</c>: threads of a process have the same.</summary>
    public int Pid => Task.Tgid;

    /// <summary><c>gettid()</c>.</summary>
    public int Tid => Task.Pid;

    /// <summary>A thread of another process, not the first of its own.</summary>
    public bool IsThread => Task.Pid != Task.Tgid;

    /// <summary>The program's name.</summary>
    public string Name { get; private set; }

    /// <summary>The address space: its own, or shared after vfork() or clone(CLONE_VM).</summary>
    public MmStruct Mm { get; private set; }

    /// <summary>False after exit, SIGKILL or an oops.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>True while its system call or fault runs.</summary>
    internal bool IsInKernel => _isInKernel;

    /// <summary>SIGKILL is pending: the process dies when it leaves the kernel (<c>TIF_MEMDIE</c>).</summary>
    internal bool IsDying { get; set; }

    /// <summary>What exit() was called with; null while the process lives and when it was killed.</summary>
    public int? ExitCode => !IsAlive && Status.Signal == Signal.None ? Status.ExitCode : null;

    /// <summary>The signal that killed it; <see cref="Signal.None"/> while it lives and when it has exited.</summary>
    public Signal TermSignal => IsAlive ? Signal.None : Status.Signal;

    /// <summary>How it ends, once that is known.</summary>
    internal WaitStatus Status { get; private set; }

    internal ProcessTable Kernel { get; }

    internal TaskStruct Task { get; }

    internal FileTable Files { get; private set; }

    /// <summary><c>vfork_done</c>: the process that waits until this one has executed a program or exited.</summary>
    internal UserProcess? VforkParent { get; private set; }

    internal FsStruct Fs { get; }

    /// <summary><c>signal->rlim</c>.</summary>
    internal ResourceLimits Limits { get; }

    /// <summary>A load, as the processor does it in user mode: TLB, page tables, page fault. Need not be aligned.</summary>
    /// <typeparam name="T">The type of the value; its size is the width of the access.</typeparam>
    /// <exception cref="SignalException">SIGSEGV, SIGBUS or SIGKILL.</exception>
    /// <exception cref="SyscallException">ESRCH: the process has exited.</exception>
    /// <exception cref="KernelOopsException">The driver's nopage has a bug.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Load<T>(UserVirtualAddress address) where T : unmanaged
    {
        ref TlbEntry entry = ref _tlb.LoadEntry(address.Value);
        return entry.IsHit<T>(address.Value) ? entry.Value<T>(address.Value) : LoadSlow<T>(address);
    }

    /// <summary>A store, as the processor does it in user mode: TLB, page tables, page fault. Need not be aligned.</summary>
    /// <typeparam name="T">The type of the value; its size is the width of the access.</typeparam>
    /// <exception cref="SignalException">SIGSEGV, SIGBUS or SIGKILL.</exception>
    /// <exception cref="SyscallException">ESRCH: the process has exited.</exception>
    /// <exception cref="KernelOopsException">The driver's nopage has a bug.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<T>(UserVirtualAddress address, T value) where T : unmanaged
    {
        ref TlbEntry entry = ref _tlb.StoreEntry(address.Value);
        if (entry.IsHit<T>(address.Value))
            entry.Value<T>(address.Value) = value;
        else
            StoreSlow(address, value);
    }

    /// <summary>Many loads: copies a range out of the process's memory.</summary>
    /// <exception cref="SignalException">Part of it cannot be read; what was before it has been copied.</exception>
    public void LoadBytes(UserVirtualAddress address, Span<byte> destination)
    {
        // What the TLB holds needs no kernel, as on the processor.
        for (Span<byte> memory; !(memory = _tlb.Bytes(address.Value, AccessType.Load, (ulong)destination.Length)).IsEmpty; address += (ulong)memory.Length)
        {
            memory.CopyTo(destination);
            destination = destination[memory.Length..];
        }

        if (!destination.IsEmpty || !IsAlive)
            Access(address, destination, AccessType.Load, single: false);
    }

    /// <summary>Many stores: copies a range into the process's memory.</summary>
    /// <exception cref="SignalException">Part of it cannot be written; what was before it has been copied.</exception>
    public void StoreBytes(UserVirtualAddress address, ReadOnlySpan<byte> source)
    {
        for (Span<byte> memory; !(memory = _tlb.Bytes(address.Value, AccessType.Store, (ulong)source.Length)).IsEmpty; address += (ulong)memory.Length)
        {
            source[..memory.Length].CopyTo(memory);
            source = source[memory.Length..];
        }

        if (!source.IsEmpty || !IsAlive)
            Access(address, MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(source), source.Length), AccessType.Store, single: false);
    }

    /// <summary>The name and the pid.</summary>
    public override string ToString() => $"{Name}[{Pid}]";

    [MethodImpl(MethodImplOptions.NoInlining)]
    private T LoadSlow<T>(UserVirtualAddress address) where T : unmanaged
    {
        T value = default;
        Access(address, MemoryMarshal.AsBytes(new Span<T>(ref value)), AccessType.Load, single: true);
        return value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void StoreSlow<T>(UserVirtualAddress address, T value) where T : unmanaged =>
        Access(address, MemoryMarshal.AsBytes(new Span<T>(ref value)), AccessType.Store, single: true);

    private void Access(UserVirtualAddress address, Span<byte> value, AccessType access, bool single)
    {
        FaultResult result;
        UserVirtualAddress fault;
        do
        {
            result = TryAccess(address, value, access, single, out fault);
            if (IsDying)
                DieOfMemory(address);
            if (Task.SignalPending)
                HandleSignals(Errno.None);
        }
        while (result > FaultResult.Major && HandleFault(result, fault));

        if (result > FaultResult.Major)
            ThrowSignal(result, fault, access, address + (single ? (ulong)value.Length - 1 : 0));
    }

    private FaultResult TryAccess(UserVirtualAddress address, Span<byte> value, AccessType access, bool single, out UserVirtualAddress fault)
    {
        ThrowIfDead();
        using (Kernel.Context.Enter(Task))
        {
            ThrowIfInKernel();
            try
            {
                _isInKernel = true;
                Kernel.Context.Scheduler.Point("page fault");
                UserMemory memory = Kernel.VirtualMemory.UserMemory;
                FaultResult result = single
                    ? memory.AccessValue(Mm, address, value, access, out fault)
                    : memory.Access(Mm, address, value, access, out fault);
                Kernel.CheckReturnToUser();
                return result;
            }
            catch (Exception exception) when (exception is not FiberAbortedException)
            {
                throw Kernel.Oops(exception, Task, this);
            }
            finally
            {
                _isInKernel = false;
            }
        }
    }

    [DoesNotReturn]
    private void ThrowSignal(FaultResult result, UserVirtualAddress address, AccessType access, UserVirtualAddress lastByte)
    {
        string what = $"{access.ToString().ToLowerInvariant()} at {address} in {this}";
        switch (result)
        {
            case FaultResult.NoMapping when IsNonCanonical(address) || IsNonCanonical(lastByte):
                throw new SignalException(Signal.SIGSEGV, SignalCode.Kernel, default, $"SIGSEGV (SI_KERNEL): {what}; not a canonical address: bits 63 to 48 must be like bit 47");
            case FaultResult.NoMapping:
                throw new SignalException(Signal.SIGSEGV, SignalCode.MAPERR, address, $"SIGSEGV (SEGV_MAPERR): {what}; nothing is mapped there");
            case FaultResult.BadAccess:
                throw new SignalException(Signal.SIGSEGV, SignalCode.ACCERR, address, $"SIGSEGV (SEGV_ACCERR): {what}; the mapping {Mm.FindVma(address)} does not allow it");
            case FaultResult.BusError:
                throw new SignalException(Signal.SIGBUS, SignalCode.ADRERR, address, $"SIGBUS (BUS_ADRERR): {what}; the mapping has nothing there");
            default:
                Kernel.Log.Write(LogLevel.Error, $"VM: killing process {Task.Comm}");
                Die(Signal.SIGKILL);
                throw new SignalException(Signal.SIGKILL, SignalCode.Kernel, address, $"SIGKILL: {what}; out of memory, the process has been killed");
        }
    }

    /// <summary>No page fault on x86-64 but a general protection fault, which does not say where.</summary>
    private bool IsNonCanonical(UserVirtualAddress address) => Mm.Layout.Is64Bit && (long)(address.Value << 16) >> 16 != (long)address.Value;

    /// <summary>Runs a system call in the kernel.</summary>
    private KernelResult Call<TCall>(TCall call) where TCall : struct, ISystemCall
    {
        KernelResult result;
        do
        {
            result = TryCall(call);
            if (IsDying && IsAlive)
                DieOfMemory(default);
        }
        while (Task.SignalPending && IsAlive && _vforkChild is null && HandleSignals(result.Errno));

        if (result.IsError)
            ThrowFailed(call, result.Errno);
        return result;
    }

    private KernelResult TryCall<TCall>(TCall call) where TCall : struct, ISystemCall
    {
        ThrowIfDead();
        using (Kernel.Context.Enter(Task))
        {
            ThrowIfInKernel();
            try
            {
                _isInKernel = true;
                Kernel.Context.Scheduler.Point(CallName<TCall>.Value);
                KernelResult result = call.Execute(this);
                Kernel.CheckReturnToUser();
                Kernel.Context.Scheduler.StoreBuffers?.Drain();
                Kernel.Context.Scheduler.Trace.Fold(TraceEvent.Call, result.Value);
                return result;
            }
            catch (Exception exception) when (exception is not FiberAbortedException)
            {
                throw Kernel.Oops(exception, Task, this);
            }
            finally
            {
                _isInKernel = false;
            }
        }
    }

    /// <summary>-ERESTARTSYS and kin are the kernel's own; a process sees EINTR.</summary>
    [DoesNotReturn]
    private static void ThrowFailed<TCall>(TCall call, Errno errno) where TCall : struct, ISystemCall =>
        throw new SyscallException(call.Describe(), errno.IsRestart ? Errno.EINTR : errno);

    private void ThrowIfDead()
    {
        if (!IsAlive)
            throw new SyscallException($"process {this} has exited", Errno.ESRCH);
        if (Task is { Body: not null, Fiber: null })
            throw new InvalidOperationException($"{this} has a program of its own that has not started yet. Let the machine run, or use another process.");
        if (_isInKernel && Task.Fiber != Kernel.Context.Scheduler.Fiber)
        {
            throw new InvalidOperationException(
                $"{this} is in the middle of {Task.Operation}() in its own program. Let the machine run, or use another process.");
        }

        if (_vforkChild is { } child)
        {
            throw new InvalidOperationException(
                $"{this} waits in vfork(): it runs again when its child {child} has called Execve() or Exit(). Until then, use the child.");
        }

        Mm.Limits = Limits;
    }

    /// <summary>A process is in user mode or in the kernel, never in both: a driver that plays user program for the process it serves would pull its memory away from under itself.</summary>
    private void ThrowIfInKernel()
    {
        if (_isInKernel)
            throw new KernelOopsException($"kernel BUG: kernel code that runs for {this} made it do a system call or a load; use copy_to_user() and its kin");
    }

    private void Die(Signal signal, bool onlyThread = false)
    {
        if (IsAlive)
            TryCall(new ExitCall(new WaitStatus(0, signal), onlyThread));
    }
}
