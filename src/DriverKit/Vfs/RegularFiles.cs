using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>Regular files: read and write go through the page cache, so a mapping and a read see the same bytes; the disk sees them when they are written back.</summary>
/// <remarks>Source: <c>generic_file_read</c> and <c>generic_file_write</c>, mm/filemap.c; fs/attr.c, fs/sync.c.</remarks>
internal sealed class RegularFiles
{
    /// <summary><c>s_maxbytes</c>: block numbers have 32 bits.</summary>
    public const long MaxBytes = (long)uint.MaxValue << PageGeometry.PageShift;

    private readonly KernelContext _context;
    private readonly Ram _ram;
    private readonly PageAllocator _allocator;
    private readonly PageLru _lru;
    private readonly PageCache _cache;
    private readonly FileMappings _mappings;
    private readonly UserAccess _userAccess;
    private readonly SuperBlock _disk;
    private readonly FileOperations _operations;

    public RegularFiles(KernelContext context, Machine machine, PhysicalMemory memory, VirtualMemory virtualMemory, SuperBlock disk, Splicer splicer)
    {
        _context = context;
        _ram = machine.Ram;
        _allocator = memory.PageAllocator;
        _lru = memory.Lru;
        _cache = virtualMemory.PageCache;
        _mappings = virtualMemory.Files;
        _userAccess = virtualMemory.UserAccess;
        _disk = disk;
        var splices = new RegularSplices(this, machine.Ram, _allocator, _cache, _lru, splicer);
        _operations = new FileOperations
        {
            ServesAio = true,
            SpliceRead = splices.Read,
            SpliceWrite = splices.Write,
            Read = Read,
            Write = Write,
            Llseek = FileCalls.GenericFileLlseek,
            Mmap = _mappings.Mmap,
            Fsync = Fsync,
        };
    }

    /// <summary>An empty file without a name.</summary>
    public Inode Create(UnixFileMode mode)
    {
        Inode inode = _disk.NewInode(InodeType.Regular, mode);
        inode.IMapping = new AddressSpace(inode, new DiskStorage());
        inode.IFop = _operations;
        _disk.Add(inode);
        return inode;
    }

    /// <summary><c>evict</c>: without names and openings, the pages and the blocks go too.</summary>
    public void Evict(Inode inode)
    {
        inode.ISize = 0;
        _cache.Truncate(inode.IMapping!, 0);
        _disk.Remove(inode);
    }

    /// <summary><c>do_truncate</c>: sets the size.</summary>
    /// <returns>0, -EFBIG, -ENOMEM.</returns>
    public KernelResult Truncate(Inode inode, long size)
    {
        if (size > inode.ISize && (size > MaxBytes || (ulong)size > SizeLimit))
            return -Errno.EFBIG;
        Permission.RemovePrivileges(_context.Task.Cred, inode);
        return _mappings.Truncate(inode.IMapping!, size);
    }

    /// <summary><c>sync</c>: everything that has been written is on the disk.</summary>
    public void Sync()
    {
        foreach (Inode inode in _disk.Files)
            WriteBack(inode);
    }

    /// <summary><c>drop_pagecache_sb</c>: pages that are clean, that no process maps and nobody holds, go.</summary>
    public void DropCaches()
    {
        foreach (Inode inode in _disk.Files)
        {
            foreach (Page page in inode.IMapping!.Pages.Values.Where(page => page is { Mapcount: 0, Count: 1 } && !page.Has(PageFlags.Dirty)).ToArray())
                _cache.Remove(page);
        }
    }

    /// <summary><c>st_blocks</c>: blocks on the disk, and those that dirty pages will get.</summary>
    public static long BlocksOf(Inode inode)
    {
        const int SectorsPerPage = 8;
        var storage = (DiskStorage)inode.IMapping!.AOps;
        int delayed = inode.IMapping.Pages.Values.Count(page => page.Has(PageFlags.Dirty) && !storage.Holds(page.Index));
        return (storage.Blocks + (long)delayed) * SectorsPerPage;
    }

    /// <summary>RLIMIT_FSIZE of the process that runs.</summary>
    private ulong SizeLimit => _context.Task.Mm?.Limits.Of(RlimitResource.FileSize) ?? Rlimit.Infinity;

    /// <summary><c>generic_file_read</c>.</summary>
    /// <returns>Bytes read, fewer in front of a bad page of the buffer; -EFAULT or -ENOMEM if there are none.</returns>
    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Inode inode = filp.Inode;
        KernelResult error = 0;
        ulong done = 0;
        while (done < count && position < inode.ISize)
        {
            (int offset, int length) = Piece(position, Math.Min(count - done, (ulong)(inode.ISize - position)));
            if (_cache.FindOrRead(inode.IMapping!, Index(position), out _) is not { } page)
            {
                error = -Errno.ENOMEM;
                break;
            }

            // A page that is read in small pieces, one behind the other, has been used once.
            if (Index(position) != Index(filp.PreviousPosition - 1))
                _lru.MarkPageAccessed(page);
            int copied = Copy(page, offset, length, buffer + done, AccessType.Store);
            done += (ulong)copied;
            filp.PreviousPosition = position += copied;
            if (copied < length)
            {
                error = -Errno.EFAULT;
                break;
            }
        }

