using DriverKit.CharDevices;
using DriverKit.Contracts;
using DriverKit.Diagnostics;
using DriverKit.Hardware;
using DriverKit.Io;
using DriverKit.Locking;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Reclaim;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Processes;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit;

/// <summary>A simulated computer with a running kernel. Boot one, insert a driver, make processes and let them use it.</summary>
/// <remarks>One thing happens at a time, and the same way in every run: on the calling thread, or on those of programs and kernel threads while the caller
/// waits (<see cref="Run"/>). Kernels do not share anything: tests may run any number in parallel, each on its own thread.</remarks>
public sealed partial class Kernel : IDisposable
{
    private readonly KernelContext _context;
    private readonly KernelPageTables _kernelTables;
    private readonly FileSystems _fileSystems;
    private readonly Sysfs _sysfs;
    private readonly ProcessTable _processes;
    private readonly ModuleLoader _modules;
    private readonly OopsReport _oopsReport;
    private readonly ElfCore _elfCore;
    private readonly MemoryReclaimer _reclaimer;
    private readonly HostFiles _hostFiles;

    private Kernel(MachineOptions machineOptions, KernelOptions options)
    {
        options.Validate();
        Machine = new Machine(machineOptions);
        Scheduler = new Scheduler(Machine, options.Strategy, options.Hz);
        Log = new KernelLog();
        Log.Write(LogLevel.Notice, $"DriverKit version {typeof(Kernel).Assembly.GetName().Version?.ToString(3)} ({machineOptions.Architecture}, {machineOptions.Cpus} CPU)");

        // setup_arch: the firmware's map, boot memory, nodes and zones, the kernel's page tables; mem_init: the rest to the buddy allocator.
        Memory = new PhysicalMemory(Machine, Log);
        _kernelTables = new KernelPageTables(Machine, Memory);
        Highmem = new Highmem(Machine, Memory, _kernelTables);
        AtomicKmap = new AtomicKmap(Machine, Memory, _kernelTables);
        _kernelTables.BootMemoryIsGone();
        Memory.FreeBootMemory();

        // kmem_cache_init, vmalloc_init.
        DirectMap = new DirectMap(Memory.Layout, Memory.MemoryMap);
        AddressSpace = new KernelAddressSpace(Machine, Memory.Layout, _kernelTables);
        Slab = new SlabAllocator(Machine, Memory, DirectMap, Log);
        AddressSpace.Slab = Slab;
        AddressSpace.IsUserMemory = address => CurrentTask.Mm?.FindVma(address) is { } vma && vma.Contains(address);
        var vmallocSpace = new VmallocSpace(Memory.Layout, _kernelTables);
        Vmalloc = new VmallocAllocator(Machine, Memory, _kernelTables, vmallocSpace, Log);
        IoMemory = new IoMemory(Machine, Memory, _kernelTables, vmallocSpace, Log);
        if (machineOptions.StoreBuffers)
            Scheduler.StoreBuffers = AddressSpace.StoreBuffers = IoMemory.StoreBuffers = new StoreBuffers(Machine, AddressSpace);
        VsyscallPage.Map(Machine, Memory, _kernelTables);
        VirtualMemory = new VirtualMemory(Machine, Memory, AddressSpace, _kernelTables.Root, options.Era, Log, new MmapSemaphores(Scheduler));
        Resources = ResourceTree.OfMemory(Machine, Memory, Log);
        IoPorts = ResourceTree.OfPorts(Machine, Log);
        PortIo = new PortIo(Machine.Ports, AddressSpace);
        IoMap = new IoMap(PortIo, IoMemory, AddressSpace);

        // sched_init, vfs_caches_init, chrdev_init, chr_dev_init, misc_init, proc_root_init.
        _context = Scheduler.Context = new KernelContext(this, Scheduler);
        Rcu = new Rcu(Scheduler);
        CharDevices = new CharDeviceRegistry(Log);
        _fileSystems = new FileSystems(_context, Machine, Memory, VirtualMemory, CharDevices.NodeOperations);
        SeqFiles = new SeqFiles(_context, Slab, AddressSpace, VirtualMemory.UserAccess);
        _sysfs = new Sysfs(_fileSystems, new SysfsFiles(_context, Memory.PageAllocator, AddressSpace, VirtualMemory.UserAccess), AddressSpace);
        AddMemoryDevices();
        MiscDevices = new MiscDevices(CharDevices, NewClass("misc", null)!, Log, Scheduler);
        _programs = new ProgramRunner(Scheduler);
        Signals = new Signals(Scheduler) { Bury = (task, signal) => _processes!.Doom(_processes.FindTask(task.Pid)!, signal) };
        Signals.Find = pid => _processes!.FindLeader(pid)?.Task;
        _fileSystems.Pipes.Signals = Signals;
        _processes = new ProcessTable(Machine, Memory, VirtualMemory, _fileSystems, AtomicKmap, _context)
        {
            Log = Log,
            Signals = Signals,
            Programs = _programs,
            AsyncIo = new AsyncIo(_context, VirtualMemory.UserAccess, () => Workqueues, machineOptions.Cpus),
            RandomizeVaSpace = options.RandomizeVaSpace,
        };
        KernelThreads = new KernelThreads(_context) { BugReporter = (bug, task) => _processes.Oops(bug, task, null) };
        _processes.StartReaper = () => KernelThreads.Start("reaper", _processes.BuryDoomed, isServer: true);
        Scheduler.PanicReporter = Panic;
        BootInterrupts();
        _reclaimer = new MemoryReclaimer(Machine, Memory, VirtualMemory, _processes, Log);
        _processes.Reclaimer = _reclaimer;
        _modules = new ModuleLoader(_processes, new ModuleDirectories(_sysfs));
        ModuleMemory = _modules.Memory = options.TrackModuleMemory ? new ModuleMemory(() => _modules.Modules) : null;
        _oopsReport = new OopsReport(Machine, Log, () => _modules.Names);
        _processes.OopsReporter = _oopsReport.Write;
        var peek = new MemoryPeek(Machine.Ram, VirtualMemory);
        _elfCore = new ElfCore(machineOptions.Architecture, VirtualMemory.Tables, peek);
        Memory.PageAllocator.CurrentProcess = () => _context.Task.Comm;
        _hostFiles = new HostFiles(_processes);
        var procFiles = new ProcFiles(_fileSystems, _processes, peek);
        procFiles.AddTexts(Slab, Vmalloc, _kernelTables, CharDevices, Resources, IoPorts, Irqs, Log);
        ProcEntries = new ProcEntries(procFiles.Root, new LegacyProcFiles(_context, Memory.PageAllocator, VirtualMemory.UserAccess, Log), Log);
    }

