namespace DriverKit.Conformance.Programs;

/// <content>Steps about regular files.</content>
internal sealed partial class Generator
{
    private (int Weight, Func<Step> Make)[] FileKinds() =>
    [
        (4, Open),
        (1, () => new Close(SomeFile())),
        (2, () => new Read(SomeFile(), SomeBuffer(), SomeCount())),
        (2, () => new Write(SomeFile(), SomeBuffer(), SomeCount())),
        (3, () => new Pread(SomeFile(), SomeBuffer(), SomeCount(), SomeOffset())),
        (8, () => new Pwrite(SomeFile(), SomeBuffer(), SomeCount(), SomeOffset())),
        (2, () => new Lseek(SomeFile(), SomeOffset(), _random.Pick<SeekWhence>(SeekWhence.Set, SeekWhence.Set, SeekWhence.Current, SeekWhence.End))),
        (6, () => new Ftruncate(SomeFile(), SomeOffset())),
        (1, () => new Unlink(SomeName())),
        (1, () => new Fsync(SomeFile())),
        (5, () => new Contents(SomeFile())),
        (6, () => new Store(SomeByte(), _random.Next(), SomeWidth())),
    ];

    /// <summary>Memory that programs start with, to read into and write from.</summary>
    private static readonly Place Buffer = Place.Window + 0x30000;

    private const int BufferPages = 3;

    private readonly List<int> _opened = [1];

    /// <summary>A file that is open, memory to write from, and mostly something in the file.</summary>
    private Step[] FileStart()
    {
        var open = new Open(1, "a", OpenFlags.ReadWrite | OpenFlags.Create);
        return
        [
            open,
            new Mmap(Buffer, BufferPages * Place.PageSize, ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed),
            .. Enumerable.Range(0, BufferPages).Select(page => new Store(Buffer + page * Place.PageSize + _random.Next(Place.PageSize / 8) * 8, _random.Next())),
            _random.OneIn(3) ? new Ftruncate(1, (1 + _random.Next(8)) * Place.PageSize - (_random.OneIn(3) ? _random.Next(Place.PageSize) : 0)) : new Pwrite(1, Buffer + (_random.OneIn(2) ? 0 : _random.Next(Place.PageSize)), (ulong)(1 + _random.Next(2 * Place.PageSize)), SomeOffset()),
        ];
    }

    private Open Open()
    {
        OpenFlags flags = _random.Pick<OpenFlags>(OpenFlags.ReadWrite, OpenFlags.ReadWrite, OpenFlags.ReadWrite, OpenFlags.ReadOnly, OpenFlags.ReadOnly, OpenFlags.WriteOnly);
        if (_random.Next(4) > 0)
            flags |= OpenFlags.Create;
        if (_random.OneIn(6))
            flags |= _random.Pick<OpenFlags>(OpenFlags.Truncate, OpenFlags.Append, OpenFlags.Append, OpenFlags.Exclusive, OpenFlags.AccessMode, OpenFlags.Directory);
        int slot = 1 + _random.Next(3);
        _opened.Add(slot);
        return new(slot, SomeName(), flags);
    }

    private string SomeName() => Programs.Open.Names[_random.OneIn(4) ? 1 : 0];

    /// <summary>Mostly the file of the start or the one that was opened last, seldom the device or none.</summary>
    private int SomeFile() => _random.Next(40) switch
    {
        0 => 0,
        1 => 9,
        < 16 => _opened[^1],
        _ => 1,
    };

    /// <summary>A place in a file of at most 8 pages: a page, or a byte somewhere; seldom nonsense.</summary>
    private long SomeOffset() => _random.Next(40) switch
    {
        0 => _random.Pick<long>(-1, long.MinValue, -4096),
        < 20 => _random.Next(9) * Place.PageSize,
        < 24 => _random.Next(9) * Place.PageSize + _random.Next(3) - 1,
        _ => _random.Next(8 * Place.PageSize),
    };

    private ulong SomeMapOffset() => _random.Next(30) switch
    {
        0 => (ulong)_random.Next(8 * Place.PageSize),
        1 => _random.Pick<ulong>(1ul << 63, (1ul << 63) - Place.PageSize, (1ul << 63) - 4 * Place.PageSize, unchecked((ulong)-Place.PageSize), unchecked((ulong)-4 * Place.PageSize)),
        < 16 => 0,
        _ => (ulong)_random.Next(_isWild ? 8 : 4) * Place.PageSize,
    };

    private Place SomeBuffer() => _random.OneIn(5) ? SomeByte() : Buffer + _random.Next(_random.OneIn(2) ? Place.PageSize : 2 * Place.PageSize);

    private ulong SomeCount() => _random.Next(10) switch
    {
        0 => 0,
        < 4 => (ulong)(1 + _random.Next(16)),
        _ => SomeLength(),
    };
}
