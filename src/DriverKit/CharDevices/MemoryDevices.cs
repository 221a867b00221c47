using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;
using DriverKit.Vfs;

namespace DriverKit.CharDevices;

/// <summary>Major 1, the devices that every system has: /dev/mem, /dev/null, /dev/port, /dev/zero and /dev/full.</summary>
/// <remarks>Source: drivers/char/mem.c of Linux 2.6.20. Private maps of /dev/zero are anonymous memory, as today, not pre-filled with the zero page.</remarks>
internal sealed class MemoryDevices
{
    private const uint MemMajor = 1;

    /// <summary>0666.</summary>
    private const UnixFileMode Everybody = (UnixFileMode)0x1B6;

    private readonly Machine _machine;
    private readonly MemoryLayout _layout;
    private readonly VirtualMemory _virtualMemory;
    private readonly KernelContext _context;
    private readonly (uint Minor, string Name, UnixFileMode Mode, FileOperations Fops)[] _devices;

    public MemoryDevices(Machine machine, MemoryLayout layout, VirtualMemory virtualMemory, KernelContext context, NullSplices splices)
    {
        _machine = machine;
        _layout = layout;
        _virtualMemory = virtualMemory;
        _context = context;
        _devices =
        [
            (1, "mem", FileSystems.NodeMode, new() { Read = ReadMem, Write = WriteMem, Llseek = MemoryLseek, Mmap = MmapMem }),
            (3, "null", Everybody, new() { ServesAio = true, Read = ReadNull, Write = WriteNull, Llseek = NullLseek, SpliceWrite = splices.WriteNull }),
            (4, "port", FileSystems.NodeMode, new() { Read = ReadPort, Write = WritePort, Llseek = MemoryLseek }),
            (5, "zero", Everybody, new() { ServesAio = true, Read = ReadZero, Write = WriteNull, Llseek = NullLseek, Mmap = MmapZero, SpliceRead = splices.ReadZero, SpliceWrite = splices.WriteNull }),
            (7, "full", Everybody, new() { ServesAio = true, Read = ReadZero, Write = WriteFull, Llseek = NullLseek, SpliceRead = splices.ReadZero }),
        ];
    }

    /// <summary><c>chr_dev_init</c>: claims the major and makes the nodes.</summary>
    public void Register(CharDeviceRegistry registry, DeviceClass deviceClass)
    {
        var first = new DeviceNumber(MemMajor, 0);
        registry.RegisterRegion(first, 256, "mem");
        registry.Add(new Cdev(new FileOperations { Open = Open }), first, 256);
        foreach ((uint minor, string name, UnixFileMode mode, _) in _devices)
            deviceClass.Create(new(MemMajor, minor), name, out _, mode);
    }

    /// <summary><c>memory_open</c>: the minor says which operations.</summary>
    private KernelResult Open(Inode inode, OpenFile filp)
    {
        foreach ((uint minor, _, _, FileOperations fops) in _devices)
        {
            if (minor == inode.Minor)
                return ModuleCode.Open(inode, filp, fops, null, Errno.ENXIO);
        }

        return -Errno.ENXIO;
    }

