using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>What read_proc and write_proc of a driver become as a file: a page for each piece, and the three ways to use <c>*start</c>.</summary>
/// <remarks>Source: <c>proc_file_read</c> and its kin, fs/proc/generic.c of Linux 2.6.20.</remarks>
internal sealed class LegacyProcFiles
{
    /// <summary><c>MAX_NON_LFS</c>: positions have 31 bits.</summary>
    private const long MaxPosition = int.MaxValue;

    /// <summary><c>PROC_BLOCK_SIZE</c>: what a driver is asked for at a time.</summary>
    private const ulong BlockSize = PageGeometry.PageSize - 1024;

    private readonly KernelContext _context;
    private readonly PageAllocator _allocator;
    private readonly UserAccess _userAccess;
    private readonly IKernelLog _log;

    public LegacyProcFiles(KernelContext context, PageAllocator allocator, UserAccess userAccess, IKernelLog log)
    {
        _context = context;
        _allocator = allocator;
        _userAccess = userAccess;
        _log = log;
        Operations = new FileOperations { Read = Read, Write = Write, Llseek = Llseek };
    }

    /// <summary><c>proc_file_operations</c>.</summary>
    public FileOperations Operations { get; }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (position > MaxPosition)
            return 0;
        ulong wanted = Math.Min(count, (ulong)(MaxPosition - position));
        if (_allocator.Allocate(GfpFlags.Kernel, 0) is not { } page)
            return -Errno.ENOMEM;
        try
        {
            return ProcEntries.Of(filp.Inode)!.ReadProc is { } read ? Read(read, filp, (KernelLogicalAddress)page.Virtual, buffer, wanted, ref position) : 0;
        }
        finally
        {
            _allocator.Free(page, 0);
        }
    }

    private KernelResult Read(ReadProc read, OpenFile filp, KernelLogicalAddress page, UserVirtualAddress buffer, ulong wanted, ref long position)
    {
        KernelResult error = 0;
        ulong done = 0;
        for (bool eof = false; wanted != 0 && !eof;)
        {
            ulong count = Math.Min(wanted, BlockSize);
            KernelLogicalAddress start = default;
            KernelResult got = read(page, ref start, position, (int)count, ref eof, ProcEntries.Of(filp.Inode)!.Data);
            if (got.Value <= 0)
            {
                error = got;
                break;
            }

            bool countsBytes = start.IsNull || start >= page;
            long length = Clip(got.Value, page, ref start, position, count);
            if (length <= 0)
                break;
            ulong copied = (ulong)length - _userAccess.CopyTo(_context.Task.Mm, buffer, countsBytes ? start : page, (ulong)length);
            if (copied == 0)
            {
                error = -Errno.EFAULT;
                break;
            }

            // A driver that counts by its own measure may give more than was wanted: then the process's buffer overflows, as in the kernel.
            position += countsBytes ? (long)copied : (long)start.Value;
            wanted = unchecked(wanted - copied);
            buffer += copied;
            done += copied;
        }

        return done != 0 ? done : error;
    }

    /// <summary>What of the page the process gets, and from where.</summary>
    private long Clip(long length, KernelLogicalAddress page, ref KernelLogicalAddress start, long position, ulong count)
    {
        bool isWhole = start.IsNull;
        if (!isWhole && start < page)
        {
            length = WithinPage(length, PageGeometry.PageSize);
            if (length > (long)count)
                _log.Write(LogLevel.Warning, "proc_file_read: Read count exceeded");
            return length;
        }

        if (isWhole)
        {
            length = WithinPage(length, PageGeometry.PageSize) - position;
            start = page + position;
        }
        else
        {
            length = WithinPage(length, PageGeometry.PageSize - (start - page));
        }

        return Math.Min(length, (long)count);
    }

    private long WithinPage(long length, ulong room)
    {
        if ((ulong)length <= room)
            return length;
        _log.Write(LogLevel.Error, "proc_file_read: Apparent buffer overflow!");
        return (long)room;
    }

    private static KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ProcDirEntry entry = ProcEntries.Of(filp.Inode)!;
        return entry.WriteProc is { } write ? write(filp, buffer, count, entry.Data) : -Errno.EIO;
    }

    /// <summary><c>proc_file_lseek</c>: there is no end to count from.</summary>
    private static KernelResult Llseek(OpenFile filp, long offset, SeekWhence whence)
    {
        if (whence == SeekWhence.Current)
            offset = unchecked(offset + filp.FPos);
        if (whence == SeekWhence.End || offset is < 0 or > MaxPosition)
            return -Errno.EINVAL;
        return filp.FPos = offset;
    }
}
