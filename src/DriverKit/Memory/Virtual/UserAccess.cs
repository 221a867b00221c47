using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DriverKit.Hardware;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>How the kernel reaches the memory of the process that called it: <c>copy_to_user</c>, <c>copy_from_user</c>, <c>get_user</c>, <c>put_user</c>.</summary>
/// <remarks>A copy may fault and sleep; it stops at the first page the process could not touch itself and says how many bytes are missing.
/// Source: arch/i386/lib/usercopy.c of Linux 2.6.20.</remarks>
public sealed class UserAccess
{
    private readonly Machine _machine;
    private readonly MemoryLayout _layout;
    private readonly KernelAddressSpace _kernel;
    private readonly UserMemory _memory;

    internal UserAccess(Machine machine, MemoryLayout layout, KernelAddressSpace kernel, UserMemory memory)
    {
        _machine = machine;
        _layout = layout;
        _kernel = kernel;
        _memory = memory;
    }

    /// <summary><c>sizeof(void *)</c> of the processes.</summary>
    internal int PointerSize => _layout.PointerSize;

    /// <summary><c>access_ok</c>: the range lies below TASK_SIZE and does not wrap. Says nothing about what is mapped.</summary>
    public bool AccessOk(UserVirtualAddress address, ulong size) => size <= _layout.TaskSize && address.Value <= _layout.TaskSize - size;

    /// <summary><c>(ssize_t)count &lt; 0</c>: with the sign bit of this machine's long set.</summary>
    internal bool IsNegative(ulong count) => count > (_layout.Is64Bit ? (ulong)long.MaxValue : int.MaxValue);

