using DriverKit.CharDevices;
using DriverKit.Contracts;
using DriverKit.Diagnostics;
using DriverKit.Hardware;
using DriverKit.Io;
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
/// <remarks>Everything in it happens on the calling thread, one thing at a time, and the same way in every run. Kernels do not share
/// anything: tests may run any number in parallel, each on its own thread.</remarks>
public sealed class Kernel : IDisposable
{
    private readonly KernelContext _context;
    private readonly KernelPageTables _kernelTables;
    private readonly FileSystems _fileSystems;
    private readonly ProcessTable _processes;
    private readonly ModuleLoader _modules;
    private readonly OopsReport _oopsReport;
    private readonly ElfCore _elfCore;
    private readonly MemoryReclaimer _reclaimer;
    private readonly HostFiles _hostFiles;

    private Kernel(MachineOptions machineOptions, KernelOptions options)
    {
        Machine = new Machine(machineOptions);
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
        var vmallocSpace = new VmallocSpace(Memory.Layout, _kernelTables);
        Vmalloc = new VmallocAllocator(Machine, Memory, _kernelTables, vmallocSpace, Log);
        IoMemory = new IoMemory(Machine, Memory, _kernelTables, vmallocSpace, Log);
        VirtualMemory = new VirtualMemory(Machine, Memory, AddressSpace, _kernelTables.Root, options.Era, Log);
        Resources = new ResourceTree(Machine, Memory, Log);

        // sched_init, vfs_caches_init, chrdev_init, chr_dev_init, misc_init, proc_root_init.
        _context = new KernelContext(this, new TaskStruct(0, "swapper", null));
        CharDevices = new CharDeviceRegistry(Log);
        _fileSystems = new FileSystems(_context, Machine, Memory, VirtualMemory, CharDevices.NodeOperations);
        AddMemoryDevices();
        MiscDevices = new MiscDevices(CharDevices, _fileSystems, Log);
        _processes = new ProcessTable(Machine, Memory, VirtualMemory, _fileSystems, AtomicKmap, _context)
        {
            Log = Log,
            RandomizeVaSpace = options.RandomizeVaSpace,
        };
        _reclaimer = new MemoryReclaimer(Machine, Memory, VirtualMemory, _processes, Log);
        _processes.Reclaimer = _reclaimer;
        _modules = new ModuleLoader(_processes);
        _oopsReport = new OopsReport(Machine, Log, () => _modules.Names);
        _processes.OopsReporter = _oopsReport.Write;
        _elfCore = new ElfCore(Machine, VirtualMemory.Tables);
        Memory.PageAllocator.CurrentProcess = () => _context.Task.Comm;
        _hostFiles = new HostFiles(_processes);
        new ProcFiles(_fileSystems, _processes).AddTexts(Slab, Vmalloc, _kernelTables, CharDevices, Resources, Log);
    }

    /// <summary>The computer under the kernel.</summary>
    public Machine Machine { get; }

    /// <summary>The kernel log, as dmesg shows it.</summary>
    public KernelLog Log { get; }

    /// <summary>Nodes, zones, the memory map and the page allocator.</summary>
    public PhysicalMemory Memory { get; }

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

    internal VmallocAllocator Vmalloc { get; }

    internal Highmem Highmem { get; }

    internal AtomicKmap AtomicKmap { get; }

    internal IoMemory IoMemory { get; }

    internal VirtualMemory VirtualMemory { get; }

    internal ResourceTree Resources { get; }

    internal CharDeviceRegistry CharDevices { get; }

    internal MiscDevices MiscDevices { get; }

    internal TaskStruct CurrentTask => _context.Task;

    /// <summary>Boots a machine: an i386 with 1 GiB unless told otherwise.</summary>
    /// <param name="machine">The computer; null: the default one.</param>
    /// <param name="options">The kernel; null: the default one.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside what the machine can have.</exception>
    public static Kernel Boot(MachineOptions? machine = null, KernelOptions? options = null) => new(machine ?? new(), options ?? new());

