namespace DriverKit.Conformance.Programs;

/// <summary>Makes random programs. The same seed makes the same program.</summary>
internal sealed partial class Generator
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;

    private readonly SeededRandom _random;
    private readonly (int Weight, Func<Step> Make)[] _kinds;
    private readonly int _total;

    private readonly MappedPlaces _mapped = new();

    /// <summary>Half of the programs lock memory.</summary>
    private readonly bool _locks;

    /// <summary>Half of the programs have files.</summary>
    private readonly bool _hasFiles;

    /// <summary>Half of those have pipes too.</summary>
    private readonly bool _hasPipes;

    /// <summary>Every fourth program takes places at random as often as not; the others mostly know what they do.</summary>
    private readonly bool _isWild;

    private bool _inChild;

    private Generator(ulong seed)
    {
        _random = new(seed);
        _locks = seed % 2 == 0;
        _hasFiles = seed / 2 % 2 == 0;
        _hasPipes = _hasFiles && seed / 16 % 2 == 0;
        _isWild = seed / 4 % 4 == 0;
        _kinds =
        [
            (22, Mmap),
            (_isWild ? 7 : 3, Munmap),
            (_isWild ? 14 : 8, () => new Mprotect(SomePlace(), SomeSpan(), SomeProtection())),
            (4, Brk),
            (12, () => new Load(SomeByte(), SomeWidth())),
            (22, () => new Store(SomeByte(), _random.Next(), SomeWidth())),
            (10, Mremap),
            (6, () => new Madvise(SomePlace(), SomeSpan(), SomeAdvice())),
            (4, () => new Mincore(SomePlace(), SomeSpan())),
            (2, () => new Msync(SomePlace(), SomeSpan(), (MsyncFlags)_random.Next(_random.OneIn(8) ? 16 : 8))),
            (3, () => new Mlock(SomePlace(), SomeSpan())),
            (2, () => new Munlock(SomePlace(), SomeSpan())),
            (1, () => _random.OneIn(2) ? new Munlockall() : new Mlockall((MlockallFlags)_random.Next(_random.OneIn(8) ? 16 : 8))),
            (3, Fork),
            (2, () => new Dump()),
            .. _hasFiles ? FileKinds() : [],
            .. _hasPipes ? PipeKinds() : [],
        ];
        _total = _kinds.Sum(kind => kind.Weight);
    }

    /// <summary>A program of so many steps, the last of which dumps.</summary>
    public static Step[] Program(ulong seed, int steps)
    {
        var generator = new Generator(seed);
        Step[] start = [new Open(0, "/dev/zero"), .. generator._hasFiles ? generator.FileStart() : [], .. generator._hasPipes ? generator.PipeStart() : []];
        return [.. start, .. Enumerable.Range(0, steps - start.Length - 1).Select(_ => generator.Step()), new Dump()];
    }

    /// <summary>A step; another one in place of a known deviation.</summary>
    private Step Step()
    {
        Step step;
        do
        {
            step = AnyStep();
        }
        while (Deviations.Of(step, _locks) is not null || (!_locks && Locks(step)));
        return step;
    }

    private static bool Locks(Step step) => step is Mlock or Mlockall || (step is Mmap map && (map.Flags & MapFlags.Locked) != 0);

    private Step AnyStep()
    {
        int at = _random.Next(_total);
        foreach ((int weight, Func<Step> make) in _kinds)
        {
            if ((at -= weight) < 0)
                return make();
        }

        throw new InvalidOperationException("The weights do not add up.");
    }

    private Step Fork()
    {
        if (_inChild)
            return new Dump();
        _inChild = true;
        var fork = new Fork([.. Enumerable.Range(0, 1 + _random.Next(6)).Select(_ => Step()), new Dump()]);
        _inChild = false;
        return fork;
    }

    private Mmap Mmap()
    {
        MapFlags flags = MapFlags.Anonymous | (_random.Next(3) > 0 ? MapFlags.Private : MapFlags.Shared);
        Place place = Place.Absolute;
        if (!_random.OneIn(_isWild ? 4 : 8))
        {
            place = _isWild || _random.OneIn(2) ? SomePlace() : SomeWindowPage();
            if (_random.Next(_isWild ? 5 : 12) > 0)
                flags |= MapFlags.Fixed;
        }

        int file = _hasFiles && _random.Next(5) > 1 ? SomeFile() : _random.OneIn(10) ? 0 : -1;
        if (file >= 0)
            flags &= ~MapFlags.Anonymous;
        if (file > 0 && _random.OneIn(2))
            flags ^= MapFlags.Private | MapFlags.Shared;
        if (_random.OneIn(4))
        {
            flags |= _random.Pick<MapFlags>(
                MapFlags.Populate, MapFlags.Populate, MapFlags.Locked, MapFlags.NoReserve, MapFlags.GrowsDown, MapFlags.FixedNoReplace,
                MapFlags.Stack, MapFlags.Populate | MapFlags.NonBlock, MapFlags.Executable | MapFlags.DenyWrite);
        }

        if (_random.OneIn(40))
            flags ^= (MapFlags)(1 << _random.Next(5));
        ulong length = SomeLength(file > 0 && !_isWild ? 5 : 12);
        _mapped.Add(place, length);
        return new(place, length, SomeProtection(), flags, file, file < 0 ? 0 : SomeMapOffset());
    }

    private Brk Brk()
    {
        int pages = _random.Next(10);
        _mapped.Add(Place.Heap, (ulong)pages * Place.PageSize);
        return new(Place.Heap + pages * Place.PageSize - (_random.OneIn(3) ? _random.Next(5000) : 0));
    }

    private Munmap Munmap()
    {
        var step = new Munmap(SomePlace(), SomeSpan());
        _mapped.Remove(step.Address, step.Length);
        return step;
    }

    private Mremap Mremap()
    {
        MremapFlags flags = _random.Pick<MremapFlags>(
            MremapFlags.None, MremapFlags.MayMove, MremapFlags.MayMove, MremapFlags.MayMove | MremapFlags.Fixed, MremapFlags.MayMove | MremapFlags.Fixed,
            MremapFlags.MayMove | MremapFlags.DontUnmap, MremapFlags.MayMove | MremapFlags.DontUnmap | MremapFlags.Fixed, (MremapFlags)_random.Next(16));
        Place source = SomePlace();
        ulong length = _random.OneIn(10) ? 0 : SomeSpan(), newLength = _random.OneIn(3) ? length : SomeLength();
        Place target = (flags & MremapFlags.Fixed) == 0 ? default : _isWild ? SomePlace() : SomeWindowPage();
        if (target != default)
        {
            _mapped.Remove(source, length);
            _mapped.Add(target, newLength);
        }

        return new(source, length, newLength, flags, target);
    }

    private MemoryAdvice SomeAdvice() => _random.Pick<MemoryAdvice>(
        MemoryAdvice.DontNeed, MemoryAdvice.DontNeed, MemoryAdvice.DontNeed, MemoryAdvice.DontFork, MemoryAdvice.DoFork, MemoryAdvice.Normal,
        MemoryAdvice.Random, MemoryAdvice.Sequential, MemoryAdvice.WillNeed, MemoryAdvice.DontDump, MemoryAdvice.DoDump);

    /// <summary>Mostly a page in or next to something mapped not long ago, sometimes another one, seldom nonsense.</summary>
    private Place SomePlace()
    {
        Place page = _random.Next(_isWild ? 3 : 16) > 0 ? _mapped.Some(_random, _isWild) : _random.Next(16) switch
        {
            < 10 => SomeWindowPage(),
            < 14 => Place.Top - (1 + _random.Next(24)) * Place.PageSize,
            < 15 => Place.Heap + _random.Next(8) * Place.PageSize,
            _ => Place.Stack - (1 + _random.Next(40)) * Place.PageSize,
        };
        if (_random.OneIn(40))
            return page + _random.Next(Place.PageSize);
        return _random.OneIn(60) ? SomeNonsense() : page;
    }

    /// <summary>A page in the window; the buffer of programs with files is seldom one.</summary>
    private Place SomeWindowPage() => Place.Window + _random.Next(_random.OneIn(2) ? 16 : _random.OneIn(4) ? Place.WindowPages : 40) * Place.PageSize;

    private Place SomeNonsense() => Place.Absolute + _random.Pick<long>(
        0x7fff_ffff_f000, 0x7fff_ffff_e000, 0x8000_0000_0000, unchecked((long)0xffff_8000_0000_0000), unchecked((long)0xffff_ffff_ffff_f000), -1);

    private Place SomeByte() => SomePlace() + (_random.OneIn(4) ? _random.Next(Place.PageSize) : _random.Next(Place.PageSize / 8) * 8);

    private int SomeWidth() => _random.Pick<int>(8, 8, 8, 4, 2, 1);

    /// <summary>How far a range goes that starts at the last <see cref="SomePlace"/>: mostly not beyond what is mapped there.</summary>
    private ulong SomeSpan()
    {
        int pages = _mapped.PagesBehindLast;
        return _isWild || pages == 0 || _random.OneIn(5) ? SomeLength() : (ulong)(_random.OneIn(2) ? pages : 1 + _random.Next(pages)) * Place.PageSize;
    }

    private ulong SomeLength(int most = 4)
    {
        ulong pages = 1 + (ulong)_random.Next(_random.OneIn(8) ? 20 : most);
        return _random.Next(40) switch
        {
            0 => 0,
            1 => _random.Pick<ulong>(1ul << 47, 0x7fff_ffff_f001, ulong.MaxValue, unchecked((ulong)-4096), unchecked((ulong)-4095), 1ul << 63),
            < 8 => pages * Place.PageSize - (ulong)_random.Next(Place.PageSize),
            _ => pages * Place.PageSize,
        };
    }

    private Protection SomeProtection() => _random.Next(_isWild ? 40 : 80) switch
    {
        0 => (Protection)(1 << _random.Next(31)),
        < 4 => Protection.None,
        < 10 => Protection.Read,
        < 13 => Protection.Write,
        < 15 => Protection.Read | Protection.Exec,
        < 16 => ReadWrite | Protection.Exec,
        < 17 => ReadWrite | Protection.Sem,
        _ => ReadWrite,
    };
}
