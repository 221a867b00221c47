using DriverKit.Primitives;

namespace DriverKit.Locking;

/// <summary><c>struct kref</c>: how many use an object; the last one that goes frees it (<c>linux/kref.h</c>).</summary>
/// <remarks>Source: lib/kref.c of Linux 2.6.20.</remarks>
public sealed class Kref
{
    private readonly string? _name;

    /// <summary>A count to be set by <c>kref_init()</c>.</summary>
    /// <param name="name">How reports call it; null: by what it is.</param>
    public Kref(string? name = null) => _name = name;

    /// <summary><c>refcount</c>.</summary>
    internal int Refcount { get; set; }

    /// <summary>The name.</summary>
    public override string ToString() => _name ?? "kref";

    /// <summary><c>WARN_ON()</c> of lib/kref.c: whoever does that uses an object that is gone.</summary>
    /// <exception cref="KernelOopsException">Nobody uses the object.</exception>
    internal void ThrowIfDead(string function)
    {
        if (Refcount <= 0)
        {
            throw new KernelOopsException(
                $"BUG: at lib/kref.c {function}(): {this} has no reference: the object has been released, or was never initialised",
                KernelRule.ReferenceImbalance);
        }
    }
}
