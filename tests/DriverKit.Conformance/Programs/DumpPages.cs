namespace DriverKit.Conformance.Programs;

/// <summary>The pages a <see cref="Dump"/> reads.</summary>
internal static class DumpPages
{
    private const int TopPages = 24;
    private const int HeapPages = 8;

    public static Place[] All { get; } =
    [
        .. Enumerable.Range(0, HeapPages).Select(page => Place.Heap + page * Place.PageSize),
        .. Enumerable.Range(0, Place.WindowPages).Select(page => Place.Window + page * Place.PageSize),
        .. Enumerable.Range(0, TopPages).Select(page => Place.Top - (TopPages - page) * Place.PageSize),
    ];
}