    /// <summary>The computer under the kernel.</summary>
    public Machine Machine { get; }

    /// <summary>The kernel log, as dmesg shows it.</summary>
    public KernelLog Log { get; }

    /// <summary>Nodes, zones, the memory map and the page allocator.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>What modules have allocated; null unless <see cref="KernelOptions.TrackModuleMemory"/>.</summary>
    internal ModuleMemory? ModuleMemory { get; }

    /// <summary>True after an oops (<c>tainted</c>).</summary>
    public bool IsTainted => _oopsReport.IsTainted;

    /// <summary>Modules that are loaded, oldest first (<c>lsmod</c>).</summary>
    public IReadOnlyList<KernelModule> Modules => _modules.Modules;

    /// <summary>Processes that live, in order of pid.</summary>
    public IEnumerable<UserProcess> Processes => _processes.All;

    /// <summary>The kernel's address of low memory.</summary>
    internal DirectMap DirectMap { get; }

    internal KernelAddressSpace AddressSpace { get; }

    internal SlabAllocator Slab { get; }

    internal KernelPageTables KernelTables => _kernelTables;

    internal VmallocAllocator Vmalloc { get; }

    internal Highmem Highmem { get; }

    internal AtomicKmap AtomicKmap { get; }

    internal IoMemory IoMemory { get; }

    internal VirtualMemory VirtualMemory { get; }

    internal ResourceTree Resources { get; }

    internal ResourceTree IoPorts { get; }

    internal PortIo PortIo { get; }

    internal IoMap IoMap { get; }

    internal CharDeviceRegistry CharDevices { get; }

    internal MiscDevices MiscDevices { get; }

    internal SeqFiles SeqFiles { get; }

    internal ProcEntries ProcEntries { get; }

    internal FileSystems FileSystems => _fileSystems;

    internal TaskStruct CurrentTask => _context.Task;

    internal Scheduler Scheduler { get; }

    internal Signals Signals { get; }

    /// <summary>Boots a machine: an i386 with 1 GiB unless told otherwise.</summary>
    /// <param name="machine">The computer; null: the default one.</param>
    /// <param name="options">The kernel; null: the default one.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside what the machine can have.</exception>
    public static Kernel Boot(MachineOptions? machine = null, KernelOptions? options = null) => new(machine ?? new(), options ?? new());

    /// <summary>Plugs a device into the bus and into /proc/iomem.</summary>
    /// <exception cref="ArgumentException">Its addresses overlap RAM or another device, or lie across the edge of a known range.</exception>
    public void AddDevice(MmioRegion region)
    {
        using KernelContext.Scope scope = Enter();
        Machine.Bus.Attach(region);
        if (Resources.TryAddDevice(region))
            return;
        Machine.Bus.Detach(region);
        throw new ArgumentException(
            $"{region.Name} at {region.Start}-{region.End} lies across the edge of another range of /proc/iomem (the Video RAM area ends at 0xc0000) or of the physical address space.", nameof(region));
    }

