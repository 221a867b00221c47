namespace DriverKit.Conformance.Programs;

/// <content>Steps about pipes. All of them are for calls that do not wait.</content>
internal sealed partial class Generator
{
    private const int Null = 20;

    /// <summary>The slots of the two ends of each pipe.</summary>
    private static readonly (int Reading, int Writing)[] Pipes = [(10, 11), (12, 13)];

    /// <summary>Where programs keep positions for splice.</summary>
    private static readonly Place[] Positions = [Buffer + 0x1ff0, Buffer + 0x1ff8];

    private (int Weight, Func<Step> Make)[] PipeKinds() =>
    [
        (12, () => new Write(SomePipe().Writing, SomeBuffer(), SomeCount())),
        (12, () => new Read(SomePipe().Reading, SomeBuffer(), SomeCount())),
        (16, Splice),
        (6, () => new Tee(SomeEnd(forReading: true), SomeEnd(forReading: false), SomeCount(), SomeSpliceFlags())),
        (9, () => new Vmsplice(_random.OneIn(4) ? SomeEnd(forReading: true) : SomeEnd(forReading: false), SomeBuffer(), SomeCount(), SomeSpliceFlags())),
        (2, () => new BytesInPipe(SomeEnd(_random.OneIn(2)))),
        (3, () => new Store(_random.Pick<Place>(Positions), (ulong)SomeOffset())),
        (1, () => new Close(SomeEnd(_random.OneIn(2)))),
        (1, () => PipeIn(SomePipe())),
    ];

    private Step[] PipeStart() => [.. Pipes.Select(PipeIn), new Open(Null, "/dev/null"), .. Positions.Select(place => new Store(place, (ulong)SomeOffset()))];

    private MakePipe PipeIn((int Reading, int Writing) slots) =>
        new(slots.Reading, slots.Writing, OpenFlags.NonBlock | (_random.OneIn(8) ? OpenFlags.Direct : 0));

    private Splice Splice()
    {
        int from, to;
        switch (_random.Next(8))
        {
            case 0:
                (from, to) = (SomeEnd(forReading: true), SomeEnd(forReading: false));
                break;
            case < 5:
                (from, to) = (SomeSource(), SomeEnd(forReading: false));
                break;
            default:
                (from, to) = (SomeEnd(forReading: true), SomeSource());
                break;
        }

        return new(from, SomePosition(), to, SomePosition(), SomeCount(), SomeSpliceFlags());
    }

    private Place SomePosition() => _random.Next(16) switch
    {
        0 => SomeByte(),
        < 5 => _random.Pick<Place>(Positions),
        _ => Place.Absolute,
    };

    private int SomeSource() => _random.Next(8) switch
    {
        0 => 0,
        1 => Null,
        _ => SomeFile(),
    };

    private (int Reading, int Writing) SomePipe() => Pipes[_random.OneIn(3) ? 1 : 0];

    /// <summary>Seldom the wrong end, or no pipe at all.</summary>
    private int SomeEnd(bool forReading)
    {
        (int reading, int writing) = SomePipe();
        return _random.OneIn(24) ? SomeFile() : forReading != _random.OneIn(24) ? reading : writing;
    }

    private SpliceFlags SomeSpliceFlags() =>
        SpliceFlags.NonBlock | (_random.OneIn(3) ? (SpliceFlags)_random.Next(_random.OneIn(8) ? 32 : 16) : 0);
}
