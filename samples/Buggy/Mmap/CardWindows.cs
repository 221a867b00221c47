// DK4001, DK4002, DK4005, DK4010, DK4011, DK4014: ways to map the registers of the card into a process, one node each.
namespace Samples.Buggy;

/// <summary>Checks the offset and forgets the length: a process maps what lies behind the card.</summary>
public sealed class RegistersModule : MiscModule
{
    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0)
            return -EINVAL;
        return IoRemapPfnRange(vma, vma.VmStart, Card.Registers.ToPfn(), vma.Length, vma.VmPageProt); // DK4001
    }
}

/// <summary>Checks both, by a sum that wraps.</summary>
public sealed class OverlayModule : MiscModule
{
    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        if (offset + vma.Length > Card.Size) // DK4002
            return -EINVAL;
        return IoRemapPfnRange(vma, vma.VmStart, (Card.Registers + offset).ToPfn(), vma.Length, vma.VmPageProt);
    }
}

/// <summary>Enters a raw frame in an area that has not been marked as one of raw frames.</summary>
public sealed class DoorbellModule : MiscModule
{
    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize || vma.IsCopyOnWrite)
            return -EINVAL;
        vma.VmFlags |= VmFlags.Io;
        return VmInsertPfn(vma, vma.VmStart, Card.Registers.ToPfn()); // DK4005
    }
}

/// <summary>Makes a protection of its own, of the bits that came to mind.</summary>
public sealed class PaletteModule : MiscModule
{
    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        PageProtection uncached = new(PageProtection.User | PageProtection.Writable | PageProtection.CacheDisable);
        return IoRemapPfnRange(vma, vma.VmStart, Card.Registers.ToPfn(), PageSize, uncached); // DK4010
    }
}

/// <summary>Turns the cache off when the entries have been made.</summary>
public sealed class StatusModule : MiscModule
{
    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        KernelResult result = IoRemapPfnRange(vma, vma.VmStart, Card.Registers.ToPfn(), PageSize, vma.VmPageProt);
        vma.VmPageProt = PgprotNoncached(vma.VmPageProt); // DK4011
        return result;
    }
}

/// <summary>Ported from remap_page_range(), which took an address.</summary>
public sealed class TunerModule : MiscModule
{
    protected override FileOperations Operations => new() { Owner = this, Mmap = Mmap };

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff != 0 || vma.Length != PageSize)
            return -EINVAL;
        return RemapPfnRange(vma, vma.VmStart, new Pfn(Card.Registers.Value), PageSize, vma.VmPageProt); // DK4014
    }
}
