namespace DriverKit.Tests.Virtual;

/// <summary>The words of a page that are looked at; 8 of them, spread over the page.</summary>
internal sealed class PressureWords
{
    private readonly ulong[] _words = new ulong[Slots];

    public const int Slots = 8;

    public ref ulong this[int slot] => ref _words[slot];

    public static ulong Offset(int slot) => (ulong)slot * 520;

    public PressureWords Clone()
    {
        var copy = new PressureWords();
        _words.CopyTo(copy._words, 0);
        return copy;
    }

    public void ClearFrom(ulong offset)
    {
        for (int slot = 0; slot < Slots; slot++)
        {
            if (Offset(slot) >= offset)
                _words[slot] = 0;
            else if (Offset(slot) + sizeof(ulong) > offset)
                _words[slot] &= (1ul << (int)(offset - Offset(slot)) * 8) - 1;
        }
    }
}

/// <summary>What a map has behind it: a file, shared anonymous memory, or a device.</summary>
internal sealed class PressureFile(string path, ulong size)
{
    private readonly SortedDictionary<ulong, PressureWords> _pages = [];

    public string Path { get; } = path;

    public ulong Size { get; set; } = size;

    public bool IsUnlinked { get; set; }

    public ulong Pages => (Size + PageSize - 1) >> PageShift;

    public PressureWords this[ulong page]
    {
        set => _pages[page] = value;
    }

    public ulong Word(ulong page, int slot) => _pages.TryGetValue(page, out PressureWords? words) ? words[slot] : 0;

    public PressureWords Existing(ulong page)
    {
        if (!_pages.TryGetValue(page, out PressureWords? words))
            _pages.Add(page, words = new PressureWords());
        return words;
    }

    public PressureWords Copy(ulong page) => _pages.TryGetValue(page, out PressureWords? words) ? words.Clone() : new PressureWords();

    public void Resize(ulong size)
    {
        Size = size;
        foreach (ulong page in _pages.Keys.Where(page => page >= Pages).ToArray())
            _pages.Remove(page);
        if (size % PageSize != 0 && _pages.TryGetValue(size >> PageShift, out PressureWords? last))
            last.ClearFrom(size % PageSize);
    }
}

/// <summary>A page of a process: what it allows, what lies behind it, and the private copy once there is one.</summary>
internal sealed record PressurePage(Protection Protection, bool Shared, PressureFile? Behind, ulong Index)
{
    public PressureWords? Own { get; set; }
}

internal sealed class PressureProcess(UserProcess process)
{
    public UserProcess Process { get; } = process;

    public SortedDictionary<ulong, PressurePage> Pages { get; } = [];

    public Dictionary<PressureFile, int> Fds { get; } = [];

    public int Forks { get; set; }
}
