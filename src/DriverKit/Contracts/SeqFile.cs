using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary><c>struct seq_operations</c>: how to walk over what a file shows, one record after the other (<c>linux/seq_file.h</c>).</summary>
/// <remarks>A read() calls start, then show and next in turn, then stop; the next read() goes on with start at the position where it stopped. All of them run in
/// process context and may sleep.</remarks>
public sealed class SeqOperations
{
    /// <summary><c>start</c>: the record at a position, where a walk begins.</summary>
    public required SeqStart Start { get; init; }

    /// <summary><c>stop</c>: the walk ends, also when start or next has found nothing.</summary>
    public required SeqStop Stop { get; init; }

    /// <summary><c>next</c>: the record behind one; moves the position.</summary>
    public required SeqNext Next { get; init; }

    /// <summary><c>show</c>: prints a record.</summary>
    public required SeqShow Show { get; init; }
}

/// <summary><c>start</c> of a sequence file: the record at <paramref name="position"/>, counted by the driver as it likes; 0 is the first.</summary>
/// <returns>The record, <c>SeqStartToken</c> for a heading, null (or an address 0) at the end, or a negated errno, which stands for <c>ERR_PTR</c>.</returns>
[CalledIn(CallContext.Process)]
public delegate object? SeqStart(SeqFile m, ref long position);

/// <summary><c>stop</c> of a sequence file: gives back what start and next hold.</summary>
/// <param name="m">The file.</param>
/// <param name="v">What start or next returned last; null at the end.</param>
[CalledIn(CallContext.Process)]
public delegate void SeqStop(SeqFile m, object? v);

/// <summary><c>next</c> of a sequence file: the record behind <paramref name="v"/>; adds to <paramref name="position"/>.</summary>
/// <returns>The record, null (or an address 0) at the end, or a negated errno, which stands for <c>ERR_PTR</c>.</returns>
[CalledIn(CallContext.Process)]
public delegate object? SeqNext(SeqFile m, object v, ref long position);

/// <summary><c>show</c> of a sequence file: prints a record with seq_printf() and its kin. It may be called again for the same record, with more room.</summary>
/// <returns>0; <c>SeqSkip</c> to show nothing of this record; or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult SeqShow(SeqFile m, object v);

/// <summary><c>struct seq_file</c>: a text that is made record by record as it is read (<c>linux/seq_file.h</c>).</summary>
public sealed class SeqFile
{
    internal SeqFile(SeqOperations operations) => Op = operations;

    /// <summary><c>op</c>.</summary>
    public SeqOperations Op { get; internal set; }

    /// <summary><c>private</c>: the driver's own; single_open() puts its data here.</summary>
    public object? Private { get; set; }

    /// <summary><c>lock</c>: a lock of the floors above; null until two have read at once.</summary>
    internal object? Lock { get; set; }

    /// <summary><c>buf</c>: memory from kmalloc(); address 0 before the first read.</summary>
    internal KernelLogicalAddress Buf { get; set; }

    /// <summary><c>size</c>: bytes of the buffer.</summary>
    internal ulong Size { get; set; }

    /// <summary><c>from</c>: where in the buffer what has not been read begins.</summary>
    internal ulong From { get; set; }

    /// <summary><c>count</c>: bytes in the buffer; as many as it has room for means that something did not fit.</summary>
    internal ulong Count { get; set; }

    /// <summary><c>index</c>: the position of the record to go on with.</summary>
    internal long Index { get; set; }

    /// <summary>A new walk at the first record.</summary>
    internal void Rewind()
    {
        Index = 0;
        Count = From = 0;
    }
}
