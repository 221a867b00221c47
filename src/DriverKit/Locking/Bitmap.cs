using DriverKit.Primitives;

namespace DriverKit.Locking;

/// <summary><c>unsigned long</c> words that bit operations work on (<c>linux/bitmap.h</c>): <c>unsigned long flags</c> is one of a word's bits,
/// <c>DECLARE_BITMAP(name, bits)</c> one of as many as it says.</summary>
public sealed class Bitmap
{
    private const int WordBits = 64;

    private readonly ulong[] _words;
    private readonly string? _name;

    /// <summary><c>DECLARE_BITMAP(name, bits)</c>: all bits clear.</summary>
    /// <param name="bits">How many bits; at least one.</param>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public Bitmap(int bits, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bits);
        _words = new ulong[(bits + WordBits - 1) / WordBits];
        _name = name;
        Bits = bits;
    }

    /// <summary>How many bits it has.</summary>
    public int Bits { get; }

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "bitmap";

    /// <summary>A bit.</summary>
    /// <exception cref="KernelOopsException">There is no such bit: the kernel would change the memory behind the map.</exception>
    internal bool this[int nr]
    {
        get => (_words[WordOf(nr)] >> (nr % WordBits) & 1) != 0;
        set
        {
            ref ulong word = ref _words[WordOf(nr)];
            ulong mask = 1ul << (nr % WordBits);
            word = value ? word | mask : word & ~mask;
        }
    }

    /// <summary>The first bit of a value at or after a place; <paramref name="size"/> if there is none below it.</summary>
    internal int Next(bool value, int size, int offset)
    {
        if (size < 0 || size > Bits)
            throw new KernelOopsException($"BUG: {size} bits of {this}, which has {Bits}");
        for (int nr = Math.Max(offset, 0); nr < size;)
        {
            ulong word = (value ? _words[nr / WordBits] : ~_words[nr / WordBits]) >> (nr % WordBits);
            if (word != 0)
                return Math.Min(nr + System.Numerics.BitOperations.TrailingZeroCount(word), size);
            nr = (nr / WordBits + 1) * WordBits;
        }

        return size;
    }

    private int WordOf(int nr) =>
        (uint)nr < (uint)Bits ? nr / WordBits : throw new KernelOopsException($"BUG: bit {nr} of {this}, which has {Bits}");
}
