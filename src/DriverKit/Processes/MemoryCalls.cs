using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>mmap(2).</summary>
internal readonly struct MmapCall(UserVirtualAddress address, ulong length, Protection protection, MapFlags flags, int fd, ulong offset) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        ulong pgoff = offset >> PageGeometry.PageShift;
        if (offset % PageGeometry.PageSize != 0 || (pgoff > uint.MaxValue && !process.Kernel.Memory.Layout.Is64Bit))
            return -Errno.EINVAL;
        using FileHold file = (flags & MapFlags.Anonymous) == 0 ? process.Files.Hold(fd) : default;
        if ((flags & MapFlags.Anonymous) == 0 && file.File is null)
            return -Errno.EBADF;
        using MmapSem.Held held = process.Kernel.VirtualMemory.MmapSem.Write(process.Mm);
        KernelResult result = process.Kernel.VirtualMemory.Mapper.Map(process.Mm, address, length, protection, flags, file.File, pgoff, out UserVirtualAddress mapped);
        return result.Value != 0 ? result : mapped.Value;
    }

    public string Describe() => $"mmap({address}, {length}, {Strace.Flags(protection)}, {Strace.Flags(flags)}, {fd}, 0x{offset:x})";
}

/// <summary>munmap(2).</summary>
internal readonly struct MunmapCall(UserVirtualAddress address, ulong length) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        VirtualMemory memory = process.Kernel.VirtualMemory;
        using MmapSem.Held held = memory.MmapSem.Write(process.Mm);
        return memory.Unmapper.Unmap(process.Mm, address, length);
    }

    public string Describe() => $"munmap({address}, {length})";
}

/// <summary>mprotect(2).</summary>
internal readonly struct MprotectCall(UserVirtualAddress address, ulong length, Protection protection) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        VirtualMemory memory = process.Kernel.VirtualMemory;
        using MmapSem.Held held = memory.MmapSem.Write(process.Mm);
        return memory.Protector.Protect(process.Mm, address, length, protection);
    }

    public string Describe() => $"mprotect({address}, {length}, {Strace.Flags(protection)})";
}

/// <summary>brk(2), as the kernel does it: it returns where the heap ends and never fails.</summary>
internal readonly struct BrkCall(UserVirtualAddress brk) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        VirtualMemory memory = process.Kernel.VirtualMemory;
        using MmapSem.Held held = memory.MmapSem.Write(process.Mm);
        return memory.AddressSpaces.MoveBrk(process.Mm, brk).Value;
    }

    public string Describe() => $"brk({brk})";
}

/// <summary>mremap(2).</summary>
internal readonly struct MremapCall(UserVirtualAddress oldAddress, ulong oldLength, ulong newLength, MremapFlags flags, UserVirtualAddress newAddress) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        using MmapSem.Held held = process.Kernel.VirtualMemory.MmapSem.Write(process.Mm);
        KernelResult result = process.Kernel.VirtualMemory.Mover.Remap(process.Mm, oldAddress, oldLength, newLength, flags, newAddress, out UserVirtualAddress moved);
        return result.IsError ? result : moved.Value;
    }

    public string Describe() => $"mremap({oldAddress}, {oldLength}, {newLength}, {Strace.Flags(flags)}, {newAddress})";
}

/// <summary>madvise(2).</summary>
internal readonly struct MadviseCall(UserVirtualAddress address, ulong length, MemoryAdvice advice) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        VirtualMemory memory = process.Kernel.VirtualMemory;
        using MmapSem.Held held = MemoryHints.OnlyReads(advice) ? memory.MmapSem.Read(process.Mm) : memory.MmapSem.Write(process.Mm);
        return memory.Hints.Advise(process.Mm, address, length, advice);
    }

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
            int found = Look(process, address + (done << PageGeometry.PageShift), batch);
            if (access.CopyTo(process.Mm, vec + done, batch[..found]) != 0)
                return -Errno.EFAULT;
            if (found < batch.Length)
                return -Errno.ENOMEM;
            done += (ulong)found;
        }

        return 0;
    }

    private static int Look(UserProcess process, UserVirtualAddress address, Span<byte> pages)
    {
        VirtualMemory memory = process.Kernel.VirtualMemory;
        using MmapSem.Held held = memory.MmapSem.Read(process.Mm);
        return memory.Hints.Mincore(process.Mm, address, pages);
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
    public KernelResult Execute(UserProcess process)
    {
        VirtualMemory memory = process.Kernel.VirtualMemory;
        using MmapSem.Held held = memory.MmapSem.Write(process.Mm);
        return memory.Locking.Lock(process.Mm, address, length);
    }

    public string Describe() => $"mlock({address}, {length})";
}

/// <summary>munlock(2).</summary>
internal readonly struct MunlockCall(UserVirtualAddress address, ulong length) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        VirtualMemory memory = process.Kernel.VirtualMemory;
        using MmapSem.Held held = memory.MmapSem.Write(process.Mm);
        return memory.Locking.Unlock(process.Mm, address, length);
    }

    public string Describe() => $"munlock({address}, {length})";
}

/// <summary>mlockall(2).</summary>
internal readonly struct MlockallCall(MlockallFlags flags) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        VirtualMemory memory = process.Kernel.VirtualMemory;
        using MmapSem.Held held = memory.MmapSem.Write(process.Mm);
        return memory.Locking.LockAll(process.Mm, flags);
    }

    public string Describe() => $"mlockall({Strace.Flags(flags)})";
}

/// <summary>munlockall(2).</summary>
internal readonly struct MunlockallCall : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        VirtualMemory memory = process.Kernel.VirtualMemory;
        using MmapSem.Held held = memory.MmapSem.Write(process.Mm);
        return memory.Locking.UnlockAll(process.Mm);
    }

    public string Describe() => "munlockall()";
}
