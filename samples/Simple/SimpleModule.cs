// The two ways to give a process pages: /dev/simpler fills the page tables when it is mapped (remap_pfn_range), /dev/simplen hands out
// each page when it is first touched (nopage). After simple.c of Linux Device Drivers, 3rd edition, chapter 15.
namespace Samples.Simple;

public sealed class SimpleModule : KernelModule
{
    private const uint MaxSimpleDev = 2;

    private static readonly VmOperationsStruct RemapVmOps = new() { Open = VmaOpen, Close = VmaClose };
    private static readonly VmOperationsStruct NopageVmOps = new() { Open = VmaOpen, Close = VmaClose, Nopage = VmaNopage };

    private readonly Cdev _remap = new(), _nopage = new();
    private DeviceNumber _first;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _first, 0, MaxSimpleDev, "simple");
        if (result.IsError)
        {
            Printk(LogLevel.Warning, "simple: unable to get a major");
            return result;
        }

        SetupCdev(_remap, 0, new() { Owner = this, Open = Open, Release = Release, Mmap = RemapMmap });
        SetupCdev(_nopage, 1, new() { Owner = this, Open = Open, Release = Release, Mmap = NopageMmap });
        return 0;
    }

    public override void Exit()
    {
        CdevDel(_remap);
        CdevDel(_nopage);
        UnregisterChrdevRegion(_first, MaxSimpleDev);
    }

    private void SetupCdev(Cdev cdev, uint minor, FileOperations ops)
    {
        CdevInit(cdev, ops);
        cdev.Owner = this;
        if (CdevAdd(cdev, _first + minor, 1) is { IsError: true } error)
            Printk(LogLevel.Notice, $"Error {error.Value} adding simple{minor}");
    }

    private static KernelResult Open(Inode inode, OpenFile filp) => 0;

    private static KernelResult Release(Inode inode, OpenFile filp) => 0;

    private static void VmaOpen(VmAreaStruct vma) =>
        Printk(LogLevel.Notice, $"Simple VMA open, virt {vma.VmStart.Value:x}, phys {vma.VmPgoff << PageShift:x}");

    private static void VmaClose(VmAreaStruct vma) => Printk(LogLevel.Notice, "Simple VMA close.");

    // The kernel does not call ->open for the area it hands to mmap: a driver that counts does it itself.
    private static KernelResult RemapMmap(OpenFile filp, VmAreaStruct vma)
    {
        if (RemapPfnRange(vma, vma.VmStart, new Pfn(vma.VmPgoff), vma.Length, vma.VmPageProt).IsError)
            return -EAGAIN;

        vma.VmOps = RemapVmOps;
        VmaOpen(vma);
        return 0;
    }

    private static KernelResult NopageMmap(OpenFile filp, VmAreaStruct vma)
    {
        PhysicalAddress offset = new Pfn(vma.VmPgoff).ToPhysical();
        if (offset >= Pa(HighMemory) || (filp.FFlags & OpenFlags.Sync) != 0)
            vma.VmFlags |= VmFlags.Io;
        vma.VmFlags |= VmFlags.Reserved;

        vma.VmOps = NopageVmOps;
        VmaOpen(vma);
        return 0;
    }

    // A frame without a struct page is device memory, which nopage cannot hand out: SIGBUS. The reference is dropped by the unmapping.
    private static NopageResult VmaNopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        Pfn frame = new Pfn(vma.VmPgoff) + ((address - vma.VmStart) >> PageShift);
        if (!PfnValid(frame))
            return NopageResult.Sigbus;

        Page page = PfnToPage(frame);
        GetPage(page);
        type = FaultType.Minor;
        return page;
    }
}
