namespace DriverKit.Conformance.Programs;

/// <summary>Where a program has something mapped, as far as one can know without running it.</summary>
internal sealed class MappedPlaces
{
    /// <summary>Pages below the top among which the areas are that the kernel has found a place for.</summary>
    private const int TopPages = 32;

    private readonly List<(Place Start, int Pages)> _mapped = [];
    private int _pagesBelowTop;

    /// <summary>Something is mapped here; at address 0, wherever the kernel likes.</summary>
    public void Add(Place place, ulong length)
    {
        const int Most = 20;
        int pages = (int)Math.Min(unchecked(length + Place.PageSize - 1) / Place.PageSize, Most);
        if (pages == 0)
            return;
        if (place == Place.Absolute)
        {
            _pagesBelowTop = (_pagesBelowTop + pages) % TopPages;
            place = Place.Top - _pagesBelowTop * Place.PageSize;
        }

        _mapped.Add((place, pages));
    }

    /// <summary>Nothing is mapped here any more.</summary>
    public void Remove(Place place, ulong length)
    {
        long end = unchecked(place.Offset + (long)length);
        foreach ((Place Start, int Pages) one in _mapped.Where(one => one.Start.Anchor == place.Anchor).ToArray())
        {
            long oneEnd = one.Start.Offset + one.Pages * Place.PageSize;
            if (oneEnd <= place.Offset || one.Start.Offset >= end)
                continue;
            _mapped.Remove(one);
            if (one.Start.Offset < place.Offset)
                _mapped.Add((one.Start, (int)((place.Offset - one.Start.Offset) / Place.PageSize)));
            if (oneEnd > end)
                Add(place with { Offset = end }, (ulong)(oneEnd - end));
        }

        _mapped.RemoveAll(one => one.Pages == 0);
    }

    /// <summary>From the page that <see cref="Some"/> gave last to the end of what is mapped there; 0 if that was none.</summary>
    public int PagesBehindLast { get; private set; }

    /// <summary>A page that was mapped not long ago; a wild program also takes the pages next to those.</summary>
    public Place Some(SeededRandom random, bool isWild)
    {
        const int Recent = 6;
        PagesBehindLast = 0;
        if (_mapped.Count == 0)
            return Place.Window + random.Next(16) * Place.PageSize;
        (Place start, int pages) = _mapped[_mapped.Count - 1 - random.Next(Math.Min(_mapped.Count, Recent))];
        bool isBeside = isWild ? random.OneIn(4) : random.OneIn(40);
        if (isBeside)
            return start + (random.OneIn(2) ? -1 : pages) * Place.PageSize;
        int page = random.OneIn(3) ? 0 : random.Next(pages);
        PagesBehindLast = pages - page;
        return start + page * Place.PageSize;
    }
}
