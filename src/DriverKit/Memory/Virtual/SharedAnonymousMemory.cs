using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>MAP_SHARED | MAP_ANONYMOUS: an unnamed file in memory, so that a process and its children see the same pages (<c>shmem_zero_setup</c>, mm/shmem.c).</summary>
internal sealed class SharedAnonymousMemory(FileMappings files, IAddressSpaceOperations storage, Overcommit overcommit)
{
    private static readonly DeviceNumber MemoryFileSystem = new(0, 1);

    private ulong _lastInode;

    /// <summary>Puts a fresh file of the area's length behind it, charged as a whole (<c>shmem_acct_size</c>).</summary>
    /// <returns>0, or -ENOMEM when there may not be that much more.</returns>
    public KernelResult Attach(VmAreaStruct vma)
    {
        ulong charged = vma.Has(VmFlags.NoReserve) ? 0 : vma.Length >> PageGeometry.PageShift;
        if (charged != 0 && !overcommit.Allows((MmStruct)vma.VmMm, charged))
            return -Errno.ENOMEM;
        var inode = new Inode(InodeType.Regular, MemoryFileSystem, ++_lastInode) { ISize = (long)vma.Length, INlink = 0 };
        var mapping = new AddressSpace(inode, storage);
        inode.IMapping = mapping;
        overcommit.Committed += charged;
        vma.VmFile = new OpenFile(inode, "/dev/zero (deleted)", OpenFlags.ReadWrite)
        {
            Released = _ =>
            {
                files.Truncate(mapping, 0);
                overcommit.Committed -= charged;
            },
        };
        return files.Mmap(vma.VmFile, vma);
    }
}
