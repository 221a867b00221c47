using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary><c>struct pipe_inode_info</c>: a pipe, as a driver's splice operations meet it (<c>linux/pipe_fs_i.h</c>).</summary>
public abstract class PipeInodeInfo
{
    private protected PipeInodeInfo()
    {
    }

    /// <summary><c>nrbufs</c>: buffers that hold something.</summary>
    public abstract int Nrbufs { get; }

    /// <summary><c>readers</c>: openings for reading.</summary>
    public int Readers { get; internal set; }

    /// <summary><c>writers</c>: openings for writing.</summary>
    public int Writers { get; internal set; }
}

/// <summary><c>struct pipe_buffer</c>: a piece of a page in a pipe (<c>linux/pipe_fs_i.h</c>).</summary>
public struct PipeBuffer
{
    /// <summary><c>page</c>: the pipe holds a reference to it.</summary>
    public Page? Page { readonly get; internal set; }

    /// <summary><c>offset</c>: where in the page the piece starts, in bytes.</summary>
    public int Offset { readonly get; internal set; }

    /// <summary><c>len</c>: how long it is, in bytes.</summary>
    public int Len { readonly get; internal set; }

    internal PipeBufferFlags Flags { readonly get; set; }
}

/// <summary><c>PIPE_BUF_FLAG_*</c>.</summary>
[Flags]
internal enum PipeBufferFlags
{
    None = 0,

    /// <summary>The process has given the page away.</summary>
    Gift = 4,

    /// <summary>One write, and one read.</summary>
    Packet = 8,

    /// <summary>The page is the pipe's own: a write may add to it.</summary>
    CanMerge = 16,
}

/// <summary>How splice(), tee() and vmsplice() work (<c>SPLICE_F_*</c>, <c>linux/splice.h</c>).</summary>
[Flags]
public enum SpliceFlags : uint
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary><c>SPLICE_F_MOVE</c>: move pages instead of copying; no more than a wish.</summary>
    Move = 1,

    /// <summary><c>SPLICE_F_NONBLOCK</c>: do not wait for the pipe.</summary>
    NonBlock = 2,

    /// <summary><c>SPLICE_F_MORE</c>: more will come.</summary>
    More = 4,

    /// <summary><c>SPLICE_F_GIFT</c>: the process gives the pages away.</summary>
    Gift = 8,
}

/// <summary><c>splice_read</c>: puts at most <paramref name="len"/> bytes of the file into the pipe and advances the position.</summary>
/// <returns>Bytes put there, 0 at the end, or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult SpliceReadOperation(OpenFile @in, [FromUser] ref long ppos, PipeInodeInfo pipe, [FromUser, Unit(AddressUnit.Bytes)] ulong len, SpliceFlags flags);

/// <summary><c>splice_write</c>: takes at most <paramref name="len"/> bytes out of the pipe into the file and advances the position.</summary>
/// <returns>Bytes taken, 0 when the pipe is empty and nobody writes to it, or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult SpliceWriteOperation(PipeInodeInfo pipe, OpenFile @out, [FromUser] ref long ppos, [FromUser, Unit(AddressUnit.Bytes)] ulong len, SpliceFlags flags);

/// <summary><c>splice_actor</c>: takes bytes of one buffer of a pipe.</summary>
/// <param name="pipe">The pipe.</param>
/// <param name="buf">The buffer; what is to be taken starts at its <see cref="PipeBuffer.Offset"/>.</param>
/// <param name="sd">How much, and where to.</param>
/// <returns>Bytes taken, at most <see cref="SpliceDesc.Len"/>; 0 or a negated errno ends the splice.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult SpliceActor(PipeInodeInfo pipe, in PipeBuffer buf, in SpliceDesc sd);

/// <summary><c>struct splice_desc</c>: a splice out of a pipe, at one buffer of it (<c>linux/splice.h</c>).</summary>
/// <param name="Len"><c>len</c>: bytes to take from this buffer.</param>
/// <param name="TotalLen"><c>total_len</c>: bytes to take from here on, this buffer's among them.</param>
/// <param name="Flags"><c>flags</c>.</param>
/// <param name="Pos"><c>pos</c>: the position in the file they go to.</param>
/// <param name="File"><c>u.file</c>: that file.</param>
public readonly record struct SpliceDesc(int Len, ulong TotalLen, SpliceFlags Flags, long Pos, OpenFile? File);
