using System.Buffers.Binary;
using System.Text;

namespace DriverKit.Conformance.Host;

/// <summary>What the executor shall do: requests of eight words each, and the texts and buffers they point to.</summary>
/// <remarks>A request: number, six arguments, and a word whose low half may name an earlier result to take as argument 0 and whose high half
/// says that argument 1 is the end of the data so far, which then grows by the result.</remarks>
internal sealed class Batch
{
    private const int HeaderSize = 64;
    private const int RequestSize = 64;
    private const int MaxRequests = 3500;
    private const ulong Append = 1ul << 32;

    private readonly List<ulong[]> _requests = [];
    private readonly List<(int Request, int Argument, byte[] Text)> _texts = [];
    private readonly List<(int Request, int Argument, int Size)> _buffers = [];
    private readonly List<(int Request, int From, int Offset)> _words = [];

    /// <summary>Requests so far, the index of the next one.</summary>
    public int Count => _requests.Count;

    /// <summary>Adds a request.</summary>
    /// <returns>Its index.</returns>
    public int Add(ulong operation, params ReadOnlySpan<ulong> arguments)
    {
        if (_requests.Count == MaxRequests)
            throw new InvalidOperationException("The program has too many steps for one batch.");
        ulong[] request = new ulong[8];
        request[0] = operation;
        arguments.CopyTo(request.AsSpan(1));
        _requests.Add(request);
        return _requests.Count - 1;
    }

    /// <summary>Argument 0 of a request is the result of an earlier one.</summary>
    public void TakeResult(int request, int from) => _requests[request][7] |= ResultAddress(from);

    /// <summary>Argument 1 of a request points to where the data ends, and the result is by how many bytes it grows.</summary>
    public void AppendData(int request) => _requests[request][7] |= Append;

    /// <summary>An argument of a request points to a text.</summary>
    public void PointToText(int request, int argument, string text) => _texts.Add((request, argument, Encoding.UTF8.GetBytes(text + '\0')));

    /// <summary>An argument of a request points to bytes.</summary>
    public void PointToBytes(int request, int argument, byte[] bytes) => _texts.Add((request, argument, bytes));

    /// <summary>An argument of a request points to a buffer of its own that comes back with the results.</summary>
    public void PointToBuffer(int request, int argument, int size) => _buffers.Add((request, argument, size));

    /// <summary>Argument 0 of a request is a word of the buffer of an earlier one.</summary>
    public void TakeBuffer(int request, int from, int offset) => _words.Add((request, from, offset));

    /// <summary>Changes an argument of a request.</summary>
    public void Patch(int request, int argument, ulong value) => _requests[request][argument + 1] = value;

    /// <summary>True for a request made by <see cref="AppendData"/>.</summary>
    public bool Appends(int request) => (_requests[request][7] & Append) != 0;

    /// <summary>Bytes of results and buffers, to which appended data comes.</summary>
    public int FixedResultSize => _requests.Count * BatchResult.RecordSize + _buffers.Sum(buffer => Align(buffer.Size));

    /// <summary>The bytes for the executor.</summary>
    public byte[] Encode()
    {
        ulong at = ExecutorImage.Results + (ulong)(_requests.Count * BatchResult.RecordSize);
        foreach ((int request, int argument, int size) in _buffers)
        {
            Patch(request, argument, at);
            at += (ulong)Align(size);
        }

        foreach ((int request, int from, int place) in _words)
            _requests[request][7] |= ExecutorImage.Results + (ulong)(BufferOffset(from) + place);

        int length = HeaderSize + _requests.Count * RequestSize;
        foreach ((int request, int argument, byte[] text) in _texts)
        {
            Patch(request, argument, ExecutorImage.Region + (ulong)length);
            length += Align(text.Length);
        }

        if (ExecutorImage.Region + (ulong)length > ExecutorImage.Results)
            throw new InvalidOperationException("The program has too much data for one batch.");
        byte[] bytes = new byte[length];
        void Put(int offset, ulong word) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), word);
        Put(0, (ulong)length);
        Put(8, at);
        Put(16, ExecutorImage.Region + HeaderSize + (ulong)(_requests.Count * RequestSize));
        int offset = HeaderSize;
        foreach (ulong word in _requests.SelectMany(request => request))
        {
            Put(offset, word);
            offset += sizeof(ulong);
        }

        foreach ((_, _, byte[] text) in _texts)
        {
            text.CopyTo(bytes, offset);
            offset += Align(text.Length);
        }

        return bytes;
    }

    /// <summary>Where in the results the buffer of a request starts.</summary>
    public int BufferOffset(int request) => _requests.Count * BatchResult.RecordSize + _buffers.TakeWhile(buffer => buffer.Request != request).Sum(buffer => Align(buffer.Size));

    private static ulong ResultAddress(int request) => ExecutorImage.Results + (ulong)(request * BatchResult.RecordSize);

    private static int Align(int size) => (size + 7) & ~7;
}
