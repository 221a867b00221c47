namespace DriverKit.Conformance.Programs;

/// <summary>Steps that the generator does not make because the two worlds are known to differ there. Each name is a heading of docs/deviations.md.</summary>
internal static class Deviations
{
    /// <summary>The entry that a step falls under; null for a step to compare.</summary>
    public static string? Of(Step step) => step switch
    {
        Mmap { Address.Anchor: Anchor.Absolute, Address.Offset: >= 0 and < 0x10000 } s when (s.Flags & MapFlags.Fixed) != 0 => "mmap_min_addr",
        Mmap { Address.Anchor: Anchor.Absolute, Address.Offset: < 0 and >= -4095 } s when (s.Flags & MapFlags.Fixed) != 0 => "addresses that look like errors",
        Load { Address.Anchor: Anchor.Absolute } s when !IsCanonical(s.Address, s.Width) => "non-canonical addresses",
        Store { Address.Anchor: Anchor.Absolute } s when !IsCanonical(s.Address, s.Width) => "non-canonical addresses",
        _ => null,
    };

    private static bool IsCanonical(Place place, int width) => place.Offset >> 47 is 0 or -1 && (place.Offset + width - 1) >> 47 is 0 or -1;
}
