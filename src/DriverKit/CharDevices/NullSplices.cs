using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.CharDevices;

/// <summary>Splicing to /dev/null and from /dev/zero.</summary>
/// <remarks>Source: <c>splice_write_null</c>, drivers/char/mem.c; <c>copy_splice_read</c>, fs/splice.c.</remarks>
internal sealed class NullSplices(Splicer splicer, PageAllocator allocator)
{
    private static readonly SpliceActor Swallow = (PipeInodeInfo _, in PipeBuffer _, in SpliceDesc desc) => desc.Len;

    /// <summary><c>splice_write_null</c>: takes everything. The position stays.</summary>
    public KernelResult WriteNull(PipeInodeInfo pipe, OpenFile output, ref long position, ulong length, SpliceFlags flags) =>
        splicer.FromPipe((Pipe)pipe, output, position, length, flags, Swallow);

    /// <summary><c>copy_splice_read</c> of zeros: new pages. The position stays.</summary>
    /// <returns>Bytes, or -ENOMEM.</returns>
    public KernelResult ReadZero(OpenFile input, ref long position, PipeInodeInfo pipe, ulong length, SpliceFlags flags)
    {
        var to = (Pipe)pipe;
        ulong done = 0;
        while (done < length && !to.IsFull)
        {
            if (allocator.Allocate(GfpFlags.User | GfpFlags.Zero) is not { } page)
                return done != 0 ? done : -Errno.ENOMEM;
            int piece = (int)Math.Min(length - done, PageGeometry.PageSize);
            to.Push(new PipeBuffer { Page = page, Len = piece });
            done += (ulong)piece;
        }

        return done;
    }
}