        return done != 0 ? done : error;
    }

    /// <summary><c>generic_file_write</c>.</summary>
    /// <returns>Bytes taken, fewer in front of a bad page of the buffer or the largest size; -EFBIG, -EFAULT or -ENOMEM if there are none.</returns>
    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (count == 0)
            return 0;
        Inode inode = filp.Inode;
        long start = (filp.FFlags & OpenFlags.Append) != 0 ? inode.ISize : position;
        if (!HasRoom(inode, start, ref count))
            return -Errno.EFBIG;
        Permission.RemovePrivileges(_context.Task.Cred, inode);
        ulong done = TakeIn(inode, buffer, count, start, out KernelResult error);
        if (done == 0)
            return error;
        position = start + (long)done;
        return Written(filp, done);
    }

    /// <summary>The same from the kernel's memory, at a position of its own.</summary>
    /// <returns>Bytes taken, fewer in front of the largest size; -EFBIG or -ENOMEM if there are none.</returns>
    public KernelResult Write(OpenFile filp, ReadOnlySpan<byte> bytes, long position)
    {
        Inode inode = filp.Inode;
        ulong count = (ulong)bytes.Length, done = 0;
        if (!HasRoom(inode, position, ref count))
            return -Errno.EFBIG;
        while (done < count)
        {
            (int offset, int length) = Piece(position, count - done);
            if (_cache.FindOrRead(inode.IMapping!, Index(position), out _) is not { } page)
                return done != 0 ? Written(filp, done) : -Errno.ENOMEM;
            bytes.Slice((int)done, length).CopyTo(_ram.Frame(page.Pfn)[offset..]);
            _lru.MarkPageAccessed(page);
            _cache.SetDirty(page);
            done += (ulong)length;
            position += length;
            inode.ISize = Math.Max(inode.ISize, position);
        }

        return Written(filp, done);
    }

    /// <summary><c>generic_write_checks</c>: how much of a write fits below the largest size; what processes have stored behind the end is cleared up to its start.</summary>
    private bool HasRoom(Inode inode, long start, ref ulong count)
    {
        ulong limit = Math.Min(SizeLimit, MaxBytes);
        if ((ulong)start >= limit)
            return false;
        if (start > inode.ISize)
            _mappings.ClearBeyondEnd(inode.IMapping!, (ulong)start);
        count = Math.Min(count, limit - (ulong)start);
        return true;
    }

    /// <summary><c>generic_write_sync</c>.</summary>
    private KernelResult Written(OpenFile filp, ulong done) =>
        (filp.FFlags & OpenFlags.Sync) != 0 && WriteBack(filp.Inode) is { IsError: true } failed ? failed : done;

    /// <summary><c>generic_perform_write</c>. A page is fetched only when its first byte can be read, so a bad buffer leaves no trace.</summary>
    private ulong TakeIn(Inode inode, UserVirtualAddress buffer, ulong count, long position, out KernelResult error)
    {
        error = 0;
        ulong done = 0;
        while (done < count)
        {
            (int offset, int length) = Piece(position, count - done);
            if (_userAccess.Get<byte>(_context.Task.Mm, out _, buffer + done).IsError)
            {
                error = -Errno.EFAULT;
                break;
            }

            if (_cache.FindOrRead(inode.IMapping!, Index(position), out _) is not { } page)
            {
                error = -Errno.ENOMEM;
                break;
            }

            int copied = Copy(page, offset, length, buffer + done, AccessType.Load);
            _lru.MarkPageAccessed(page);
            if (copied != 0)
                _cache.SetDirty(page);
            done += (ulong)copied;
            position += copied;
            inode.ISize = Math.Max(inode.ISize, position);
        }

        return done;
    }

    /// <summary>Between a page and the process that runs. The page is held: the copy may fault, and a fault may look for memory.</summary>
    private int Copy(Page page, int offset, int length, UserVirtualAddress user, AccessType access)
    {
        _allocator.Get(page);
        try
        {
            Span<byte> bytes = _ram.Frame(page.Pfn).Slice(offset, length);
            ulong missing = access == AccessType.Store
                ? _userAccess.CopyTo(_context.Task.Mm, user, bytes)
                : _userAccess.RawCopyFrom(_context.Task.Mm, bytes, user);
            return length - (int)missing;
        }
        finally
        {
            _allocator.Put(page);
        }
    }

    internal static ulong Index(long position) => (ulong)(position >> PageGeometry.PageShift);

    /// <summary>The part of a range that lies in its first page.</summary>
    internal static (int Offset, int Length) Piece(long position, ulong count)
    {
        ulong offset = (ulong)position & (PageGeometry.PageSize - 1);
        return ((int)offset, (int)Math.Min(PageGeometry.PageSize - offset, count));
    }

    private KernelResult Fsync(OpenFile filp) => WriteBack(filp.Inode);

    private KernelResult WriteBack(Inode inode)
    {
        KernelResult result = _mappings.WriteBack(inode.IMapping!);
        ((DiskStorage)inode.IMapping!.AOps).WriteInode(inode);
        return result;
    }
}