    private static KernelResult ReadNull(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => 0;

    private static KernelResult WriteNull(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => (long)count;

    private static KernelResult WriteFull(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => -Errno.ENOSPC;

    /// <summary><c>null_lseek</c>: the position is always 0.</summary>
    private static KernelResult NullLseek(OpenFile filp, long offset, SeekWhence whence) => filp.FPos = 0;

    /// <summary><c>read_zero</c>: a bad address ends it early; EFAULT only if nothing was cleared.</summary>
    private KernelResult ReadZero(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong done = count - _virtualMemory.UserAccess.Clear(_context.Task.Mm, buffer, count);
        return done == 0 && count != 0 ? -Errno.EFAULT : (long)done;
    }

    /// <summary><c>mmap_zero</c>: a shared map is shared anonymous memory; a private one has no operations, so its pages are anonymous.</summary>
    private KernelResult MmapZero(OpenFile filp, VmAreaStruct vma)
    {
        if ((vma.VmFlags & VmFlags.Shared) == 0)
        {
            vma.IsSetAnonymous = true;
            return 0;
        }

        KernelResult result = _virtualMemory.SharedAnonymous.Attach(vma);
        if (result.IsSuccess)
            filp.Put();
        return result;
    }

    /// <summary><c>read_mem</c>: low memory only; EFAULT beyond it.</summary>
    private KernelResult ReadMem(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Span<byte> page = stackalloc byte[(int)PageGeometry.PageSize];
        if (!IsLowMemory(position, count))
            return -Errno.EFAULT;
        for (ulong done = 0; done < count;)
        {
            PhysicalAddress address = new((ulong)position + done);
            Span<byte> piece = page[..(int)Math.Min(count - done, PageGeometry.PageSize - address.Value % PageGeometry.PageSize)];
            Transfer(address, piece, AccessType.Load);
            if (_virtualMemory.UserAccess.CopyTo(_context.Task.Mm, buffer + done, piece) != 0)
                return -Errno.EFAULT;
            done += (ulong)piece.Length;
        }

        position += (long)count;
        return (long)count;
    }

    /// <summary><c>write_mem</c>: low memory only; a bad address ends it early.</summary>
    private KernelResult WriteMem(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Span<byte> page = stackalloc byte[(int)PageGeometry.PageSize];
        if (!IsLowMemory(position, count))
            return -Errno.EFAULT;
        ulong done = 0;
        while (done < count)
        {
            PhysicalAddress address = new((ulong)position + done);
            Span<byte> piece = page[..(int)Math.Min(count - done, PageGeometry.PageSize - address.Value % PageGeometry.PageSize)];
            ulong missing = _virtualMemory.UserAccess.CopyFrom(_context.Task.Mm, piece, buffer + done);
            piece = piece[..(piece.Length - (int)missing)];
            Transfer(address, piece, AccessType.Store);
            done += (ulong)piece.Length;
            if (missing == 0)
                continue;
            if (done == 0)
                return -Errno.EFAULT;
            break;
        }

        position += (long)done;
        return (long)done;
    }

    /// <summary><c>memory_lseek</c>: there is no end to count from.</summary>
    private static KernelResult MemoryLseek(OpenFile filp, long offset, SeekWhence whence) => whence switch
    {
        SeekWhence.Set => filp.FPos = offset,
        SeekWhence.Current => filp.FPos = unchecked(filp.FPos + offset),
        _ => -Errno.EINVAL,
    };

    /// <summary><c>read_port</c>: the position is the port, and every byte a read of one; short after the last port.</summary>
    private KernelResult ReadPort(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong done = 0;
        for (ulong port = (ulong)position; done < count && port < PortBus.Ports; port++, done++)
        {
            if (_virtualMemory.UserAccess.Put(_context.Task.Mm, (byte)_machine.Ports.Read((ushort)port, 1), buffer + done).IsError)
                return -Errno.EFAULT;
        }

        position += (long)done;
        return done;
    }

    /// <summary><c>write_port</c>: byte by byte; a bad address ends it early.</summary>
    private KernelResult WritePort(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong done = 0;
        for (ulong port = (ulong)position; done < count && port < PortBus.Ports; port++, done++)
        {
            if (_virtualMemory.UserAccess.Get(_context.Task.Mm, out byte value, buffer + done).IsError)
            {
                if (done == 0)
                    return -Errno.EFAULT;
                break;
            }

            _machine.Ports.Write((ushort)port, 1, value);
        }

        position += (long)done;
        return done;
    }

    /// <summary><c>mmap_mem</c>: raw frames, devices too; uncached for a file opened with O_SYNC.</summary>
    private KernelResult MmapMem(OpenFile filp, VmAreaStruct vma)
    {
        if ((filp.FFlags & OpenFlags.Sync) != 0)
            vma.VmPageProt = new(vma.VmPageProt.Bits | PageProtection.CacheDisable | PageProtection.WriteThrough);
        if (vma.VmPgoff > _layout.EndOfPhysicalSpace.Value - (vma.Length >> PageGeometry.PageShift))
            return -Errno.EINVAL;
        return _virtualMemory.DriverMappings.RemapPfnRange(vma, vma.VmStart, new(vma.VmPgoff), vma.Length, vma.VmPageProt).IsError ? -Errno.EAGAIN : 0;
    }

    /// <summary><c>valid_phys_addr_range</c>.</summary>
    private bool IsLowMemory(long position, ulong count)
    {
        ulong end = _layout.EndOfLowMemory.Value;
        return position >= 0 && (ulong)position <= end && count <= end - (ulong)position;
    }

    /// <summary>Bytes of one page from or to the memory bus.</summary>
    private void Transfer(PhysicalAddress address, Span<byte> bytes, AccessType access)
    {
        if (_machine.Bus.TryGetMemory(address.ToPfn(), out byte[] memory, out int offset))
        {
            Span<byte> frame = memory.AsSpan(offset + (int)(address.Value % PageGeometry.PageSize), bytes.Length);
            if (access == AccessType.Load)
                frame.CopyTo(bytes);
            else
                bytes.CopyTo(frame);
            return;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            if (access == AccessType.Load)
                bytes[i] = (byte)_machine.Bus.Read(address + (ulong)i, 1);
            else
                _machine.Bus.Write(address + (ulong)i, 1, bytes[i]);
        }
    }
}
