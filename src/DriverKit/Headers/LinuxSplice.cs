using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Headers;

/// <summary><c>linux/splice.h</c>: a driver's part in splice(). Process context; may sleep.</summary>
/// <remarks>Source: fs/splice.c.</remarks>
public static class LinuxSplice
{
    /// <summary><c>splice_from_pipe(pipe, out, ppos, len, flags, actor)</c>: what a driver's splice_write calls: the actor takes what is in the pipe, buffer by buffer, and it waits for
    /// more until the first bytes are there. The position stays as it is; the pipe is locked while the actor runs.</summary>
    /// <returns>Bytes taken; 0 when the pipe is empty and nobody writes to it; -EAGAIN, -ERESTARTSYS, or what the actor returns for the first buffer.</returns>
    [MightSleep]
    [MustCheck]
    public static KernelResult SpliceFromPipe(
        PipeInodeInfo pipe,
        OpenFile @out,
        ref long ppos,
        [Unit(AddressUnit.Bytes)] ulong len,
        SpliceFlags flags,
        SpliceActor actor)
    {
        Kernel kernel = Kernel.Current("splice_from_pipe", pipe);
        AtomicContext.MightSleep(kernel.Machine, "splice_from_pipe");
        return kernel.FileSystems.Splicer.FromPipe((Pipe)pipe, @out, ppos, len, flags, actor);
    }

    /// <summary><c>add_to_pipe(pipe, buf)</c>: what a driver's splice_read calls for each page; a reference to the page goes over to the pipe, or is dropped when it does not go in.</summary>
    /// <param name="pipe">The pipe; it is locked while splice_read runs.</param>
    /// <param name="page">The page.</param>
    /// <param name="offset">Where in it the bytes start.</param>
    /// <param name="len">How many, at least one.</param>
    /// <returns>The bytes; -EAGAIN for a full pipe; -EPIPE with SIGPIPE when nobody reads.</returns>
    /// <exception cref="KernelOopsException">The piece does not lie in the page, or the page is free.</exception>
    [MustCheck]
    public static KernelResult AddToPipe(
        PipeInodeInfo pipe,
        [FreesWith(Allocator.PageReference), FreesWith(Allocator.Pages)] Page page,
        int offset,
        int len)
    {
        Kernel kernel = Kernel.Current("add_to_pipe", pipe);
        if (offset < 0 || len <= 0 || offset > (int)PageGeometry.PageSize - len)
            throw new KernelOopsException($"kernel BUG in add_to_pipe: {len} bytes at {offset} do not lie in a page");
        return kernel.FileSystems.Splicer.Add((Pipe)pipe, new PipeBuffer { Page = page, Offset = offset, Len = len });
    }
}
