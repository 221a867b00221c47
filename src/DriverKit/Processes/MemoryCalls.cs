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
