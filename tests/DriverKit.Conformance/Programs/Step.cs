namespace DriverKit.Conformance.Programs;

/// <summary>One thing a program does. Both worlds do it, then their answers and their maps are compared.</summary>
internal abstract record Step
{
    /// <summary>The same step with every address moved.</summary>
    public virtual Step Moved(Func<Place, Place> move) => this;
}

/// <summary>A step about an address.</summary>
internal abstract record PlaceStep(Place Address) : Step
{
    public override Step Moved(Func<Place, Place> move) => this with { Address = move(Address) };
}

/// <summary>A step about a range of addresses.</summary>
internal abstract record RangeStep(Place Address, ulong Length) : PlaceStep(Address);

internal sealed record Mmap(Place Address, ulong Length, Protection Protection, MapFlags Flags) : RangeStep(Address, Length);

internal sealed record Munmap(Place Address, ulong Length) : RangeStep(Address, Length);

internal sealed record Mprotect(Place Address, ulong Length, Protection Protection) : RangeStep(Address, Length);

internal sealed record Brk(Place Address) : PlaceStep(Address);

/// <summary>A load of 1, 2, 4 or 8 bytes.</summary>
internal sealed record Load(Place Address, int Width = 8) : PlaceStep(Address);

/// <summary>A store of 1, 2, 4 or 8 bytes.</summary>
internal sealed record Store(Place Address, ulong Value, int Width = 8) : PlaceStep(Address);

/// <summary>Reads every byte of the window, of what lies below the top, and of the heap. The reads are loads: they fault pages in.</summary>
internal sealed record Dump : Step;

/// <summary>A child runs its steps and exits; then the parent goes on.</summary>
internal sealed record Fork(params Step[] Child) : Step
{
    public override Step Moved(Func<Place, Place> move) => new Fork([.. Child.Select(step => step.Moved(move))]);

    public bool Equals(Fork? other) => other is not null && Child.AsSpan().SequenceEqual(other.Child);

    public override int GetHashCode() => Child.Length;
}
