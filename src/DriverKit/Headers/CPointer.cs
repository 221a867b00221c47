using System.Text;
using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary>What C writes as <c>*p</c>. Every context; never sleeps.</summary>
public static class CPointer
{
    /// <summary><c>*(T *)address</c>, read.</summary>
    /// <exception cref="KernelOopsException">NULL, an address of user space, or nothing mapped there.</exception>
    public static T Load<T>([ReadsMemory] KernelVirtualAddress address) where T : unmanaged => Kernel.Current("load").AddressSpace.Load<T>(address);

    /// <summary><c>*(T *)address = value</c>.</summary>
    /// <exception cref="KernelOopsException">NULL, an address of user space, or nothing mapped there.</exception>
    public static void Store<T>([WritesMemory] KernelVirtualAddress address, T value) where T : unmanaged => Kernel.Current("store").AddressSpace.Store(address, value);

    /// <summary>A <c>char *</c> as a text: the bytes up to the first zero.</summary>
    /// <exception cref="KernelOopsException">NULL, an address of user space, or memory that ends before the text does.</exception>
    public static string LoadString([ReadsMemory] KernelVirtualAddress address)
    {
        Kernel kernel = Kernel.Current("load");
        var bytes = new List<byte>();
        for (byte c; (c = kernel.AddressSpace.Load<byte>(address)) != 0; address += 1ul)
            bytes.Add(c);
        return Encoding.UTF8.GetString([.. bytes]);
    }
}
