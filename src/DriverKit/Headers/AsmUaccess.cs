using System.Diagnostics.Contracts;
using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>asm/uaccess.h</c>: the memory of the process that called. Process context; may sleep, except the <c>Inatomic</c> forms.</summary>
/// <remarks>Source: include/asm-i386/uaccess.h of Linux 2.6.20.</remarks>
public static class AsmUaccess
{
    /// <summary><c>access_ok(type, addr, size)</c>: the range is user space. Says nothing about what is mapped. Every context.</summary>
    [Pure]
    public static bool AccessOk(UserVirtualAddress address, [Unit(AddressUnit.Bytes)] ulong size) =>
        Kernel.Current("access_ok").VirtualMemory.UserAccess.AccessOk(address, size);

    /// <summary><c>copy_to_user(to, from, n)</c> from kernel memory.</summary>
    /// <returns>Bytes not copied: 0 is success; for anything else return -EFAULT.</returns>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context. Or a bad kernel address.</exception>
    [MustCheck]
    [MightSleep]
    [UserAccess(InatomicForm = nameof(CopyToUserInatomic))]
    [return: BytesNotCopied]
    public static ulong CopyToUser(
        UserVirtualAddress to,
        [ReadsMemory(SizeParameter = nameof(n))] KernelVirtualAddress from,
        [MustBeBounded, Unit(AddressUnit.Bytes)] ulong n)
    {
        Kernel kernel = Kernel.Current("copy_to_user");
        return kernel.VirtualMemory.UserAccess.CopyTo(kernel.CurrentTask.Mm, to, from, n);
    }

    /// <summary><c>copy_to_user</c> from the driver's own C# data.</summary>
    /// <returns>Bytes not copied: 0 is success; for anything else return -EFAULT.</returns>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MustCheck]
    [MightSleep]
    [UserAccess]
    [return: BytesNotCopied]
    public static ulong CopyToUser(UserVirtualAddress to, ReadOnlySpan<byte> from)
    {
        Kernel kernel = Kernel.Current("copy_to_user");
        return kernel.VirtualMemory.UserAccess.CopyTo(kernel.CurrentTask.Mm, to, from);
    }

    /// <summary><c>copy_from_user(to, from, n)</c> into kernel memory; what cannot be read is zeroed.</summary>
    /// <returns>Bytes not copied: 0 is success; for anything else return -EFAULT.</returns>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context. Or a bad kernel address.</exception>
    [MustCheck]
    [MightSleep]
    [UserAccess(InatomicForm = nameof(CopyFromUserInatomic))]
    [return: BytesNotCopied]
    public static ulong CopyFromUser(
        [FromUser, WritesMemory(SizeParameter = nameof(n))] KernelVirtualAddress to,
        UserVirtualAddress from,
        [MustBeBounded, Unit(AddressUnit.Bytes)] ulong n)
    {
        Kernel kernel = Kernel.Current("copy_from_user");
        return kernel.VirtualMemory.UserAccess.CopyFrom(kernel.CurrentTask.Mm, to, from, n);
    }

    /// <summary><c>copy_from_user</c> into the driver's own C# data; what cannot be read is zeroed.</summary>
    /// <returns>Bytes not copied: 0 is success; for anything else return -EFAULT.</returns>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MustCheck]
    [MightSleep]
    [UserAccess]
    [return: BytesNotCopied]
    public static ulong CopyFromUser([FromUser] Span<byte> to, UserVirtualAddress from)
    {
        Kernel kernel = Kernel.Current("copy_from_user");
        return kernel.VirtualMemory.UserAccess.CopyFrom(kernel.CurrentTask.Mm, to, from);
    }

    /// <summary><c>__copy_to_user_inatomic(to, from, n)</c>: stops at the first page that is not present. Every context.</summary>
    /// <returns>Bytes not copied.</returns>
    [MustCheck]
    [UserAccess(Unchecked = true)]
    [return: BytesNotCopied]
    public static ulong CopyToUserInatomic(
        UserVirtualAddress to,
        [ReadsMemory(SizeParameter = nameof(n))] KernelVirtualAddress from,
        [MustBeBounded, Unit(AddressUnit.Bytes)] ulong n)
    {
        Kernel kernel = Kernel.Current("__copy_to_user_inatomic");
        return kernel.VirtualMemory.UserAccess.CopyToInatomic(kernel.CurrentTask.Mm, to, from, n);
    }

    /// <summary><c>__copy_from_user_inatomic(to, from, n)</c>: stops at the first page that is not present. Every context.</summary>
    /// <returns>Bytes not copied.</returns>
    [MustCheck]
    [UserAccess(Unchecked = true)]
    [return: BytesNotCopied]
    public static ulong CopyFromUserInatomic(
        [FromUser, WritesMemory(SizeParameter = nameof(n))] KernelVirtualAddress to,
        UserVirtualAddress from,
        [MustBeBounded, Unit(AddressUnit.Bytes)] ulong n)
    {
        Kernel kernel = Kernel.Current("__copy_from_user_inatomic");
        return kernel.VirtualMemory.UserAccess.CopyFromInatomic(kernel.CurrentTask.Mm, to, from, n);
    }

    /// <summary><c>clear_user(to, n)</c>: zeroes user memory.</summary>
    /// <returns>Bytes not cleared.</returns>
    [MustCheck]
    [MightSleep]
    [UserAccess]
    [return: BytesNotCopied]
    public static ulong ClearUser(UserVirtualAddress to, [Unit(AddressUnit.Bytes)] ulong n)
    {
        Kernel kernel = Kernel.Current("clear_user");
        return kernel.VirtualMemory.UserAccess.Clear(kernel.CurrentTask.Mm, to, n);
    }

    /// <summary><c>get_user(x, ptr)</c>: one value; zero if it cannot be read.</summary>
    /// <returns>0 or -EFAULT.</returns>
    [MustCheck]
    [MightSleep]
    [UserAccess]
    public static KernelResult GetUser<T>([FromUser] out T value, UserVirtualAddress from) where T : unmanaged
    {
        Kernel kernel = Kernel.Current("get_user");
        return kernel.VirtualMemory.UserAccess.Get(kernel.CurrentTask.Mm, out value, from);
    }

    /// <summary><c>put_user(x, ptr)</c>: one value.</summary>
    /// <returns>0 or -EFAULT.</returns>
    [MustCheck]
    [MightSleep]
    [UserAccess]
    public static KernelResult PutUser<T>(T value, UserVirtualAddress to) where T : unmanaged
    {
        Kernel kernel = Kernel.Current("put_user");
        return kernel.VirtualMemory.UserAccess.Put(kernel.CurrentTask.Mm, value, to);
    }
}
