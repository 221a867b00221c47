namespace DriverKit.Conformance.Programs;

/// <summary>pipe2: its two ends go into slots, as <see cref="Open"/> puts files there.</summary>
internal sealed record MakePipe(int Reading, int Writing, OpenFlags Flags = OpenFlags.NonBlock) : Step;

/// <summary>splice, with positions of its own in the program's memory; <see cref="Place.Absolute"/>: none.</summary>
internal sealed record Splice(int From, Place OffIn, int To, Place OffOut, ulong Length, SpliceFlags Flags = SpliceFlags.NonBlock) : Step
{
    public override Step Moved(Func<Place, Place> move) => this with { OffIn = move(OffIn), OffOut = move(OffOut) };
}

internal sealed record Tee(int From, int To, ulong Length, SpliceFlags Flags = SpliceFlags.NonBlock) : Step;

/// <summary>vmsplice of one range.</summary>
internal sealed record Vmsplice(int File, Place Address, ulong Length, SpliceFlags Flags = SpliceFlags.NonBlock) : RangeStep(Address, Length);

/// <summary>ioctl(FIONREAD).</summary>
internal sealed record BytesInPipe(int File) : Step;