    /// <summary>Puts a card with I/O ports into the bus. /proc/ioports shows them when a driver claims them: nothing finds such a card by itself.</summary>
    /// <exception cref="ArgumentException">Its ports overlap those of another device.</exception>
    public void AddDevice(PortRegion region)
    {
        using KernelContext.Scope scope = Enter();
        Machine.Ports.Attach(region);
    }

    /// <summary><c>insmod MODULE PARAMETERS</c>: sets the module's parameters and runs its Init.</summary>
    /// <param name="module">A new module; one that has been loaded before keeps the values its parameters have.</param>
    /// <param name="parameters"><c>name=value</c>, with blanks between; see <see cref="ModuleParamAttribute"/>.</param>
    /// <exception cref="SyscallException">EEXIST when a module of that name is loaded; ENOENT for an unknown parameter, EINVAL for a bad value, ENOSPC for a string that is
    /// too long: the log says which; or what Init returns.</exception>
    /// <exception cref="KernelOopsException">Init has a bug, or a parameter cannot be one.</exception>
    public void InsertModule(KernelModule module, string parameters = "")
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(parameters);
        using KernelContext.Scope scope = Enter();
        _modules.Insert(module, parameters);
    }

    /// <summary><c>rmmod</c>: runs the module's Exit.</summary>
    /// <exception cref="SyscallException">ENOENT when it is not loaded, EAGAIN while a file of it is open.</exception>
    /// <exception cref="KernelOopsException">Exit has a bug; or, with <see cref="KernelOptions.TrackModuleMemory"/>, the module is gone and has left memory behind.</exception>
    public void RemoveModule(KernelModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        using KernelContext.Scope scope = Enter();
        _modules.Remove(module);
    }

    /// <summary>A new process with a stack and an empty heap.</summary>
    /// <param name="name">The program's name.</param>
    /// <exception cref="SyscallException">ENOMEM.</exception>
    public UserProcess CreateProcess(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using KernelContext.Scope scope = Enter();
        return _processes.Create(name);
    }

    /// <summary>Runs kernel code in process context, as a kernel thread would: for trying header functions without writing a module.</summary>
    /// <exception cref="KernelOopsException">The code has a bug.</exception>
    public void RunKernelThread(Action code)
    {
        ArgumentNullException.ThrowIfNull(code);
        using KernelContext.Scope scope = Enter();
        _modules.RunForHost(code);
    }

    /// <summary>Switches the machine off. Its memory is gone; every process is dead.</summary>
    /// <exception cref="InvalidOperationException">Code of this kernel is running: a driver, or another thread.</exception>
    public void Dispose()
    {
        if (!Machine.IsOn)
            return;
        if (_context.IsEntered)
            throw new InvalidOperationException("A machine cannot be switched off from inside: its kernel is running. Dispose of it when the system call has returned.");
        Scheduler.PowerOff();
        _processes.PowerOff();
        _kernelTables.Tlb.FlushAll();
        Machine.PowerOff();
    }

    /// <summary>The kernel the calling thread is in, for the front door.</summary>
    /// <exception cref="InvalidOperationException">The thread is in none.</exception>
    /// <param name="function">The kernel name of the function that is called; a preemption point.</param>
    /// <param name="on">What it works on, if tasks may share it.</param>
    internal static Kernel Current(string function, object? on = null)
    {
        Kernel kernel = Here(function);
        kernel.Scheduler.Point(function, on);
        return kernel;
    }

    /// <summary>The kernel the calling thread is in; no preemption point.</summary>
    /// <exception cref="InvalidOperationException">The thread is in none.</exception>
    internal static Kernel Here(string function) =>
        KernelContext.Current is { } context ? System.Runtime.CompilerServices.Unsafe.As<Kernel>(context.Kernel) : throw OutsideOfKernel(function);

    internal DeviceClass? NewClass(string name, KernelModule? owner) => DeviceClass.New(_fileSystems, _sysfs, name, owner);

    private static InvalidOperationException OutsideOfKernel(string function) => new(
        $"{function}() was called outside of a kernel. Header functions run where driver code runs: in a module's Init or Exit, under a system call of a process, "
        + "or in Kernel.RunKernelThread(() => …).");

    /// <summary>The calling thread is in this kernel from here on, as in a system call: another thread that comes meanwhile is refused.</summary>
    private KernelContext.Scope Enter()
    {
        ThrowIfOff();
        return _context.Enter();
    }

    private void ThrowIfOff() => ObjectDisposedException.ThrowIf(!Machine.IsOn, this);

    /// <summary><c>chr_dev_init</c>.</summary>
    private void AddMemoryDevices() =>
        new MemoryDevices(Machine, Memory.Layout, VirtualMemory, _context, new NullSplices(_fileSystems.Splicer, Memory.PageAllocator)).Register(CharDevices, NewClass("mem", null)!);
}