    /// <summary><c>copy_to_user</c> from host memory that holds the driver's data.</summary>
    /// <returns>Bytes that could not be copied; 0 is success.</returns>
    public ulong CopyTo(MmStruct? mm, UserVirtualAddress to, ReadOnlySpan<byte> from)
    {
        AtomicContext.MightSleepToFault(_machine, "copy_to_user");
        if (mm is null || !AccessOk(to, (ulong)from.Length))
            return (ulong)from.Length;
        Span<byte> readOnly = MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(from), from.Length);
        return Missing(mm, to, readOnly, AccessType.Store);
    }

    /// <summary><c>copy_from_user</c> into host memory. What could not be read is zeroed.</summary>
    /// <returns>Bytes that could not be copied; 0 is success.</returns>
    public ulong CopyFrom(MmStruct? mm, Span<byte> to, UserVirtualAddress from)
    {
        AtomicContext.MightSleepToFault(_machine, "copy_from_user");
        ulong missing = mm is not null && AccessOk(from, (ulong)to.Length) ? Missing(mm, from, to, AccessType.Load) : (ulong)to.Length;
        to[(to.Length - (int)missing)..].Clear();
        return missing;
    }

    /// <summary><c>raw_copy_from_user</c> into host memory: what could not be read leaves what was there.</summary>
    /// <returns>Bytes that could not be copied; 0 is success.</returns>
    internal ulong RawCopyFrom(MmStruct? mm, Span<byte> to, UserVirtualAddress from)
    {
        AtomicContext.MightSleepToFault(_machine, "copy_from_user");
        return mm is not null && AccessOk(from, (ulong)to.Length) ? Missing(mm, from, to, AccessType.Load) : (ulong)to.Length;
    }

    /// <summary><c>copy_to_user</c> from kernel memory.</summary>
    /// <returns>Bytes that could not be copied; 0 is success.</returns>
    /// <exception cref="KernelOopsException">The kernel address is bad, or the count is negative.</exception>
    public ulong CopyTo(MmStruct? mm, UserVirtualAddress to, KernelVirtualAddress from, ulong count)
    {
        AtomicContext.MightSleepToFault(_machine, "copy_to_user");
        ThrowIfNegative(count, "copy_to_user");
        if (mm is null || !AccessOk(to, count))
            return count;
        ThrowIfUser(from, count, "copy_to_user");
        while (count != 0)
        {
            Span<byte> piece = _kernel.Bytes(from, AccessType.Load, count);
            ulong missing = Missing(mm, to, piece, AccessType.Store);
            ulong done = (ulong)piece.Length - missing;
            count -= done;
            if (missing != 0)
                break;
            from += done;
            to += done;
        }

        return count;
    }

    /// <summary><c>copy_from_user</c> into kernel memory. What could not be read is zeroed.</summary>
    /// <returns>Bytes that could not be copied; 0 is success.</returns>
    /// <exception cref="KernelOopsException">The kernel address is bad, or the count is negative.</exception>
    public ulong CopyFrom(MmStruct? mm, KernelVirtualAddress to, UserVirtualAddress from, ulong count)
    {
        AtomicContext.MightSleepToFault(_machine, "copy_from_user");
        ThrowIfNegative(count, "copy_from_user");
        ThrowIfUser(to, count, "copy_from_user");
        if (mm is not null && AccessOk(from, count))
        {
            while (count != 0)
            {
                Span<byte> piece = _kernel.Bytes(to, AccessType.Store, count);
                ulong missing = Missing(mm, from, piece, AccessType.Load);
                ulong done = (ulong)piece.Length - missing;
                count -= done;
                to += done;
                from += done;
                if (missing != 0)
                    break;
            }
        }

        _kernel.Fill(to, 0, count);
        return count;
    }

    /// <summary><c>__copy_to_user_inatomic</c>: never faults a page in, so it may be called in atomic context.</summary>
    /// <returns>Bytes that could not be copied.</returns>
    public ulong CopyToInatomic(MmStruct? mm, UserVirtualAddress to, KernelVirtualAddress from, ulong count) =>
        CopyInatomic(mm, to, from, count, AccessType.Store);

    /// <summary><c>__copy_from_user_inatomic</c>: never faults a page in, so it may be called in atomic context.</summary>
    /// <returns>Bytes that could not be copied.</returns>
    public ulong CopyFromInatomic(MmStruct? mm, KernelVirtualAddress to, UserVirtualAddress from, ulong count) =>
        CopyInatomic(mm, from, to, count, AccessType.Load);

    /// <summary><c>clear_user</c>: zeroes user memory.</summary>
    /// <returns>Bytes that could not be cleared.</returns>
    public ulong Clear(MmStruct? mm, UserVirtualAddress to, ulong count)
    {
        AtomicContext.MightSleepToFault(_machine, "clear_user");
        if (mm is null || !AccessOk(to, count))
            return count;
        Span<byte> zeros = stackalloc byte[512];
        zeros.Clear();
        while (count != 0)
        {
            int length = (int)Math.Min(count, (ulong)zeros.Length);
            ulong missing = Missing(mm, to, zeros[..length], AccessType.Store);
            count -= (ulong)length - missing;
            to += (ulong)length;
            if (missing != 0)
                break;
        }

        return count;
    }

    /// <summary><c>get_user</c>: one value; zero if it cannot be read.</summary>
    /// <returns>0 or -EFAULT.</returns>
    public KernelResult Get<T>(MmStruct? mm, out T value, UserVirtualAddress from) where T : unmanaged
    {
        AtomicContext.MightSleepToFault(_machine, "get_user");
        value = default;
        if (mm is null || !AccessOk(from, (ulong)Unsafe.SizeOf<T>()))
            return -Errno.EFAULT;
        T read = default;
        if (Missing(mm, from, MemoryMarshal.AsBytes(new Span<T>(ref read)), AccessType.Load) != 0)
            return -Errno.EFAULT;
        value = read;
        return 0;
    }

    /// <summary><c>put_user</c>: one value.</summary>
    /// <returns>0 or -EFAULT.</returns>
    public KernelResult Put<T>(MmStruct? mm, T value, UserVirtualAddress to) where T : unmanaged
    {
        AtomicContext.MightSleepToFault(_machine, "put_user");
        return mm is not null && AccessOk(to, (ulong)Unsafe.SizeOf<T>())
            && Missing(mm, to, MemoryMarshal.AsBytes(new Span<T>(ref value)), AccessType.Store) == 0
            ? 0
            : -Errno.EFAULT;
    }

    /// <summary><c>BUG_ON((long) n &lt; 0)</c>: a count that a driver computed below zero.</summary>
    private void ThrowIfNegative(ulong count, string function)
    {
        if (IsNegative(count))
            throw new KernelOopsException($"kernel BUG in {function}: the count 0x{count:x} is negative");
    }

    /// <summary>The kernel's side of a copy is not in user space: then the two were swapped, or both are the process's.</summary>
    private void ThrowIfUser(KernelVirtualAddress address, ulong count, string function)
    {
        if (count != 0 && address.Value >= PageGeometry.PageSize && address.Value < _layout.TaskSize)
        {
            throw new KernelOopsException(
                $"Unable to handle kernel paging request at virtual address {_layout.Pointer(address.Value)}\n"
                + $"{function}() got {_layout.Describe(address.Value)} where the kernel's address belongs",
                KernelRule.UserCopyArgumentsSwapped);
        }
    }

    /// <summary>Copies as far as the process could itself; the kernel stops at the page, the processor at the byte, and the rest of a page is all or nothing.</summary>
    private ulong Missing(MmStruct mm, UserVirtualAddress user, Span<byte> kernel, AccessType access)
    {
        FaultResult result = _memory.Access(mm, user, kernel, access, out UserVirtualAddress fault);
        return result <= FaultResult.Major ? 0 : (ulong)kernel.Length - (fault - user);
    }

    private ulong CopyInatomic(MmStruct? mm, UserVirtualAddress user, KernelVirtualAddress kernel, ulong count, AccessType access)
    {
        if (mm is null || !AccessOk(user, count))
            return count;
        ThrowIfUser(kernel, count, access == AccessType.Store ? "__copy_to_user_inatomic" : "__copy_from_user_inatomic");
        while (count != 0)
        {
            Span<byte> piece = _kernel.Bytes(kernel, access == AccessType.Store ? AccessType.Load : AccessType.Store, count);
            int done = _memory.CopyPresent(mm, user, piece, access);
            count -= (ulong)done;
            kernel += (ulong)done;
            user += (ulong)done;
            if (done != piece.Length)
                break;
        }

        return count;
    }
}
