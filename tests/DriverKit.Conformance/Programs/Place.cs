namespace DriverKit.Conformance.Programs;

/// <summary>What an address is counted from, so that programs mean the same on every host.</summary>
internal enum Anchor
{
    /// <summary>Address 0.</summary>
    Absolute,

    /// <summary>Free space in the middle of nowhere, at 4 GiB.</summary>
    Window,

    /// <summary>The end of the free space below the lowest area that was there at the start: maps without an address end here.</summary>
    Top,

    /// <summary>Where the heap starts.</summary>
    Heap,

    /// <summary>Where the stack started when the program did.</summary>
    Stack,
}

/// <summary>An address of a program.</summary>
internal readonly record struct Place(Anchor Anchor, long Offset)
{
    public const int PageSize = 4096;

    /// <summary>Pages of the window that programs use.</summary>
    public const int WindowPages = 64;

    public const ulong WindowAddress = 0x1_0000_0000;

    public static Place Absolute { get; } = new(Anchor.Absolute, 0);

    public static Place Window { get; } = new(Anchor.Window, 0);

    public static Place Top { get; } = new(Anchor.Top, 0);

    public static Place Heap { get; } = new(Anchor.Heap, 0);

    public static Place Stack { get; } = new(Anchor.Stack, 0);

    public static Place operator +(Place place, long bytes) => place with { Offset = unchecked(place.Offset + bytes) };

    public static Place operator -(Place place, long bytes) => place with { Offset = unchecked(place.Offset - bytes) };

    /// <summary>As C# writes it.</summary>
    public override string ToString() =>
        Anchor == Anchor.Absolute && Offset < 0 ? $"Absolute + unchecked((long)0x{Offset:x})"
        : Offset == 0 ? $"{Anchor}"
        : Offset > 0 ? $"{Anchor} + 0x{Offset:x}" : $"{Anchor} - 0x{-Offset:x}";
}
