using DriverKit.Contracts;
using DriverKit.Locking;

namespace DriverKit.Headers;

/// <summary><c>asm/atomic.h</c>: numbers that are changed as a whole. Every context; never sleep. They wrap around like C's int of the kernel.</summary>
/// <remarks>What returns something of the new value is a memory barrier too; the others are none.
/// Source: include/asm-i386/atomic.h of Linux 2.6.20, Documentation/atomic_ops.txt.</remarks>
public static class AsmAtomic
{
    /// <summary><c>atomic_read(v)</c>.</summary>
    public static int AtomicRead(AtomicT v)
    {
        SharedObject.Enter("atomic_read", v);
        return v.Counter;
    }

    /// <summary><c>atomic_set(v, i)</c>.</summary>
    public static void AtomicSet(AtomicT v, int i)
    {
        SharedObject.Enter("atomic_set", v);
        v.Counter = i;
    }

    /// <summary><c>atomic_add(i, v)</c>.</summary>
    public static void AtomicAdd(int i, AtomicT v) => Change("atomic_add", v, i);

    /// <summary><c>atomic_sub(i, v)</c>.</summary>
    public static void AtomicSub(int i, AtomicT v) => Change("atomic_sub", v, unchecked(-i));

    /// <summary><c>atomic_inc(v)</c>.</summary>
    public static void AtomicInc(AtomicT v) => Change("atomic_inc", v, 1);

    /// <summary><c>atomic_dec(v)</c>.</summary>
    public static void AtomicDec(AtomicT v) => Change("atomic_dec", v, -1);

    /// <summary><c>atomic_add_return(i, v)</c>.</summary>
    /// <returns>The new value.</returns>
    public static int AtomicAddReturn(int i, AtomicT v) => ChangeAndTell("atomic_add_return", v, i);

    /// <summary><c>atomic_sub_return(i, v)</c>.</summary>
    /// <returns>The new value.</returns>
    public static int AtomicSubReturn(int i, AtomicT v) => ChangeAndTell("atomic_sub_return", v, unchecked(-i));

    /// <summary><c>atomic_inc_return(v)</c>.</summary>
    /// <returns>The new value.</returns>
    public static int AtomicIncReturn(AtomicT v) => ChangeAndTell("atomic_inc_return", v, 1);

    /// <summary><c>atomic_dec_return(v)</c>.</summary>
    /// <returns>The new value.</returns>
    public static int AtomicDecReturn(AtomicT v) => ChangeAndTell("atomic_dec_return", v, -1);

    /// <summary><c>atomic_sub_and_test(i, v)</c>.</summary>
    /// <returns>True if it is zero now.</returns>
    public static bool AtomicSubAndTest(int i, AtomicT v) => ChangeAndTell("atomic_sub_and_test", v, unchecked(-i)) == 0;

    /// <summary><c>atomic_inc_and_test(v)</c>.</summary>
    /// <returns>True if it is zero now.</returns>
    public static bool AtomicIncAndTest(AtomicT v) => ChangeAndTell("atomic_inc_and_test", v, 1) == 0;

    /// <summary><c>atomic_dec_and_test(v)</c>.</summary>
    /// <returns>True if it is zero now.</returns>
    public static bool AtomicDecAndTest(AtomicT v) => ChangeAndTell("atomic_dec_and_test", v, -1) == 0;

    /// <summary><c>atomic_add_negative(i, v)</c>.</summary>
    /// <returns>True if it is below zero now.</returns>
    public static bool AtomicAddNegative(int i, AtomicT v) => ChangeAndTell("atomic_add_negative", v, i) < 0;

    /// <summary><c>atomic_xchg(v, new)</c>.</summary>
    /// <returns>The old value.</returns>
    public static int AtomicXchg(AtomicT v, int @new)
    {
        SharedObject.Enter("atomic_xchg", v).StoreBuffers?.Drain();
        int old = v.Counter;
        v.Counter = @new;
        return old;
    }

    /// <summary><c>atomic_cmpxchg(v, old, new)</c>: sets the new value if it has the old one.</summary>
    /// <returns>The value before.</returns>
    [MustCheck]
    public static int AtomicCmpxchg(AtomicT v, int old, int @new)
    {
        SharedObject.Enter("atomic_cmpxchg", v).StoreBuffers?.Drain();
        int before = v.Counter;
        if (before == old)
            v.Counter = @new;
        return before;
    }

    /// <summary><c>atomic_add_unless(v, a, u)</c>: adds, unless the value is <paramref name="u"/>.</summary>
    /// <returns>True if it has added.</returns>
    public static bool AtomicAddUnless(AtomicT v, int a, int u) => AddUnless("atomic_add_unless", v, a, u);

    /// <summary><c>atomic_inc_not_zero(v)</c>: one more, unless it is zero: a reference to an object that may be gone.</summary>
    /// <returns>True if it has added.</returns>
    [MustCheck]
    public static bool AtomicIncNotZero(AtomicT v) => AddUnless("atomic_inc_not_zero", v, 1, 0);

    private static bool AddUnless(string function, AtomicT v, int a, int u)
    {
        SharedObject.Enter(function, v).StoreBuffers?.Drain();
        if (v.Counter == u)
            return false;
        v.Counter = unchecked(v.Counter + a);
        return true;
    }

    private static void Change(string function, AtomicT v, int i)
    {
        SharedObject.Enter(function, v);
        v.Counter = unchecked(v.Counter + i);
    }

    private static int ChangeAndTell(string function, AtomicT v, int i)
    {
        SharedObject.Enter(function, v).StoreBuffers?.Drain();
        return v.Counter = unchecked(v.Counter + i);
    }
}