    /// <summary>Plugs a device into the bus and into /proc/iomem.</summary>
    /// <exception cref="ArgumentException">Its addresses overlap RAM or another device, or lie across the edge of a known range.</exception>
    public void AddDevice(MmioRegion region)
    {
        ThrowIfOff();
        Machine.Bus.Attach(region);
        if (Resources.TryAddDevice(region))
            return;
        Machine.Bus.Detach(region);
        throw new ArgumentException(
            $"{region.Name} at {region.Start}-{region.End} lies across the edge of another range of /proc/iomem (the Video RAM area ends at 0xc0000) or of the physical address space.", nameof(region));
    }

    /// <summary><c>insmod</c>: runs the module's Init.</summary>
    /// <exception cref="SyscallException">EEXIST when a module of that name is loaded; or what Init returns.</exception>
    /// <exception cref="KernelOopsException">Init has a bug.</exception>
    public void InsertModule(KernelModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        ThrowIfOff();
        _modules.Insert(module);
    }

    /// <summary><c>rmmod</c>: runs the module's Exit.</summary>
    /// <exception cref="SyscallException">ENOENT when it is not loaded, EAGAIN while a file of it is open.</exception>
    /// <exception cref="KernelOopsException">Exit has a bug.</exception>
    public void RemoveModule(KernelModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        ThrowIfOff();
        _modules.Remove(module);
    }

    /// <summary>A new process with a stack and an empty heap.</summary>
    /// <param name="name">The program's name.</param>
    /// <exception cref="SyscallException">ENOMEM.</exception>
    public UserProcess CreateProcess(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ThrowIfOff();
        return _processes.Create(name);
    }

    /// <summary>Runs kernel code in process context, as a kernel thread would: for trying header functions without writing a module.</summary>
    /// <exception cref="KernelOopsException">The code has a bug.</exception>
    public void RunKernelThread(Action code)
    {
        ArgumentNullException.ThrowIfNull(code);
        ThrowIfOff();
        _modules.Run("kthread", () =>
        {
            code();
            return 0;
        });
    }

