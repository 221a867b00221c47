using System.Buffers.Text;
using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>One run of a scenario, told by its machine and by where its choices differ from everybody in turn. Its text is a short token that fits in a bug report.</summary>
public sealed class RecordedSchedule
{
    private const string Prefix = "dk1-";

    internal RecordedSchedule(ScheduleSetting setting, IReadOnlyList<Deviation> deviations)
    {
        Setting = setting;
        Deviations = deviations;
        Token = Write();
    }

    /// <summary>The token: <see cref="Parse"/> and <see cref="ScheduleExplorer.Replay(string, Action{DriverKit.Kernel}, ExploreOptions?)"/> take it.</summary>
    public string Token { get; }

    /// <summary>How often it differs from everybody in turn: preemptions, interrupts, early timers, failures.</summary>
    public int Length => Deviations.Count;

    internal ScheduleSetting Setting { get; }

    internal IReadOnlyList<Deviation> Deviations { get; }

    /// <summary>Reads a token.</summary>
    /// <exception cref="FormatException">It is not one, or something is missing or changed in it.</exception>
    public static RecordedSchedule Parse(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        token = token.Trim();
        if (!token.StartsWith(Prefix, StringComparison.Ordinal))
            throw new FormatException($"A schedule starts with {Prefix}; this is \"{token}\".");
        try
        {
            byte[] bytes = Base64Url.DecodeFromChars(token.AsSpan(Prefix.Length));
            if (bytes.Length < 2 || Checksum(bytes.AsSpan(0, bytes.Length - 2)) != (ushort)(bytes[^2] | (bytes[^1] << 8)))
                throw new FormatException("the checksum is another");
            int at = 0;
            ulong Next() => ReadNumber(bytes.AsSpan(0, bytes.Length - 2), ref at);
            ScheduleSetting setting = ScheduleSetting.FromNumbers(Next);
            var deviations = new List<Deviation>();
            while (at < bytes.Length - 2)
            {
                int pid = checked((int)Next()), ordinal = checked((int)Next());
                ulong kind = Next();
                ulong folded = Next();
                int target = checked((int)(folded >> 1));
                if (kind > (ulong)ChoiceKind.Fail)
                    throw new FormatException("an unknown choice");
                deviations.Add(new(pid, ordinal, (ChoiceKind)kind, (folded & 1) == 0 ? target : ~target));
            }

            return new(setting, deviations);
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw new FormatException($"\"{token}\" is no schedule: {exception.Message}. Copy the whole token, as the report has it.", exception);
        }
    }

    /// <summary>The token.</summary>
    public override string ToString() => Token;

    private string Write()
    {
        var bytes = new List<byte>();
        foreach (ulong number in Setting.ToNumbers())
            WriteNumber(bytes, number);
        foreach (Deviation deviation in Deviations)
        {
            WriteNumber(bytes, (ulong)deviation.Pid);
            WriteNumber(bytes, (ulong)deviation.Ordinal);
            WriteNumber(bytes, (ulong)deviation.Kind);
            WriteNumber(bytes, (ulong)(deviation.Target >= 0 ? (long)deviation.Target << 1 : ((long)~deviation.Target << 1) | 1));
        }

        ushort checksum = Checksum(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
        bytes.Add((byte)checksum);
        bytes.Add((byte)(checksum >> 8));
        return Prefix + Base64Url.EncodeToString(bytes.ToArray());
    }

    /// <summary>Seven bits a byte, lowest first; the eighth says that more follow.</summary>
    private static void WriteNumber(List<byte> bytes, ulong number)
    {
        for (; number >= 0x80; number >>= 7)
            bytes.Add((byte)(number | 0x80));
        bytes.Add((byte)number);
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong number = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = bytes[at++];
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return number;
        }

        throw new FormatException("a number is too long");
    }

    /// <summary>Fletcher's.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        int a = 1, b = 0;
        foreach (byte value in bytes)
        {
            a = (a + value) % 255;
            b = (b + a) % 255;
        }

        return (ushort)((b << 8) | a);
    }
}
