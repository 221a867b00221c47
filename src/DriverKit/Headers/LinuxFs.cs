using System.Diagnostics.Contracts;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit.Headers;

/// <summary><c>linux/fs.h</c>: character device numbers, and operations for drivers that need none of their own. Process context.</summary>
/// <remarks>Source: fs/char_dev.c, fs/open.c and fs/read_write.c of Linux 2.6.20.</remarks>
public static class LinuxFs
{
    /// <summary><c>register_chrdev_region(from, count, name)</c>: claims known numbers.</summary>
    /// <returns>0; -EBUSY when one is taken; -EINVAL.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult RegisterChrdevRegion(
        [AllocatesWith(Allocator.ChrdevRegion, KeyParameter = nameof(count))] DeviceNumber from,
        uint count,
        string name) =>
        Kernel.Current("register_chrdev_region").CharDevices.RegisterRegion(from, count, name);

    /// <summary><c>alloc_chrdev_region(dev, baseminor, count, name)</c>: claims numbers of a free major, 254 downwards.</summary>
    /// <returns>0; -EBUSY when no major is free; -EINVAL.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult AllocChrdevRegion(
        [AllocatesWith(Allocator.ChrdevRegion, KeyParameter = nameof(count))] out DeviceNumber device,
        uint baseMinor,
        uint count,
        string name) =>
        Kernel.Current("alloc_chrdev_region").CharDevices.AllocateRegion(out device, baseMinor, count, name);

    /// <summary><c>unregister_chrdev_region(from, count)</c>: gives them back. A range that is not registered is logged.</summary>
    [MightSleep]
    public static void UnregisterChrdevRegion([FreesWith(Allocator.ChrdevRegion, KeyParameter = nameof(count))] DeviceNumber from, uint count) =>
        Kernel.Current("unregister_chrdev_region").CharDevices.UnregisterRegion(from, count);

    /// <summary><c>do_sync_read(filp, buf, len, ppos)</c>: a <see cref="FileOperations.Read"/> that begins an aio_read and waits until it is complete. Process context; sleeps.</summary>
    /// <returns>What aio_read, or aio_complete(), says.</returns>
    /// <exception cref="KernelOopsException">The file has no aio_read.</exception>
    [MightSleep]
    public static KernelResult DoSyncRead(OpenFile filp, UserVirtualAddress buf, [Unit(AddressUnit.Bytes)] ulong len, ref long ppos)
    {
        ArgumentNullException.ThrowIfNull(filp);
        return SyncKiocb.Read(Kernel.Current("do_sync_read").Scheduler, filp, [new Iovec(buf, len)], ref ppos);
    }

    /// <summary><c>do_sync_write(filp, buf, len, ppos)</c>: a <see cref="FileOperations.Write"/> that begins an aio_write and waits until it is complete. Process context; sleeps.</summary>
    /// <returns>What aio_write, or aio_complete(), says.</returns>
    /// <exception cref="KernelOopsException">The file has no aio_write.</exception>
    [MightSleep]
    public static KernelResult DoSyncWrite(OpenFile filp, UserVirtualAddress buf, [Unit(AddressUnit.Bytes)] ulong len, ref long ppos)
    {
        ArgumentNullException.ThrowIfNull(filp);
        return SyncKiocb.Write(Kernel.Current("do_sync_write").Scheduler, filp, [new Iovec(buf, len)], ref ppos);
    }

    /// <summary><c>register_chrdev(major, name, fops)</c>: claims minors 0 to 255 of a major and makes one device of them; it is live at once, so the driver must be ready.
    /// Process context; may sleep.</summary>
    /// <param name="major">The major; 0: a free one, 254 downwards.</param>
    /// <param name="name">As /proc/devices prints it.</param>
    /// <param name="fops">The operations of all its minors; an open tells them apart by <see cref="Iminor"/>.</param>
    /// <returns>0 for a known major, the major for a free one; -EBUSY when it is taken or none is free; -EINVAL.</returns>
    [MustCheck]
    [MightSleep]
    public static KernelResult RegisterChrdev([AllocatesWith(Allocator.Chrdev)] uint major, string name, FileOperations fops)
    {
        ArgumentNullException.ThrowIfNull(fops);
        return Kernel.Current("register_chrdev").CharDevices.RegisterDevice(major, name, fops);
    }

    /// <summary><c>unregister_chrdev(major, name)</c>: gives the major of <see cref="RegisterChrdev"/> back; open files live on. One that is not registered is logged. Process context; may sleep.</summary>
    /// <param name="major">The major.</param>
    /// <param name="name">Unused, as in the kernel.</param>
    [MightSleep]
    public static void UnregisterChrdev([FreesWith(Allocator.Chrdev)] uint major, string name)
    {
        _ = name;
        Kernel.Current("unregister_chrdev").CharDevices.UnregisterDevice(major);
    }

    /// <summary><c>fasync_helper(fd, filp, on, fapp)</c>: puts an opening into the list of those that want a signal, or takes it out. Call it from the
    /// driver's fasync, and with fd -1 and false from its release. Process context; may sleep.</summary>
    /// <returns>1 when the list has changed, 0 when it had been so.</returns>
    [MightSleep]
    public static KernelResult FasyncHelper(int fd, OpenFile filp, bool on, ref FasyncStruct? fapp)
    {
        Kernel.Current("fasync_helper", filp);
        return Fasync.Help(fd, filp, on, ref fapp);
    }

    /// <summary><c>kill_fasync(fp, sig, band)</c>: a signal to everybody in the list. Every context.</summary>
    /// <param name="fp">The driver's list.</param>
    /// <param name="sig">SIGIO; another one if the owner has asked for it by F_SETSIG.</param>
    /// <param name="band">What has happened: <see cref="SignalCode.PollIn"/> or <see cref="SignalCode.PollOut"/>.</param>
    /// <exception cref="KernelOopsException">An opening in the list has been released.</exception>
    public static void KillFasync(ref FasyncStruct? fp, Signal sig, SignalCode band) => Fasync.Kill(Kernel.Current("kill_fasync").Signals, fp, sig, band);

    /// <summary><c>nonseekable_open(inode, filp)</c>: for a device that is a stream: afterwards lseek(), pread() and pwrite() are ESPIPE. An
    /// <see cref="FileOperations.Open"/> of its own, or called by the driver's. Does not sleep.</summary>
    /// <returns>0.</returns>
    public static KernelResult NonseekableOpen(Inode inode, OpenFile filp)
    {
        filp.FMode &= ~(FileModes.Lseek | FileModes.Pread | FileModes.Pwrite);
        return 0;
    }

    /// <summary><c>no_llseek(filp, offset, origin)</c>: a <see cref="FileOperations.Llseek"/> that refuses. pread() and pwrite() need <see cref="NonseekableOpen"/>. Does not sleep.</summary>
    /// <returns>-ESPIPE.</returns>
    public static KernelResult NoLlseek(OpenFile filp, long offset, SeekWhence whence) => -Errno.ESPIPE;

    /// <summary><c>default_llseek(filp, offset, origin)</c>: moves the position; SEEK_END counts from <see cref="Inode.ISize"/>. What a driver without llseek gets. Does not sleep.</summary>
    /// <returns>The new position; -EINVAL for a negative one.</returns>
    public static KernelResult DefaultLlseek(OpenFile filp, long offset, SeekWhence whence) => Vfs.FileCalls.DefaultLlseek(filp, offset, whence);

    /// <summary><c>generic_file_llseek(filp, offset, origin)</c>: as <see cref="DefaultLlseek"/>, up to the largest size a file can have. Does not sleep.</summary>
    /// <returns>The new position; -EINVAL for one that is negative or too large.</returns>
    public static KernelResult GenericFileLlseek(OpenFile filp, long offset, SeekWhence whence) => Vfs.FileCalls.GenericFileLlseek(filp, offset, whence);

    /// <summary><c>iminor(inode)</c>. Every context.</summary>
    [Pure]
    public static uint Iminor(Inode inode) => inode.Minor;

    /// <summary><c>imajor(inode)</c>. Every context.</summary>
    [Pure]
    public static uint Imajor(Inode inode) => inode.Major;
}
