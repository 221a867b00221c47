// Prints headings, sentences and output, and keeps count of what was claimed and what held.
using Samples.FrameBuffer;
using Samples.Tour.Stops;

namespace Samples.Tour;

/// <summary>One stop of the tour.</summary>
public sealed record Stop(string Heading, Action<Guide> Visit);

public sealed class Guide
{
    private readonly TextWriter _output;
    private readonly bool _useColor;
    private readonly List<string> _broken = [];
    private int _claims;

    public Guide(TextWriter output, bool useColor)
    {
        _output = output;
        _useColor = useColor;
        new Display().PlugInto(Kernel);
        PagesAtBoot = Kernel.Memory.PageAllocator.FreePageCount;
    }

    public static IReadOnlyList<Stop> AllStops { get; } =
    [
        new("Boot", Boot.Visit),
        new("A driver and its device nodes", Insmod.Visit),
        new("mmap, a page fault, and the page tables", PageTables.Visit),
        new("remap_pfn_range against nopage", Comparison.Visit),
        new("One page, many addresses", AddressKinds.Visit),
        new("High memory", HighPages.Visit),
        new("fork and copy on write", CopyOnWrite.Visit),
        new("What counts as resident", Resident.Visit),
        new("Files, swap, and more than memory", MoreThanMemory.Visit),
        new("Device memory", DeviceMemory.Visit),
        new("rmmod", Rmmod.Visit),
        new("One bug, two witnesses", TwoWitnesses.Visit),
    ];

    /// <summary>The machine of the tour: 1 GiB, of which 128 MiB are high memory, and a display card.</summary>
    public Kernel Kernel { get; } = Kernel.Boot();

    /// <summary>Free pages before anything was done.</summary>
    public ulong PagesAtBoot { get; }

    /// <summary>The module, from its insmod to its rmmod.</summary>
    public Simple.SimpleModule? Simple { get; set; }

    /// <summary>The page of kernel memory that the processes map.</summary>
    public PhysicalAddress Text { get; set; }

    /// <returns>The exit code.</returns>
    public int Walk(IReadOnlyList<Stop> stops)
    {
        for (int i = 0; i < stops.Count; i++)
        {
            _output.WriteLine(Bold($"{i + 1}. {stops[i].Heading}"));
            stops[i].Visit(this);
            _output.WriteLine();
        }

        Kernel.Dispose();
        foreach (string claim in _broken)
            _output.WriteLine($"NOT TRUE: {claim}");
        bool allTrue = _broken.Count == 0;
        _output.WriteLine(allTrue ? $"{_claims} claims checked, all true." : $"{_broken.Count} of {_claims} claims are not true.");
        return allTrue ? 0 : 1;
    }

    /// <summary>A sentence or two of explanation.</summary>
    public void Say(string text) => Print("", text);

    /// <summary>Output of the machine, or a few lines of its files.</summary>
    public void Show(string text) => Print("    ", text);

    public void Show(IEnumerable<string> lines) => Show(string.Join('\n', lines));

    /// <summary>Something the tour has just said. If it is not so, the tour fails.</summary>
    public void Claim(bool isTrue, string claim)
    {
        _claims++;
        if (!isTrue)
            _broken.Add(claim);
    }

    /// <summary>The lines of a file that contain one of the words.</summary>
    public IEnumerable<string> Grep(string path, params string[] words) =>
        Kernel.ReadFile(path).Split('\n').Where(line => Array.Exists(words, line.Contains));

    private void Print(string indent, string text)
    {
        foreach (string line in text.TrimEnd('\n').Split('\n'))
            _output.WriteLine($"{indent}{line}".TrimEnd());
    }

    private string Bold(string text) => _useColor ? $"\e[1m{text}\e[0m" : text;
}
