using DriverKit.Diagnostics;
using DriverKit.Hardware;
using DriverKit.Primitives;
using DriverKit.Processes;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit;

/// <content>What an administrator does at a shell: nodes, files, programs, swap, and a look inside.</content>
public sealed partial class Kernel
{
    /// <summary><c>mknod -m MODE PATH c MAJOR MINOR</c>, in /dev.</summary>
    /// <param name="path">The new node.</param>
    /// <param name="device">What it stands for.</param>
    /// <param name="mode">Who may open it; 0600: root only.</param>
    /// <exception cref="SyscallException">EEXIST, ENOENT, ENOTDIR, or EPERM outside /dev.</exception>
    public void MakeNode(string path, DeviceNumber device, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        ArgumentNullException.ThrowIfNull(path);
        using KernelContext.Scope scope = Enter();
        if (_fileSystems.MakeNode(path, device, mode) is { IsError: true } error)
            throw new SyscallException($"mknod(\"{path}\", {device})", error.Errno);
    }

    /// <summary><c>rm PATH</c>.</summary>
    /// <exception cref="SyscallException">ENOENT, EISDIR, ENOTDIR, ENAMETOOLONG, or EPERM in /proc.</exception>
    public void RemoveNode(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using KernelContext.Scope scope = Enter();
        if (_fileSystems.RemoveNode(path) is { IsError: true } error)
            throw new SyscallException($"unlink(\"{path}\")", error.Errno);
    }

    /// <summary><c>cat PATH</c>: a file, a text of /proc, or whatever a device gives until it says it has ended.</summary>
    /// <exception cref="SyscallException">What opening or reading it fails with; EFBIG for a device that has not ended after 64 MiB.</exception>
    public string ReadFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using KernelContext.Scope scope = Enter();
        return _hostFiles.Read(path);
    }

    /// <summary><c>echo -n TEXT &gt; PATH</c>: a file, made or emptied first; a value in /proc/sys; or a device.</summary>
    /// <exception cref="SyscallException">What opening or writing it fails with; EINVAL for a value that /proc/sys does not take.</exception>
    public void WriteFile(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(text);
        using KernelContext.Scope scope = Enter();
        _hostFiles.Write(path, text);
    }

    /// <summary><c>install -m 755 PROGRAM PATH</c>: a program that processes can execute.</summary>
    /// <exception cref="SyscallException">What making the file fails with.</exception>
    public void InstallProgram(string path, ElfProgram program)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(program);
        using KernelContext.Scope scope = Enter();
        _hostFiles.Install(path, program.ToExecutable(Machine.Options.Architecture));
    }

    /// <summary>What the disk holds of a file now: without what is only in memory, as after a power failure. fsync(), msync() and sync() close the gap.</summary>
    /// <exception cref="SyscallException">ENOENT, ENOTDIR, ENAMETOOLONG, EISDIR, EINVAL (not a file of the disk), EFBIG above 64 MiB.</exception>
    public byte[] ReadDisk(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using KernelContext.Scope scope = Enter();
        return _hostFiles.ReadDisk(path);
    }

    /// <summary><c>swapon</c>: pages of processes may leave memory for this disk.</summary>
    /// <param name="device">The disk; it stays in use until the machine is switched off, and is not disposed of.</param>
    /// <param name="priority">Disks of higher priority are filled first; null: below all there are.</param>
    /// <exception cref="SyscallException">EBUSY: it, or a disk of its name, is in use as swap; EINVAL: no room beside the header, or a priority outside 0 to 32767; EPERM: too many.</exception>
    public void SwapOn(BlockDevice device, int? priority = null)
    {
        ArgumentNullException.ThrowIfNull(device);
        using KernelContext.Scope scope = Enter();
        if (VirtualMemory.Swap.Add(device, priority) is { IsError: true } error)
            throw new SyscallException($"swapon(\"{device.Name}\")", error.Errno);
        VirtualMemory.Overcommit.SwapPages = VirtualMemory.Swap.TotalPages;
        Log.Write(LogLevel.Info, $"Adding {(device.Blocks - 1) << 2}k swap on {device.Name}.  Priority:{VirtualMemory.Swap.Areas[^1].Priority} extents:1 across:{(device.Blocks - 1) << 2}k");
    }

    /// <summary><c>echo 1 &gt; /proc/sys/vm/compact_memory</c>: moves pages together so that free memory comes in large blocks. Pages that are held stay.</summary>
    public void CompactMemory()
    {
        using KernelContext.Scope scope = Enter();
        _reclaimer.Compaction.CompactAll();
    }

    /// <summary><c>vmstat -m</c>: a line a slab cache, with objects in use, objects in all, their size, and how many a slab has.</summary>
    public string SlabReport()
    {
        using KernelContext.Scope scope = Enter();
        return ProcSlabs.FormatVmstat(Slab);
    }

    /// <summary>How an address of a process goes through its page tables, level by level.</summary>
    public string WalkPageTables(UserProcess process, UserVirtualAddress address)
    {
        ThrowIfNotOurs(process);
        using KernelContext.Scope scope = Enter();
        return PageTableDump.Walk(Machine, process.Mm, address);
    }

    /// <summary>All page tables of a process, level by level: each table below the entry that points to it, runs of neighbours in one line.</summary>
    /// <param name="process">A process of this kernel.</param>
    /// <exception cref="SyscallException">ESRCH: the process has exited or is another kernel's.</exception>
    public string DumpPageTables(UserProcess process) => DumpPageTables(process, default, ulong.MaxValue);

    /// <summary>The page tables of a range of a process, level by level.</summary>
    /// <param name="process">A process of this kernel.</param>
    /// <param name="start">Where the range starts.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="SyscallException">ESRCH: the process has exited or is another kernel's.</exception>
    public string DumpPageTables(UserProcess process, UserVirtualAddress start, ulong length)
    {
        ThrowIfNotOurs(process);
        using KernelContext.Scope scope = Enter();
        return PageTableDump.Dump(Machine, process.Mm, start, length > ulong.MaxValue - start.Value ? new(ulong.MaxValue) : start + length);
    }

    /// <summary><c>gcore PID</c>: writes the process's memory as an ELF core file, which readelf and gdb open. The process lives on, and nothing about it changes.</summary>
    /// <remarks>Written are the private areas that have been stored to and shared memory without a file; of areas with VM_IO or VM_RESERVED, and of files
    /// and devices, only where they are. A page that is not in memory is read where it is, in swap or in the file that is mapped; one that only a driver's
    /// nopage could give is zero. The registers are zero but for those the program started with. A stream that can seek past its end gets holes for zeros. Source: fs/binfmt_elf.c of Linux 2.6.20; core(5).</remarks>
    /// <param name="process">A process of this kernel.</param>
    /// <param name="destination">Where the file goes; it starts where the stream stands.</param>
    /// <exception cref="SyscallException">ESRCH: the process has exited or is another kernel's.</exception>
    /// <exception cref="ArgumentException">The stream cannot be written to.</exception>
    public void DumpCore(UserProcess process, Stream destination)
    {
        ThrowIfNotOurs(process);
        using KernelContext.Scope scope = Enter();
        ArgumentNullException.ThrowIfNull(destination);
        if (!destination.CanWrite)
            throw new ArgumentException("The stream cannot be written to.", nameof(destination));
        _elfCore.Write(process, destination);
    }

    private void ThrowIfNotOurs(UserProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        ThrowIfOff();
        if (!process.IsAlive || _processes.Find(process.Pid) != process)
            throw new SyscallException($"process {process} is not one of this kernel's", Errno.ESRCH);
    }
}
