using DriverKit.Memory.Physical;

namespace DriverKit.Contracts;

/// <summary><c>struct address_space</c>: the pages of one file that are in memory, and the areas that map it (<c>linux/fs.h</c>).</summary>
internal sealed class AddressSpace(Inode host, IAddressSpaceOperations operations)
{
    private VmAreaStruct? _firstArea;

    /// <summary><c>host</c>: the file.</summary>
    public Inode Host { get; } = host;

    /// <summary><c>a_ops</c>: the storage behind the pages.</summary>
    public IAddressSpaceOperations AOps { get; } = operations;

    /// <summary><c>page_tree</c>: the pages by their place in the file.</summary>
    public Dictionary<ulong, Page> Pages { get; } = [];

    /// <summary><c>i_mmap</c>: the areas that map the file, shared or private, in no order.</summary>
    public IEnumerable<VmAreaStruct> IMmap
    {
        get
        {
            for (VmAreaStruct? vma = _firstArea; vma is not null; vma = vma.SharedNext)
                yield return vma;
        }
    }

    /// <summary><c>__vma_link_file</c>.</summary>
    public void Link(VmAreaStruct vma)
    {
        vma.SharedNext = _firstArea;
        if (_firstArea is not null)
            _firstArea.SharedPrev = vma;
        _firstArea = vma;
    }

    /// <summary><c>unlink_file_vma</c>.</summary>
    public void Unlink(VmAreaStruct vma)
    {
        if (vma.SharedPrev is { } previous)
            previous.SharedNext = vma.SharedNext;
        else if (_firstArea == vma)
            _firstArea = vma.SharedNext;
        if (vma.SharedNext is { } next)
            next.SharedPrev = vma.SharedPrev;
        vma.SharedNext = vma.SharedPrev = null;
    }
}

/// <summary><c>struct address_space_operations</c>: how pages come from the storage and go back.</summary>
internal interface IAddressSpaceOperations
{
    /// <summary>True when the pages have no storage but swap, as those of shared anonymous memory.</summary>
    bool IsSwapBacked { get; }

    /// <summary><c>readpage</c>: fills a zeroed frame with what the storage holds.</summary>
    /// <returns>True if the storage had to be read; false for a hole, which stays zero.</returns>
    bool ReadPage(AddressSpace mapping, ulong index, Span<byte> frame);

    /// <summary>Copies what the storage holds, and changes nothing about it.</summary>
    /// <returns>False for a hole; the frame is as it was then.</returns>
    bool Peek(AddressSpace mapping, ulong index, Span<byte> frame);

    /// <summary><c>writepage</c>: takes the contents of a page.</summary>
    /// <returns>False when the storage is full; the page stays dirty.</returns>
    bool WritePage(AddressSpace mapping, ulong index, ReadOnlySpan<byte> frame);

    /// <summary>Forgets what the storage holds from a page on (<c>truncate</c>).</summary>
    void Discard(AddressSpace mapping, ulong first);
}
