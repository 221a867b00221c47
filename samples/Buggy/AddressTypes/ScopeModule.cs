// DK2003 to DK2009: an oscilloscope card, whose driver takes one kind of address for another.
namespace Samples.Buggy;

public sealed class ScopeModule : MiscModule
{
    public const uint StartDma = 1, ClearScreen = 2, GetModel = 3, SetGain = 4, GetTrace = 5, GetStatus = 6;
    private const ulong BufferSize = 8192, TraceSize = 64, DmaAddress = 0x80, Status = 4;

    private IoAddress _registers;
    private KernelLogicalAddress _buffer;
    private Page? _screen;

    protected override FileOperations Operations => new() { Owner = this, UnlockedIoctl = Ioctl, Mmap = Mmap };

    public override KernelResult Init()
    {
        KernelResult result = -ENOMEM;
        _buffer = Kzalloc(BufferSize, GfpFlags.Kernel);
        _screen = AllocPage(GfpFlags.HighUser);
        _registers = Ioremap(Card.Registers, Card.Size);
        if (!_buffer.IsNull && _screen is not null && !_registers.IsNull)
            result = base.Init();
        if (result.IsError)
            Free();
        return result;
    }

    public override void Exit()
    {
        base.Exit();
        Free();
    }

    private void Free()
    {
        Iounmap(_registers);
        if (_screen is not null)
            FreePage(_screen);
        Kfree(_buffer);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command switch
    {
        StartDma => Start(),
        ClearScreen => Clear(),
        GetModel => Model(),
        SetGain => Gain(new(argument)),
        GetTrace => Trace(new(argument)),
        GetStatus => Ready(),
        _ => -ENOTTY,
    };

    // A device sees the bus, and an IOMMU may lie between the two.
    private KernelResult Start()
    {
        Writel((uint)VirtToPhys(_buffer).Value, _registers + DmaAddress); // DK2003
        return 0;
    }

    // Pages and bytes: an offset of 8000 pages is let in.
    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.VmPgoff + vma.Length > Card.Size) // DK2004
            return -EINVAL;
        Pfn pfn = Card.Registers.ToPfn() + vma.VmPgoff;
        return IoRemapPfnRange(vma, vma.VmStart, pfn, vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    private KernelResult Clear()
    {
        Memset(PageAddress(_screen!), 0, PageSize); // DK2005
        return 0;
    }

    // It worked for the memory of the first card, which was below 1 MiB.
    private static KernelResult Model()
    {
        KernelLogicalAddress card = PhysToVirt(Card.Registers); // DK2006
        return Load<uint>(card);
    }

    private KernelResult Gain(UserVirtualAddress from)
    {
        uint gain = Load<uint>(new KernelVirtualAddress(from.Value)); // DK2007
        Writel(gain & 0xff, _registers);
        return 0;
    }

    // memcpy's order: the casts were put in until it compiled.
    private KernelResult Trace(UserVirtualAddress to)
    {
        ulong left = CopyFromUser(new KernelVirtualAddress(to.Value), new UserVirtualAddress(_buffer.Value), TraceSize); // DK2008
        return left == 0 ? 0 : -EFAULT;
    }

    private KernelResult Ready()
    {
        var status = new KernelVirtualAddress(_registers.Value + Status);
        return Load<uint>(status) & 1; // DK2009
    }
}
