using System.Diagnostics.Contracts;
using System.Numerics;
using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>asm/bitops.h</c>: bits that are changed as a whole. Every context; never sleep.</summary>
/// <remarks>What returns the old bit is a memory barrier too; the others are none. The forms with two underscores, which are not atomic and for data
/// nobody shares, are the operators of C# on the driver's own words. Source: include/asm-i386/bitops.h of Linux 2.6.20, Documentation/atomic_ops.txt.</remarks>
public static class AsmBitops
{
    /// <summary><c>set_bit(nr, addr)</c>.</summary>
    /// <exception cref="KernelOopsException">The map has no such bit.</exception>
    public static void SetBit([MustBeBounded] int nr, Bitmap addr)
    {
        SharedObject.Enter("set_bit", addr);
        addr[nr] = true;
    }

    /// <summary><c>clear_bit(nr, addr)</c>.</summary>
    /// <exception cref="KernelOopsException">The map has no such bit.</exception>
    public static void ClearBit([MustBeBounded] int nr, Bitmap addr)
    {
        SharedObject.Enter("clear_bit", addr);
        addr[nr] = false;
    }

    /// <summary><c>change_bit(nr, addr)</c>: to its opposite.</summary>
    /// <exception cref="KernelOopsException">The map has no such bit.</exception>
    public static void ChangeBit([MustBeBounded] int nr, Bitmap addr)
    {
        SharedObject.Enter("change_bit", addr);
        addr[nr] = !addr[nr];
    }

    /// <summary><c>test_bit(nr, addr)</c>.</summary>
    /// <exception cref="KernelOopsException">The map has no such bit.</exception>
    public static bool TestBit([MustBeBounded] int nr, Bitmap addr)
    {
        SharedObject.Enter("test_bit", addr);
        return addr[nr];
    }

    /// <summary><c>test_and_set_bit(nr, addr)</c>.</summary>
    /// <returns>What it was.</returns>
    /// <exception cref="KernelOopsException">The map has no such bit.</exception>
    public static bool TestAndSetBit([MustBeBounded] int nr, Bitmap addr)
    {
        SharedObject.Enter("test_and_set_bit", addr).StoreBuffers?.Drain();
        bool old = addr[nr];
        addr[nr] = true;
        return old;
    }

    /// <summary><c>test_and_clear_bit(nr, addr)</c>.</summary>
    /// <returns>What it was.</returns>
    /// <exception cref="KernelOopsException">The map has no such bit.</exception>
    public static bool TestAndClearBit([MustBeBounded] int nr, Bitmap addr)
    {
        SharedObject.Enter("test_and_clear_bit", addr).StoreBuffers?.Drain();
        bool old = addr[nr];
        addr[nr] = false;
        return old;
    }

    /// <summary><c>test_and_change_bit(nr, addr)</c>.</summary>
    /// <returns>What it was.</returns>
    /// <exception cref="KernelOopsException">The map has no such bit.</exception>
    public static bool TestAndChangeBit([MustBeBounded] int nr, Bitmap addr)
    {
        SharedObject.Enter("test_and_change_bit", addr).StoreBuffers?.Drain();
        bool old = addr[nr];
        addr[nr] = !old;
        return old;
    }

    /// <summary><c>find_first_bit(addr, size)</c>: the first bit that is set.</summary>
    /// <param name="addr">The map.</param>
    /// <param name="size">How many bits to look at.</param>
    /// <returns>Its number; <paramref name="size"/> if there is none.</returns>
    /// <exception cref="KernelOopsException">The map has fewer bits.</exception>
    public static int FindFirstBit(Bitmap addr, [MustBeBounded] int size) => Find("find_first_bit", addr, true, size, 0);

    /// <summary><c>find_next_bit(addr, size, offset)</c>: the first bit that is set, from <paramref name="offset"/> on.</summary>
    /// <param name="addr">The map.</param>
    /// <param name="size">How many bits to look at.</param>
    /// <param name="offset">Where to begin.</param>
    /// <returns>Its number; <paramref name="size"/> if there is none.</returns>
    /// <exception cref="KernelOopsException">The map has fewer bits.</exception>
    public static int FindNextBit(Bitmap addr, [MustBeBounded] int size, int offset) => Find("find_next_bit", addr, true, size, offset);

    /// <summary><c>find_first_zero_bit(addr, size)</c>: the first bit that is clear.</summary>
    /// <param name="addr">The map.</param>
    /// <param name="size">How many bits to look at.</param>
    /// <returns>Its number; <paramref name="size"/> if there is none.</returns>
    /// <exception cref="KernelOopsException">The map has fewer bits.</exception>
    public static int FindFirstZeroBit(Bitmap addr, [MustBeBounded] int size) => Find("find_first_zero_bit", addr, false, size, 0);

    /// <summary><c>find_next_zero_bit(addr, size, offset)</c>: the first bit that is clear, from <paramref name="offset"/> on.</summary>
    /// <param name="addr">The map.</param>
    /// <param name="size">How many bits to look at.</param>
    /// <param name="offset">Where to begin.</param>
    /// <returns>Its number; <paramref name="size"/> if there is none.</returns>
    /// <exception cref="KernelOopsException">The map has fewer bits.</exception>
    public static int FindNextZeroBit(Bitmap addr, [MustBeBounded] int size, int offset) => Find("find_next_zero_bit", addr, false, size, offset);

    /// <summary><c>ffs(x)</c>: the number of the lowest bit that is set, counted from 1; 0 for 0.</summary>
    [Pure]
    public static int Ffs(uint x) => x == 0 ? 0 : BitOperations.TrailingZeroCount(x) + 1;

    /// <summary><c>fls(x)</c>: the number of the highest bit that is set, counted from 1; 0 for 0.</summary>
    [Pure]
    public static int Fls(uint x) => 32 - BitOperations.LeadingZeroCount(x);

    /// <summary><c>ffz(word)</c>: the number of the lowest bit that is clear, counted from 0. Of a word without one the kernel leaves it open; here it is 64.</summary>
    [Pure]
    public static int Ffz(ulong word) => BitOperations.TrailingZeroCount(~word);

    /// <summary><c>hweight32(w)</c>: how many bits are set.</summary>
    [Pure]
    public static int Hweight32(uint w) => BitOperations.PopCount(w);

    private static int Find(string function, Bitmap addr, bool value, int size, int offset)
    {
        SharedObject.Enter(function, addr);
        return addr.Next(value, size, offset);
    }
}
