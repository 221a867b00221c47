using System.Numerics;
using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Judging;

/// <summary>Steps that are simpler than a step, the simplest first. Each is simpler by an order that has no cycles, so shrinking ends.</summary>
internal static class Simplifier
{
    private const long Page = Place.PageSize;

    public static IEnumerable<Step> Simpler(Step step) => step switch
    {
        Fork fork => Children(fork),
        Mlockall s => Fewer((int)s.Flags).Select(flags => new Mlockall((MlockallFlags)flags)),
        Open open => Fewer((int)open.Flags & ~(int)OpenFlags.AccessMode).Select(flags => open with { Flags = (OpenFlags)flags | (open.Flags & OpenFlags.AccessMode) }),
        MakePipe pipe => Fewer((int)pipe.Flags & ~(int)OpenFlags.NonBlock).Select(flags => pipe with { Flags = (OpenFlags)flags | OpenFlags.NonBlock }),
        Splice splice => Positions(splice).Concat(Counts(splice.Length).Select(length => splice with { Length = length })),
        Tee tee => Counts(tee.Length).Select(length => tee with { Length = length }),
        Ftruncate truncate => Sizes(truncate.Length).Select(size => truncate with { Length = size }),
        Pread read => Sizes(read.Offset).Select(offset => read with { Offset = offset }).Concat(Ranges(read)).Concat(Places(read)),
        Pwrite write => Sizes(write.Offset).Select(offset => write with { Offset = offset }).Concat(Ranges(write)).Concat(Places(write)),
        RangeStep range => Ranges(range).Concat(Bits(range)).Concat(Places(range)),
        Store store => Values(store).Concat(Places(store)),
        Load { Width: not 8 } load => Places(load).Prepend(load with { Width = 8 }),
        PlaceStep place => Places(place),
        _ => [],
    };

    private static IEnumerable<Step> Children(Fork fork)
    {
        for (int i = fork.Child.Length - 1; i >= 0; i--)
            yield return new Fork([.. fork.Child[..i], .. fork.Child[(i + 1)..]]);
        for (int i = 0; i < fork.Child.Length; i++)
        {
            foreach (Step simpler in Simpler(fork.Child[i]))
                yield return new Fork([.. fork.Child[..i], simpler, .. fork.Child[(i + 1)..]]);
        }
    }

    private static IEnumerable<RangeStep> Ranges(RangeStep step)
    {
        ulong pages = step.Length / (ulong)Page;
        if (step.Length > (ulong)Page)
            yield return step with { Length = (ulong)Page };
        if (step.Length % (ulong)Page != 0 && pages > 0)
            yield return step with { Length = pages * (ulong)Page };
        if (pages > 3)
            yield return step with { Length = pages / 2 * (ulong)Page };
        if (pages > 1)
            yield return step with { Length = (pages - 1) * (ulong)Page };
        if (pages > 1 && step.Length % (ulong)Page == 0)
            yield return step with { Address = step.Address + Page, Length = step.Length - (ulong)Page };
    }

    private static IEnumerable<Step> Bits(RangeStep step) => step switch
    {
        Mmap s => Sizes((long)s.Offset).Select(offset => s with { Offset = (ulong)offset })
            .Concat(Fewer((int)s.Flags).Select(flags => s with { Flags = (MapFlags)flags }))
            .Concat(Fewer((int)s.Protection).Select(protection => s with { Protection = (Protection)protection })),
        Mremap s => Fewer((int)s.Flags).Select(flags => s with { Flags = (MremapFlags)flags }).Concat(NewLengths(s)).Concat(NewPlaces(s)),
        Msync s => Fewer((int)s.Flags).Select(flags => s with { Flags = (MsyncFlags)flags }),
        Mprotect s => Fewer((int)s.Protection).Select(protection => s with { Protection = (Protection)protection }),
        _ => [],
    };

    private static IEnumerable<Splice> Positions(Splice step)
    {
        if (step.OffIn != Place.Absolute)
            yield return step with { OffIn = Place.Absolute };
        if (step.OffOut != Place.Absolute)
            yield return step with { OffOut = Place.Absolute };
        if ((step.Flags & ~SpliceFlags.NonBlock) != 0)
            yield return step with { Flags = SpliceFlags.NonBlock };
    }

    private static IEnumerable<ulong> Counts(ulong length) => length > long.MaxValue ? [] : Sizes((long)length).Select(size => (ulong)size);

    /// <summary>Smaller sizes of files and offsets in them.</summary>
    private static IEnumerable<long> Sizes(long size)
    {
        if (size > 0)
            yield return 0;
        if (size > Page)
        {
            if (size % Page != 0)
                yield return size & -Page;
            yield return size - Page;
        }
    }

    private static IEnumerable<Mremap> NewLengths(Mremap step) => Ranges(new Mlock(default, step.NewLength))
        .Where(range => range.Address == default)
        .Select(range => step with { NewLength = range.Length });

    private static IEnumerable<Mremap> NewPlaces(Mremap step) => (step.Flags & MremapFlags.Fixed) == 0
        ? step.NewAddress == default ? [] : [step with { NewAddress = default }]
        : Places(new Load(step.NewAddress)).Select(place => step with { NewAddress = place.Address });

    private static IEnumerable<PlaceStep> Values(Store store)
    {
        if (store.Width != 8)
            yield return store with { Width = 8 };
        if (store.Value > 1)
            yield return store with { Value = 1 };
    }

    private static IEnumerable<PlaceStep> Places(PlaceStep step)
    {
        Place place = step.Address;
        if (place.Offset % Page != 0)
            yield return step with { Address = place with { Offset = place.Offset & -Page } };
        if (place.Anchor is Anchor.Absolute or Anchor.Stack || place.Offset == 0)
            yield break;
        yield return step with { Address = place with { Offset = 0 } };
        if (Math.Abs(place.Offset) > Page)
            yield return step with { Address = place with { Offset = place.Offset / 2 & -Page } };
        if (Math.Abs(place.Offset) >= Page)
            yield return step with { Address = place + (place.Offset > 0 ? -Page : Page) };
    }

    private static IEnumerable<int> Fewer(int bits)
    {
        for (uint rest = (uint)bits; rest != 0; rest &= rest - 1)
            yield return bits & ~(1 << BitOperations.TrailingZeroCount(rest));
    }
}
