namespace DriverKit.Benchmarks.Workloads;

/// <summary>A character driver as small as drivers get: pages allocated at load, mapped by nopage, read and written by copies, one ioctl.</summary>
internal sealed class BenchDriver(int pages) : KernelModule
{
    public const string Path = "/dev/bench";

    /// <summary>Reports a number through the argument, as FIONREAD does.</summary>
    public const uint Fionread = 0x541B;

    private readonly Page[] _pages = new Page[pages];
    private readonly byte[] _bytes = new byte[PageSize];
    private VmOperationsStruct _vmOperations = new();
    private MiscDevice? _device;

    public override KernelResult Init()
    {
        for (int i = 0; i < _pages.Length; i++)
        {
            if (AllocPage(GfpFlags.Kernel | GfpFlags.Zero) is not { } page)
                return -ENOMEM;
            _pages[i] = page;
        }

        _vmOperations = new VmOperationsStruct { Nopage = Nopage };
        _device = new MiscDevice
        {
            Name = "bench",
            Fops = new FileOperations { Owner = this, Read = Read, Write = Write, Ioctl = Ioctl, Mmap = Mmap },
        };
        return MiscRegister(_device);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
        CopyToUser(buffer, _bytes.AsSpan(0, (int)count)) != 0 ? -EFAULT : count;

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) =>
        CopyFromUser(_bytes.AsSpan(0, (int)count), buffer) != 0 ? -EFAULT : count;

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument) =>
        command == Fionread ? PutUser(_bytes.Length, new UserVirtualAddress(argument)) : -ENOTTY;

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmOps = _vmOperations;
        return 0;
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        ulong index = ((address - vma.VmStart) >> PageShift) + vma.VmPgoff;
        if (index >= (ulong)_pages.Length)
            return NopageResult.Sigbus;
        Page page = _pages[index];
        GetPage(page);
        type = FaultType.Minor;
        return page;
    }
}
