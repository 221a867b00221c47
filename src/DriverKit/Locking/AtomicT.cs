namespace DriverKit.Locking;

/// <summary><c>atomic_t</c>: a number that is changed as a whole (<c>asm/atomic.h</c>). The functions of <c>AsmAtomic</c> are the only way to it.</summary>
public sealed class AtomicT
{
    /// <summary><c>ATOMIC_INIT(i)</c>.</summary>
    /// <param name="i">The number.</param>
    public AtomicT(int i = 0) => Counter = i;

    /// <summary><c>counter</c>.</summary>
    internal int Counter { get; set; }

    /// <summary>The number, for a debugger.</summary>
    public override string ToString() => $"atomic {Counter}";
}
