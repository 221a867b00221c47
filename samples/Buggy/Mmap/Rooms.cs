// DK4006, DK4007, DK4012, DK4015: areas whose faults get a page of their own each, and how not to keep count of them.
namespace Samples.Buggy;

/// <summary>Counts its areas down, and up only in the mmap handler: fork and a split of an area make others.</summary>
public sealed class MeetingModule : MiscModule
{
    private readonly VmOperationsStruct _vmOps;
    private int _areas;

    public MeetingModule() => _vmOps = new() { Close = VmaClose, Nopage = Room.Nopage }; // DK4006

    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps;
        _areas++;
        return 0;
    }

    private void VmaClose(VmAreaStruct vma) => _areas--;
}

/// <summary>Counts in open and close, and forgets that the kernel opens no area that it hands to the mmap handler.</summary>
public sealed class LobbyModule : MiscModule
{
    private readonly VmOperationsStruct _vmOps;
    private int _areas;

    public LobbyModule() => _vmOps = new() { Open = VmaOpen, Close = VmaClose, Nopage = Room.Nopage };

    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps; // DK4007
        return 0;
    }

    private void VmaOpen(VmAreaStruct vma) => _areas++;

    private void VmaClose(VmAreaStruct vma) => _areas--;
}

/// <summary>Says nowhere that the area is a driver's, so the kernel merges it and lets it grow.</summary>
public sealed class AnnexModule : MiscModule
{
    private readonly VmOperationsStruct _vmOps = new() { Nopage = Room.Nopage };

    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length > Room.Size)
            return -EINVAL;
        vma.VmOps = _vmOps; // DK4012
        return 0;
    }
}

/// <summary>Answers an access beyond its end with "try again".</summary>
public sealed class CellarModule : MiscModule
{
    private readonly VmOperationsStruct _vmOps = new() { Nopage = Nopage };

    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = _vmOps;
        return 0;
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong offset = (vma.VmPgoff << PageShift) + (address - vma.VmStart);
        if (offset >= Room.Size)
            return NopageResult.Refault; // DK4015
        return Room.Nopage(vma, address, ref type);
    }
}

/// <summary>What is right in all of them.</summary>
internal static class Room
{
    public const ulong Size = 4 * PageSize;

    /// <summary>A new page for each fault: its only reference goes to the page table.</summary>
    public static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if ((vma.VmPgoff << PageShift) + (address - vma.VmStart) >= Size)
            return NopageResult.Sigbus;
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        return page is null ? NopageResult.Oom : page;
    }
}
