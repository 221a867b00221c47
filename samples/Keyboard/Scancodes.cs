// Scancodes of set 1: a row of keys has numbers in a row; the code of a key that is let go has bit 7 set.
namespace Samples.Keyboard;

public static class Scancodes
{
    public const byte Released = 0x80;

    private static readonly (byte First, string Keys)[] Rows =
        [(0x02, "1234567890"), (0x10, "qwertyuiop"), (0x1c, "\n"), (0x1e, "asdfghjkl"), (0x2c, "zxcvbnm"), (0x39, " ")];

    /// <summary>What a key types; <c>?</c> for keys that type nothing known here.</summary>
    public static byte ToAscii(byte scancode)
    {
        int key = scancode & ~Released;
        foreach ((byte first, string keys) in Rows)
        {
            if (key >= first && key < first + keys.Length)
                return (byte)keys[key - first];
        }

        return (byte)'?';
    }

    /// <summary>The key that types a character.</summary>
    public static byte Of(char character)
    {
        foreach ((byte first, string keys) in Rows)
        {
            if (keys.IndexOf(character) is >= 0 and var index)
                return (byte)(first + index);
        }

        throw new ArgumentOutOfRangeException(nameof(character), character, "No key types it.");
    }
}
