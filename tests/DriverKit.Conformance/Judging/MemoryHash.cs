using System.Numerics;
using System.Runtime.InteropServices;

namespace DriverKit.Conformance.Judging;

/// <summary>One number for a page, computed alike by the executor and here.</summary>
internal static class MemoryHash
{
    public const ulong Multiplier = 0x9e37_79b9_7f4a_7c15;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
            hash = BitOperations.RotateLeft((hash ^ word) * Multiplier, 23);
        return hash;
    }
}
