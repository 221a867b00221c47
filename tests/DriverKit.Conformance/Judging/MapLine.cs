using System.Globalization;

namespace DriverKit.Conformance.Judging;

/// <summary>A line of /proc/PID/maps, with a number of its own for each file instead of device and inode.</summary>
internal readonly record struct MapLine(ulong Start, ulong End, string Permissions, ulong Offset, int File, string Name)
{
    public override string ToString() => $"{Start:x8}-{End:x8} {Permissions} {Offset:x8} {(File == 0 ? "" : $"file {File} ")}{Name}".TrimEnd();
}

/// <summary>Reads the maps of one world, and gives the files in them numbers in the order in which they appear: Linux uses the inode number of a file that is gone again. The directory of the program's files is left out of names.</summary>
internal sealed class MapsReader(Surroundings surroundings, string directory)
{
    private readonly Dictionary<string, int> _files = [];
    private string _lastText = "";
    private MapLine[] _last = [];

    /// <summary>The lines of what the program has mapped; what surrounds it is left out.</summary>
    public MapLine[] Read(string text)
    {
        if (text == _lastText)
            return _last;
        _lastText = text;
        _files.Clear();
        return _last = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse).OfType<MapLine>()];
    }

    private MapLine? Parse(string line)
    {
        string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        string[] range = fields[0].Split('-');
        ulong start = Hex(range[0]), end = Hex(range[1]);
        if (surroundings.Contains(start, end))
            return null;
        string inode = $"{fields[3]} {fields[4]}";
        int file = 0;
        if (fields[4] != "0" && !_files.TryGetValue(inode, out file))
            _files.Add(inode, file = _files.Count + 1);
        return new(start, end, fields[1], Hex(fields[2]), file, fields.Length > 5 ? NameOf(fields[5].Trim()) : "");
    }

    private string NameOf(string path) => path.StartsWith(directory + '/', StringComparison.Ordinal) ? path[(directory.Length + 1)..] : path;

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
