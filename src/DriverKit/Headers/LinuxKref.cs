using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Headers;

/// <summary><c>linux/kref.h</c>: counted references. Every context, but for what the release does.</summary>
/// <remarks>Source: include/linux/kref.h, lib/kref.c of Linux 2.6.20.</remarks>
public static class LinuxKref
{
    /// <summary><c>kref_init(kref)</c>: one reference, the caller's.</summary>
    public static void KrefInit(Kref kref)
    {
        SharedObject.Enter("kref_init", kref);
        kref.Refcount = 1;
    }

    /// <summary><c>kref_get(kref)</c>: one more. The caller has a reference, or knows that somebody does.</summary>
    /// <exception cref="KernelOopsException">There is none: the object is gone.</exception>
    public static void KrefGet([AllocatesWith(Allocator.Kref)] Kref kref)
    {
        SharedObject.Enter("kref_get", kref);
        kref.ThrowIfDead("kref_get");
        kref.Refcount++;
    }

    /// <summary><c>kref_put(kref, release)</c>: one less; with the last one the object is released.</summary>
    /// <param name="kref">The count.</param>
    /// <param name="release">Frees the object; called here, in the caller's context.</param>
    /// <returns>1 if the object was released, otherwise 0.</returns>
    /// <exception cref="KernelOopsException">There is no reference left, or no release.</exception>
    public static int KrefPut([FreesWith(Allocator.Kref)] Kref kref, Action<Kref> release)
    {
        Scheduler scheduler = SharedObject.Enter("kref_put", kref);
        if (release is null)
            throw new KernelOopsException("BUG: at lib/kref.c kref_put(): release is NULL");
        kref.ThrowIfDead("kref_put");
        scheduler.StoreBuffers?.Drain();
        if (--kref.Refcount != 0)
            return 0;
        release(kref);
        return 1;
    }
}
