using System.Text;
using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Judging;

/// <summary>A signal that an access got; all zero for none.</summary>
internal readonly record struct Fault(int Signal, int Code, ulong Address)
{
    public override string ToString() => (Signal, Code) switch
    {
        (0, _) => "no signal",
        (11, 1) => $"SIGSEGV SEGV_MAPERR at 0x{Address:x}",
        (11, 2) => $"SIGSEGV SEGV_ACCERR at 0x{Address:x}",
        (7, 2) => $"SIGBUS BUS_ADRERR at 0x{Address:x}",
        _ => $"signal {Signal} code {Code} at 0x{Address:x}",
    };
}

/// <summary>What a page holds, as one number, or why it cannot be read.</summary>
internal readonly record struct PageContent(ulong Address, ulong Hash, Fault Fault)
{
    public override string ToString() => $"page 0x{Address:x}: {(Fault.Signal != 0 ? Fault.ToString() : $"hash {Hash:x16}")}";

    /// <summary>The pages of a file, of which the last one may be shorter.</summary>
    public static PageContent[] Of(ReadOnlySpan<byte> file)
    {
        var pages = new PageContent[(file.Length + Place.PageSize - 1) / Place.PageSize];
        Span<byte> page = stackalloc byte[Place.PageSize];
        for (int i = 0; i < pages.Length; i++)
        {
            ReadOnlySpan<byte> piece = file[(i * Place.PageSize)..Math.Min(file.Length, (i + 1) * Place.PageSize)];
            page.Clear();
            piece.CopyTo(page);
            pages[i] = new((ulong)(i * Place.PageSize), MemoryHash.Of(page), default);
        }

        return pages;
    }
}

/// <summary>What a world answered to a step.</summary>
internal sealed record Observation(string Where, Step Step)
{
    /// <summary>What the call returned, or the value loaded; a negative errno if it failed.</summary>
    public long Value { get; init; }

    public Fault Fault { get; init; }

    /// <summary>The pages a dump has read, or those of a file.</summary>
    public PageContent[] Pages { get; init; } = [];

    /// <summary>Bytes mincore has filled in.</summary>
    public byte[] Bytes { get; init; } = [];

    /// <summary>The maps afterwards.</summary>
    public MapLine[] Maps { get; init; } = [];

    /// <summary>True for a step that falls under a known deviation; nothing is compared from there on.</summary>
    public bool Deviates { get; init; }

    /// <summary>What went wrong with the world itself; nothing comes after it.</summary>
    public string? Crash { get; init; }

    /// <summary>The first thing in which the model, the other world, differs; null if none.</summary>
    public Aspect? DifferenceFrom(Observation other) =>
        Crash is not null || other.Crash is not null ? Aspect.Crash
        : Value != other.Value ? Aspect.Result
        : Fault != other.Fault ? Aspect.Signal
        : !AreSame(Bytes, other.Bytes) ? Aspect.Bytes
        : !Pages.AsSpan().SequenceEqual(other.Pages) ? Aspect.Pages
        : !Maps.AsSpan().SequenceEqual(other.Maps) ? Aspect.Maps
        : null;

    private static bool AreSame(byte[] bytes, byte[] others) => bytes.Length == others.Length
        && bytes.Zip(others).All(pair => pair.First == pair.Second || pair.Second == Mincore.Undetermined);

    /// <summary>One aspect in words.</summary>
    public string Describe(Aspect aspect) => aspect switch
    {
        Aspect.Crash => Crash ?? "alive",
        Aspect.Result => Value is < 0 and > -4096 ? $"{new Errno((int)-Value).Name}" : $"0x{Value:x}",
        Aspect.Signal => $"{Fault}",
        Aspect.Bytes => Convert.ToHexString(Bytes),
        Aspect.Pages => string.Join('\n', Pages),
        _ => string.Join('\n', Maps),
    };
}

/// <summary>In what two worlds can differ.</summary>
internal enum Aspect
{
    Crash,
    Result,
    Signal,
    Bytes,
    Pages,
    Maps,
}
