using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary>What C writes as <c>*p</c>. Every context; never sleeps.</summary>
public static class CPointer
{
    /// <summary><c>*(T *)address</c>, read.</summary>
    /// <exception cref="KernelOopsException">NULL, an address of user space, or nothing mapped there.</exception>
    public static T Load<T>(KernelVirtualAddress address) where T : unmanaged => Kernel.Current("load").AddressSpace.Load<T>(address);

    /// <summary><c>*(T *)address = value</c>.</summary>
    /// <exception cref="KernelOopsException">NULL, an address of user space, or nothing mapped there.</exception>
    public static void Store<T>(KernelVirtualAddress address, T value) where T : unmanaged => Kernel.Current("store").AddressSpace.Store(address, value);
}