    /// <summary><c>mknod PATH c MAJOR MINOR</c>, in /dev.</summary>
    /// <exception cref="SyscallException">EEXIST, ENOENT, ENOTDIR, or EPERM outside /dev.</exception>
    public void MakeNode(string path, DeviceNumber device)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfOff();
        if (_fileSystems.MakeNode(path, device) is { IsError: true } error)
            throw new SyscallException($"mknod(\"{path}\", {device})", error.Errno);
    }

    /// <summary><c>rm PATH</c>.</summary>
    /// <exception cref="SyscallException">ENOENT, EISDIR, ENOTDIR, ENAMETOOLONG, or EPERM in /proc.</exception>
    public void RemoveNode(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfOff();
        if (_fileSystems.RemoveNode(path) is { IsError: true } error)
            throw new SyscallException($"unlink(\"{path}\")", error.Errno);
    }

    /// <summary><c>cat PATH</c>: a file, a text of /proc, or whatever a device gives until it says it has ended.</summary>
    /// <exception cref="SyscallException">What opening or reading it fails with; EFBIG for a device that has not ended after 64 MiB.</exception>
    public string ReadFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfOff();
        return _hostFiles.Read(path);
    }

    /// <summary><c>echo -n TEXT &gt; PATH</c>: a file, made or emptied first; a value in /proc/sys; or a device.</summary>
    /// <exception cref="SyscallException">What opening or writing it fails with; EINVAL for a value that /proc/sys does not take.</exception>
    public void WriteFile(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(text);
        ThrowIfOff();
        _hostFiles.Write(path, text);
    }

    /// <summary>What the disk holds of a file now: without what is only in memory, as after a power failure. fsync(), msync() and sync() close the gap.</summary>
    /// <exception cref="SyscallException">ENOENT, ENOTDIR, ENAMETOOLONG, EISDIR, EINVAL (not a file of the disk), EFBIG above 64 MiB.</exception>
    public byte[] ReadDisk(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ThrowIfOff();
        return _hostFiles.ReadDisk(path);
    }

    /// <summary><c>swapon</c>: pages of processes may leave memory for this disk.</summary>
    /// <param name="device">The disk; it stays in use until the machine is switched off, and is not disposed of.</param>
    /// <param name="priority">Disks of higher priority are filled first; null: below all there are.</param>
    /// <exception cref="SyscallException">EBUSY: it is in use as swap; EINVAL: no room beside the header; EPERM: too many.</exception>
    public void SwapOn(BlockDevice device, int? priority = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        ThrowIfOff();
        if (VirtualMemory.Swap.Add(device, priority) is { IsError: true } error)
            throw new SyscallException($"swapon(\"{device.Name}\")", error.Errno);
        VirtualMemory.Overcommit.SwapPages = VirtualMemory.Swap.TotalPages;
        Log.Write(LogLevel.Info, $"Adding {(device.Blocks - 1) << 2}k swap on {device.Name}.  Priority:{VirtualMemory.Swap.Areas[^1].Priority} extents:1 across:{(device.Blocks - 1) << 2}k");
    }

    /// <summary><c>echo 1 &gt; /proc/sys/vm/compact_memory</c>: moves pages together so that free memory comes in large blocks. Pages that are held stay.</summary>
    public void CompactMemory()
    {
        ThrowIfOff();
        _reclaimer.Compaction.CompactAll();
    }

    /// <summary><c>vmstat -m</c>: a line a slab cache, with objects in use, objects in all, their size, and how many a slab has.</summary>
    public string SlabReport()
    {
        ThrowIfOff();
        return ProcSlabs.FormatVmstat(Slab);
    }

    /// <summary>How an address of a process goes through its page tables, level by level.</summary>
    public string WalkPageTables(UserProcess process, UserVirtualAddress address)
    {
        ThrowIfNotOurs(process);
        return PageTableDump.Walk(Machine, process.Mm, address);
    }

    /// <summary><c>gcore PID</c>: writes the process's memory as an ELF core file, which readelf and gdb open. The process lives on, and nothing about it changes.</summary>
    /// <remarks>Written are the private areas that have been stored to and shared memory without a file; of areas with VM_IO or VM_RESERVED, and of files
    /// and devices, only where they are. A page that is not in memory is not brought there: it is zero in the file. The registers are zero but for
    /// the stack pointer. A stream that can seek past its end gets holes for zeros. Source: fs/binfmt_elf.c of Linux 2.6.20; core(5).</remarks>
    /// <param name="process">A process of this kernel.</param>
    /// <param name="destination">Where the file goes; it starts where the stream stands.</param>
    /// <exception cref="SyscallException">ESRCH: the process has exited or is another kernel's.</exception>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    public void DumpCore(UserProcess process, Stream destination)
    {
        ThrowIfNotOurs(process);
        ArgumentNullException.ThrowIfNull(destination);
        if (!destination.CanWrite)
            throw new ArgumentException("The stream cannot be written to.", nameof(destination));
        _elfCore.Write(process, destination);
    }

    /// <summary>Switches the machine off. Its memory is gone; every process is dead.</summary>
    /// <exception cref="InvalidOperationException">Code of this kernel is running: a driver, or another thread.</exception>
    public void Dispose()
    {
        if (!Machine.IsOn)
            return;
        if (_context.IsEntered)
            throw new InvalidOperationException("A machine cannot be switched off from inside: its kernel is running. Dispose of it when the system call has returned.");
        _processes.PowerOff();
        _kernelTables.Tlb.FlushAll();
        Machine.PowerOff();
    }

    /// <summary>The kernel the calling thread is in, for the front door.</summary>
    /// <exception cref="InvalidOperationException">The thread is in none.</exception>
    internal static Kernel Current(string function) => KernelContext.Current is { } context
        ? System.Runtime.CompilerServices.Unsafe.As<Kernel>(context.Kernel)
        : throw OutsideOfKernel(function);

    internal DeviceClass NewClass(string name, KernelModule? owner) => new(_fileSystems, name, owner);

    private static InvalidOperationException OutsideOfKernel(string function) => new(
        $"{function}() was called outside of a kernel. Header functions run where driver code runs: in a module's Init or Exit, under a system call of a process, "
        + "or in Kernel.RunKernelThread(() => …).");

    private void ThrowIfOff() => ObjectDisposedException.ThrowIf(!Machine.IsOn, this);

    private void ThrowIfNotOurs(UserProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        ThrowIfOff();
        if (!process.IsAlive || _processes.Find(process.Pid) != process)
            throw new SyscallException($"process {process} is not one of this kernel's", Errno.ESRCH);
    }

    /// <summary><c>chr_dev_init</c>.</summary>
    private void AddMemoryDevices() =>
        new MemoryDevices(Machine, Memory.Layout, VirtualMemory, _context).Register(CharDevices, _fileSystems);
}
