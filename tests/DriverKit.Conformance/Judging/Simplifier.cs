using System.Numerics;
using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Judging;

/// <summary>Steps that are simpler than a step, the simplest first. Each is simpler by an order that has no cycles, so shrinking ends.</summary>
internal static class Simplifier
{
    public static IEnumerable<Step> Simpler(Step step) => step switch
    {
        Mmap s => Lengths(s.Length).Select(length => s with { Length = length })
            .Concat(Places(s.Address).Select(place => s with { Address = place }))
            .Concat(FewerBits((int)s.Flags).Select(flags => s with { Flags = (MapFlags)flags }))
            .Concat(FewerBits((int)s.Protection).Select(protection => s with { Protection = (Protection)protection })),
        Munmap s => Lengths(s.Length).Select(length => s with { Length = length }).Concat(Places(s.Address).Select(place => s with { Address = place })),
        Mprotect s => Lengths(s.Length).Select(length => s with { Length = length })
            .Concat(Places(s.Address).Select(place => s with { Address = place }))
            .Concat(FewerBits((int)s.Protection).Select(protection => s with { Protection = (Protection)protection })),
        Brk s => Places(s.Address).Select(place => new Brk(place)),
        Load s => Widths(s.Width).Select(width => s with { Width = width }).Concat(Places(s.Address).Select(place => s with { Address = place })),
        Store s => Widths(s.Width).Select(width => s with { Width = width })
            .Concat(Places(s.Address).Select(place => s with { Address = place }))
            .Concat(s.Value > 1 ? [s with { Value = 1 }] : Array.Empty<Store>()),
        _ => [],
    };

    private static IEnumerable<ulong> Lengths(ulong length)
    {
        const ulong Page = Place.PageSize;
        ulong whole = length / Page * Page;
        if (length > Page)
            yield return Page;
        if (whole != length && whole > 0)
            yield return whole;
        if (length > 2 * Page)
            yield return whole / 2 / Page * Page;
        if (length > Page)
            yield return whole == length ? length - Page : whole;
    }

    private static IEnumerable<Place> Places(Place place)
    {
        const long Page = Place.PageSize;
        if (place.Offset % Page != 0)
            yield return place with { Offset = place.Offset & -Page };
        if (place.Anchor is Anchor.Absolute or Anchor.Stack || place.Offset == 0)
            yield break;
        long toZero = place.Offset > 0 ? -Page : Page;
        yield return place with { Offset = 0 };
        if (Math.Abs(place.Offset) > Page)
            yield return place with { Offset = place.Offset / 2 & -Page };
        if (Math.Abs(place.Offset) >= Page)
            yield return place + toZero;
    }

    private static IEnumerable<int> Widths(int width) => width == 8 ? [] : [8];

    private static IEnumerable<int> FewerBits(int flags)
    {
        for (uint rest = (uint)flags; rest != 0; rest &= rest - 1)
            yield return flags & ~(1 << BitOperations.TrailingZeroCount(rest));
    }
}
