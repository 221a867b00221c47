using System.Buffers.Binary;

namespace DriverKit.Conformance.Host;

/// <summary>What the executor answered: a record of four words for each request, then the data.</summary>
internal sealed class BatchResult(Batch batch, byte[] bytes)
{
    /// <summary>Bytes of one record: result, signal, code, address.</summary>
    public const int RecordSize = 32;

    private readonly Dictionary<int, int> _appended = FindAppended(batch, bytes);

    /// <summary>What the call returned: a negative errno if it failed.</summary>
    public long Value(int request) => Word(request, 0);

    /// <summary>The signal an access got; 0 if none.</summary>
    public int Signal(int request) => (int)Word(request, 1);

    /// <summary>Its <c>si_code</c>; for a fork, what wait4 said of the child.</summary>
    public int Code(int request) => (int)Word(request, 2);

    /// <summary>Its <c>si_addr</c>.</summary>
    public ulong Address(int request) => (ulong)Word(request, 3);

    /// <summary>The data a request has appended.</summary>
    public ReadOnlySpan<byte> Appended(int request) => _appended.TryGetValue(request, out int at) ? bytes.AsSpan(at, (int)Value(request)) : [];

    /// <summary>The buffer of a request.</summary>
    public ReadOnlySpan<byte> Buffer(int request, int size) => bytes.AsSpan(batch.BufferOffset(request), size);

    /// <summary>Bytes that the results say follow them.</summary>
    public static int AppendedSize(Batch batch, ReadOnlySpan<byte> records)
    {
        long size = 0;
        for (int request = 0; request < batch.Count; request++)
        {
            if (batch.Appends(request))
                size += Math.Max(0, BinaryPrimitives.ReadInt64LittleEndian(records[(request * RecordSize)..]));
        }

        return (int)size;
    }

    /// <summary>Requests run in order, a child's between those of its parent, so appended data is in the order of the requests.</summary>
    private static Dictionary<int, int> FindAppended(Batch batch, byte[] bytes)
    {
        var appended = new Dictionary<int, int>();
        int at = batch.FixedResultSize;
        for (int request = 0; request < batch.Count; request++)
        {
            long size = batch.Appends(request) ? BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(request * RecordSize)) : 0;
            if (size <= 0)
                continue;
            appended.Add(request, at);
            at += (int)size;
        }

        return appended;
    }

    private long Word(int request, int word) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(request * RecordSize + word * sizeof(long)));
}
