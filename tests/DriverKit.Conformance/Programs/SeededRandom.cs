namespace DriverKit.Conformance.Programs;

/// <summary>xorshift64*: the same numbers for the same seed, for ever.</summary>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed * 0x9e37_79b9_7f4a_7c15 + 0x2545_f491_4f6c_dd1d | 1;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return _state * 0x2545_f491_4f6c_dd1d;
    }

    /// <summary>A number from 0 to one below the limit.</summary>
    public int Next(int limit) => (int)((Next() >> 33) % (ulong)limit);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    /// <summary>One of them.</summary>
    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Next(choices.Length)];
}
