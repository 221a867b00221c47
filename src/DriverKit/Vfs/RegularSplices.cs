using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>Regular files and pipes: the pages of the cache themselves go into a pipe, so what is written to the file afterwards is seen in it; out of a pipe the bytes are copied.</summary>
/// <remarks>Source: <c>filemap_splice_read</c>, mm/filemap.c; <c>iter_file_splice_write</c>, fs/splice.c.</remarks>
internal sealed class RegularSplices
{
    private readonly Ram _ram;
    private readonly PageAllocator _allocator;
    private readonly PageCache _cache;
    private readonly PageLru _lru;
    private readonly Splicer _splicer;
    private readonly SpliceActor _copy;

    public RegularSplices(RegularFiles files, Ram ram, PageAllocator allocator, PageCache cache, PageLru lru, Splicer splicer)
    {
        _ram = ram;
        _allocator = allocator;
        _cache = cache;
        _lru = lru;
        _splicer = splicer;
        _copy = (PipeInodeInfo _, in PipeBuffer buffer, in SpliceDesc desc) =>
            files.Write(desc.File!, _ram.Frame(buffer.Page!.Pfn).Slice(buffer.Offset, desc.Len), desc.Pos);
    }

    /// <summary><c>splice_read</c>.</summary>
    /// <returns>Bytes, 0 at the end, -ENOMEM.</returns>
    public KernelResult Read(OpenFile input, ref long position, PipeInodeInfo pipe, ulong length, SpliceFlags flags)
    {
        var to = (Pipe)pipe;
        Inode inode = input.Inode;
        ulong done = 0;
        while (done < length && position < inode.ISize && !to.IsFull)
        {
            (int offset, int piece) = RegularFiles.Piece(position, Math.Min(length - done, (ulong)(inode.ISize - position)));
            if (_cache.FindOrRead(inode.IMapping!, RegularFiles.Index(position), out _) is not { } page)
                return done != 0 ? done : -Errno.ENOMEM;
            _lru.MarkPageAccessed(page);
            _allocator.Get(page);
            to.Push(new PipeBuffer { Page = page, Offset = offset, Len = piece });
            done += (ulong)piece;
            input.PreviousPosition = position += piece;
        }

        return done;
    }

    /// <summary><c>splice_write</c>.</summary>
    /// <returns>Bytes, 0 when there is nothing more to come, -EAGAIN, -EFBIG, -ENOMEM, -ERESTARTSYS.</returns>
    public KernelResult Write(PipeInodeInfo pipe, OpenFile output, ref long position, ulong length, SpliceFlags flags)
    {
        KernelResult result = _splicer.FromPipe((Pipe)pipe, output, position, length, flags, _copy);
        position += Math.Max(result.Value, 0);
        return result;
    }
}
