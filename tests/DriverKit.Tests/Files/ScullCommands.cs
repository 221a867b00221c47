namespace Book;

/// <summary>The ioctl commands of the driver book's scull, as a driver outside of the kit's namespace writes them.</summary>
internal static class ScullCommands
{
    public const uint Magic = 'k';

    public static readonly uint Reset = Io(Magic, 0);
    public static readonly uint SetQuantum = Iow<int>(Magic, 1);
    public static readonly uint TellQuantum = Io(Magic, 3);
    public static readonly uint GetQuantum = Ior<int>(Magic, 5);
    public static readonly uint QueryQuantum = Io(Magic, 7);
    public static readonly uint ExchangeQuantum = Iowr<int>(Magic, 9);
    public static readonly uint ShiftQuantum = Io(Magic, 11);
    public static readonly uint PipeQuerySize = Io(Magic, 14);
}
