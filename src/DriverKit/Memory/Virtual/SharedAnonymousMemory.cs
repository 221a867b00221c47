using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>MAP_SHARED | MAP_ANONYMOUS: an unnamed file in memory, so that a process and its children see the same pages (<c>shmem_zero_setup</c>).</summary>
internal sealed class SharedAnonymousMemory
{
    private static readonly DeviceNumber MemoryFileSystem = new(0, 1);

    private readonly PhysicalMemory _memory;
    private readonly VmOperationsStruct _operations;
    private ulong _lastInode;

    public SharedAnonymousMemory(PhysicalMemory memory)
    {
        _memory = memory;
        _operations = new VmOperationsStruct { Nopage = Nopage };
    }

    /// <summary>Puts a fresh file behind an area.</summary>
    public void Attach(VmAreaStruct vma)
    {
        var inode = new Inode(InodeType.Regular, MemoryFileSystem, ++_lastInode);
        var pages = new Dictionary<ulong, Page>();
        vma.VmFile = new OpenFile(inode, "/dev/zero (deleted)", OpenFlags.ReadWrite)
        {
            PrivateData = pages,
            Released = _ => FreePages(pages),
        };
        vma.VmOps = _operations;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        var pages = (Dictionary<ulong, Page>)vma.VmFile!.PrivateData!;
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageGeometry.PageShift);
        if (!pages.TryGetValue(index, out Page? page))
        {
            page = _memory.PageAllocator.Allocate(GfpFlags.HighUser | GfpFlags.Zero);
            if (page is null)
                return NopageResult.Oom;
            pages.Add(index, page);
        }

        _memory.PageAllocator.Get(page);
        return page;
    }

    private void FreePages(Dictionary<ulong, Page> pages)
    {
        foreach (Page page in pages.Values)
            _memory.PageAllocator.Put(page);
    }
}
