namespace DriverKit.Conformance.Programs;

/// <summary>One thing a program does. Both worlds do it, then their answers and their maps are compared.</summary>
internal abstract record Step;

/// <summary>A step about a range of addresses.</summary>
internal abstract record RangeStep(Place Address, ulong Length) : Step;

internal sealed record Mmap(Place Address, ulong Length, Protection Protection, MapFlags Flags) : RangeStep(Address, Length);

internal sealed record Munmap(Place Address, ulong Length) : RangeStep(Address, Length);

internal sealed record Mprotect(Place Address, ulong Length, Protection Protection) : RangeStep(Address, Length);

internal sealed record Brk(Place Address) : Step;

/// <summary>A load of 1, 2, 4 or 8 bytes.</summary>
internal sealed record Load(Place Address, int Width = 8) : Step;

/// <summary>A store of 1, 2, 4 or 8 bytes.</summary>
internal sealed record Store(Place Address, ulong Value, int Width = 8) : Step;

/// <summary>Reads every byte of the window, of what lies below the top, and of the heap. The reads are loads: they fault pages in.</summary>
internal sealed record Dump : Step;

/// <summary>A child runs its steps and exits; then the parent goes on.</summary>
internal sealed record Fork(params Step[] Child) : Step
{
    public bool Equals(Fork? other) => other is not null && Child.AsSpan().SequenceEqual(other.Child);

    public override int GetHashCode() => Child.Length;
}
