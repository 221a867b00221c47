using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>mmap(2).</summary>
internal readonly struct MmapCall(UserVirtualAddress address, ulong length, Protection protection, MapFlags flags, int fd, ulong offset) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        ulong pgoff = offset >> PageGeometry.PageShift;
        if (offset % PageGeometry.PageSize != 0 || (pgoff > uint.MaxValue && !process.Kernel.Memory.Layout.Is64Bit))
            return -Errno.EINVAL;
        OpenFile? file = null;
        if ((flags & MapFlags.Anonymous) == 0 && (file = process.Files.Get(fd)) is null)
            return -Errno.EBADF;
        KernelResult result = process.Kernel.VirtualMemory.Mapper.Map(process.Mm, address, length, protection, flags, file, pgoff, out UserVirtualAddress mapped);
        return result.Value != 0 ? result : mapped.Value;
    }

    public string Describe() => $"mmap({address}, {length}, {Strace.Flags(protection)}, {Strace.Flags(flags)}, {fd}, 0x{offset:x})";
}

/// <summary>munmap(2).</summary>
internal readonly struct MunmapCall(UserVirtualAddress address, ulong length) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.VirtualMemory.Unmapper.Unmap(process.Mm, address, length);

    public string Describe() => $"munmap({address}, {length})";
}

/// <summary>mprotect(2).</summary>
internal readonly struct MprotectCall(UserVirtualAddress address, ulong length, Protection protection) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.VirtualMemory.Protector.Protect(process.Mm, address, length, protection);

    public string Describe() => $"mprotect({address}, {length}, {Strace.Flags(protection)})";
}

/// <summary>brk(2), as the kernel does it: it returns where the heap ends and never fails.</summary>
internal readonly struct BrkCall(UserVirtualAddress brk) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.VirtualMemory.AddressSpaces.MoveBrk(process.Mm, brk).Value;

    public string Describe() => $"brk({brk})";
}

/// <summary>mremap(2).</summary>
internal readonly struct MremapCall(UserVirtualAddress oldAddress, ulong oldLength, ulong newLength, MremapFlags flags, UserVirtualAddress newAddress) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        KernelResult result = process.Kernel.VirtualMemory.Mover.Remap(process.Mm, oldAddress, oldLength, newLength, flags, newAddress, out UserVirtualAddress moved);
        return result.IsError ? result : moved.Value;
    }

    public string Describe() => $"mremap({oldAddress}, {oldLength}, {newLength}, {Strace.Flags(flags)}, {newAddress})";
}

/// <summary>madvise(2).</summary>
internal readonly struct MadviseCall(UserVirtualAddress address, ulong length, MemoryAdvice advice) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.VirtualMemory.Hints.Advise(process.Mm, address, length, advice);

    public string Describe() => $"madvise({address}, {length}, {advice})";
}

/// <summary>mincore(2).</summary>
internal readonly struct MincoreCall(UserVirtualAddress address, ulong length, UserVirtualAddress vec) : ISystemCall
{
    private const int Batch = 4096;

    public KernelResult Execute(UserProcess process)
    {
        UserAccess access = process.Kernel.VirtualMemory.UserAccess;
        ulong pages = (length >> PageGeometry.PageShift) + (length % PageGeometry.PageSize != 0 ? 1ul : 0);
        if (!address.IsPageAligned)
            return -Errno.EINVAL;
        if (!access.AccessOk(address, length))
            return -Errno.ENOMEM;
        if (!access.AccessOk(vec, pages))
            return -Errno.EFAULT;
        Span<byte> bytes = stackalloc byte[Batch];
        for (ulong done = 0; done < pages;)
        {
            Span<byte> batch = bytes[..(int)Math.Min(pages - done, Batch)];
            int found = process.Kernel.VirtualMemory.Hints.Mincore(process.Mm, address + (done << PageGeometry.PageShift), batch);
            if (access.CopyTo(process.Mm, vec + done, batch[..found]) != 0)
                return -Errno.EFAULT;
            if (found < batch.Length)
                return -Errno.ENOMEM;
            done += (ulong)found;
        }

        return 0;
    }

    public string Describe() => $"mincore({address}, {length}, {vec})";
}

/// <summary>msync(2).</summary>
internal readonly struct MsyncCall(UserVirtualAddress address, ulong length, MsyncFlags flags) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.VirtualMemory.Hints.Sync(process.Mm, address, length, flags);

    public string Describe() => $"msync({address}, {length}, {Strace.Flags(flags)})";
}

/// <summary>mlock(2).</summary>
internal readonly struct MlockCall(UserVirtualAddress address, ulong length) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.VirtualMemory.Locking.Lock(process.Mm, address, length);

    public string Describe() => $"mlock({address}, {length})";
}

/// <summary>munlock(2).</summary>
internal readonly struct MunlockCall(UserVirtualAddress address, ulong length) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.VirtualMemory.Locking.Unlock(process.Mm, address, length);

    public string Describe() => $"munlock({address}, {length})";
}

/// <summary>mlockall(2).</summary>
internal readonly struct MlockallCall(MlockallFlags flags) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.VirtualMemory.Locking.LockAll(process.Mm, flags);

    public string Describe() => $"mlockall({Strace.Flags(flags)})";
}

/// <summary>munlockall(2).</summary>
internal readonly struct MunlockallCall : ISystemCall
{
    public KernelResult Execute(UserProcess process) => process.Kernel.VirtualMemory.Locking.UnlockAll(process.Mm);

    public string Describe() => "munlockall()";
}
