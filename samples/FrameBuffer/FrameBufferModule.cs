// A frame buffer driver: claims its device's memory, reads the geometry from the registers, and maps the pixels into whoever asks.
namespace Samples.FrameBuffer;

public sealed class FrameBufferModule : KernelModule
{
    private static readonly PhysicalAddress Pixels = new(Display.PixelsStart), Registers = new(Display.RegistersStart);

    private readonly MiscDevice _misc;
    private IoAddress _registers;
    private FrameBufferGeometry _geometry;

    public FrameBufferModule() =>
        _misc = new() { Name = "fb0", Fops = new() { Owner = this, Ioctl = Ioctl, Mmap = Mmap } };

    public override KernelResult Init()
    {
        if (RequestMemRegion(Registers, PageSize, Name) is null)
            return -EBUSY;
        KernelResult result = Probe();
        if (result.IsError)
            ReleaseMemRegion(Registers, PageSize);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        ReleaseMemRegion(Pixels, _geometry.MemoryLength);
        Iounmap(_registers);
        ReleaseMemRegion(Registers, PageSize);
    }

    private KernelResult Probe()
    {
        _registers = Ioremap(Registers, PageSize);
        if (_registers.IsNull)
            return -ENOMEM;
        KernelResult result = Read(DisplayRegister.Id) == Display.Magic ? Start() : -ENODEV;
        if (result.IsError)
            Iounmap(_registers);
        return result;
    }

    private KernelResult Start()
    {
        uint height = Read(DisplayRegister.Height), lineLength = Read(DisplayRegister.LineLength);
        _geometry = new(Read(DisplayRegister.Width), height, lineLength, (uint)PageAlign(height * lineLength));
        if (RequestMemRegion(Pixels, _geometry.MemoryLength, Name) is null)
            return -EBUSY;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            ReleaseMemRegion(Pixels, _geometry.MemoryLength);
        else
            Printk(LogLevel.Info, $"fb0: {_geometry.Width}x{height}, {_geometry.MemoryLength >> 10}k at {Pixels}");
        return result;
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case FrameBufferIoctl.GetGeometry:
                return PutUser(_geometry, new UserVirtualAddress(argument));
            case FrameBufferIoctl.Present:
                Writel(1, _registers + (ulong)DisplayRegister.Present);
                return 0;
            default:
                return -ENOTTY;
        }
    }

    // Offset 0 is the first pixel; the register page lies behind the last page of pixels, to be read only.
    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        ulong pixelPages = _geometry.MemoryLength >> PageShift;
        return vma.VmPgoff < pixelPages
            ? MapPixels(vma, pixelPages)
            : MapRegisters(vma, vma.VmPgoff - pixelPages);
    }

    private static KernelResult MapPixels(VmAreaStruct vma, ulong pixelPages)
    {
        // Pages, not bytes, and a difference, not a sum: nothing here can wrap, whatever offset and length the process made up.
        ulong first = vma.VmPgoff, pages = vma.Length >> PageShift;
        if (first >= pixelPages || pages > pixelPages - first)
            return -EINVAL;
        if (vma.IsCopyOnWrite)
            return -EINVAL; // A private map would draw into copies that nobody sees.

        vma.VmPageProt = PgprotWritecombine(vma.VmPageProt); // Before the remap: the entries are made with it.
        return Remap(vma, Pixels.ToPfn() + first);
    }

    private static KernelResult MapRegisters(VmAreaStruct vma, ulong page)
    {
        if (page != 0 || vma.Length != PageSize)
            return -EINVAL;
        if ((vma.VmFlags & VmFlags.Write) != 0)
            return -EPERM;

        vma.VmFlags &= ~VmFlags.MayWrite; // Or mprotect would give it after all.
        vma.VmPageProt = PgprotNoncached(vma.VmPageProt);
        return Remap(vma, Registers.ToPfn());
    }

    private static KernelResult Remap(VmAreaStruct vma, Pfn pfn)
    {
        vma.VmFlags |= VmFlags.Io | VmFlags.DontExpand | VmFlags.Reserved;
        return IoRemapPfnRange(vma, vma.VmStart, pfn, vma.Length, vma.VmPageProt).IsError ? -EAGAIN : 0;
    }

    private uint Read(DisplayRegister register) => Readl(_registers + (ulong)register);
}
