using System.Text;
using DriverKit.Conformance.Host;
using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Judging;

/// <summary>What is in the host's address space before the program starts. The model gets placeholders at the same addresses, and no step may touch them.</summary>
internal sealed class Surroundings
{
    private const ulong TaskSize = 0x7fff_ffff_f000;

    private static readonly Lazy<Surroundings> Found = new(Find);

    private readonly List<(ulong Start, ulong End, bool Writable)> _areas = [];

    private Surroundings(string maps)
    {
        foreach (MapLine line in new MapsReader(this, "").Read(maps))
        {
            if (line.Name == "[stack]")
                StackStart = line.Start;
            else
                _areas.Add((line.Start, line.End, line.Permissions[1] == 'w'));
        }

        Top = _areas.Where(area => area.Start > Place.WindowAddress && area.End <= TaskSize).Min(area => area.Start);
    }

    /// <summary>The host's, which are the same for every program.</summary>
    public static Surroundings Host => Found.Value;

    /// <summary>The ranges that are taken.</summary>
    public IReadOnlyList<(ulong Start, ulong End, bool Writable)> Areas => _areas;

    private ulong Top { get; }

    private ulong StackStart { get; }

    /// <summary>The address a place means.</summary>
    public ulong Resolve(Place place) => unchecked((ulong)place.Offset + place.Anchor switch
    {
        Anchor.Window => Place.WindowAddress,
        Anchor.Top => Top,
        Anchor.Heap => ExecutorImage.Code + Place.PageSize,
        Anchor.Stack => StackStart,
        _ => 0,
    });

    /// <summary>True for a range that is part of the surroundings.</summary>
    public bool Contains(ulong start, ulong end) => _areas.Exists(area => start < area.End && end > area.Start);

    /// <summary>True when the step leaves the surroundings alone and does not depend on what the host has put on the stack.</summary>
    public bool Allows(Step step) => step switch
    {
        Mmap mmap => (mmap.Flags & MapFlags.Fixed) == 0 || !Touches(mmap.Address, mmap.Length),
        Mremap mremap => !Reads(mremap.Address, mremap.Length) && ((mremap.Flags & MremapFlags.Fixed) == 0 || !Touches(mremap.NewAddress, mremap.NewLength)),
        Mincore or Write or Pwrite => !Reads((RangeStep)step),
        Vmsplice vmsplice => !Reads(vmsplice),
        Splice splice => !Reads(splice.OffIn, sizeof(long)) && !Reads(splice.OffOut, sizeof(long)),
        RangeStep range => !Touches(range.Address, range.Length),
        Load load => !Reads(load.Address, (ulong)load.Width),
        Store store => !Touches(store.Address, (ulong)store.Width),
        Brk brk => Resolve(brk.Address) < Resolve(Place.Heap) || !Touches(Place.Heap, Resolve(brk.Address) - Resolve(Place.Heap)),
        _ => true,
    };

    private bool Reads(RangeStep step) => Reads(step.Address, step.Length);

    /// <summary>The stack the host has made is read too.</summary>
    private bool Reads(Place place, ulong length)
    {
        (ulong start, ulong end) = Pages(place, length);
        return Touches(place, length) || (end > start && end > StackStart && start < TaskSize);
    }

    /// <summary>A range that wraps does not: every call refuses it as a whole.</summary>
    private bool Touches(Place place, ulong length)
    {
        (ulong start, ulong end) = Pages(place, length);
        return end > start && Contains(start, end);
    }

    /// <summary>The pages of a range; of one that is empty, or is so once it is rounded up, the page it starts in: mremap takes that as the whole area.</summary>
    private (ulong Start, ulong End) Pages(Place place, ulong length)
    {
        ulong start = Resolve(place);
        bool isEmpty = unchecked(length + Place.PageSize - 1) < Place.PageSize;
        return (start, unchecked(start + (isEmpty ? 1 : length) + Place.PageSize - 1) & ~(Place.PageSize - 1ul));
    }

    private static Surroundings Find()
    {
        using var executor = new HostExecutor();
        var batch = new Batch();
        MapsRequests maps = MapsRequests.Add(batch);
        return new Surroundings(maps.Text(executor.Run(batch)));
    }
}

/// <summary>Requests that read /proc/self/maps, which comes a page at a time.</summary>
internal readonly record struct MapsRequests(int First, int Count)
{
    private const int Reads = 3;

    public static MapsRequests Add(Batch batch)
    {
        int open = batch.Add(HostCall.Open);
        batch.PointToText(open, 0, "/proc/self/maps");
        for (int i = 0; i < Reads; i++)
        {
            int read = batch.Add(HostCall.Read, 0, 0, 4096);
            batch.TakeResult(read, open);
            batch.AppendData(read);
        }

        batch.TakeResult(batch.Add(HostCall.Close), open);
        return new(open + 1, Reads);
    }

    public string Text(BatchResult result)
    {
        var text = new StringBuilder();
        for (int i = 0; i < Count; i++)
            text.Append(Encoding.UTF8.GetString(result.Appended(First + i)));
        if (result.Appended(First + Count - 1).Length > 0)
            throw new InvalidOperationException("The maps are longer than the judge reads.");
        return text.ToString();
    }
}
