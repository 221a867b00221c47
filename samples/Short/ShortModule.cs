// The parallel port as the simplest hardware there is: its ports as devices (/dev/short0 and on), and its interrupt (/dev/shortint). After short.c of Linux Device
// Drivers, 3rd edition, chapters 9 and 10; what goes wrong on the way in is unwound here, which the book leaves out.
namespace Samples.Short;

public sealed class ShortModule : KernelModule
{
    private const ulong NrPorts = 8;

    /// <summary>Minors from here on are /dev/shortint.</summary>
    private const uint InterruptMinor = 0x80;

    private readonly ShortRing _ring = new();
    private FileOperations _portOps = null!, _interruptOps = null!;
    private ShortPorts _ports = null!;
    private ShortInterrupts _interrupts = null!;
    private IoAddress _registers;
    private uint _major;
    private int _irq;

    /// <summary>The first port, or with use_mem the address of the first register.</summary>
    [ModuleParam]
    public ulong Base { get; set; } = 0x378;

    /// <summary>The line; negative: find out.</summary>
    [ModuleParam]
    public int Irq { get; set; } = -1;

    /// <summary>How to find out: 1 asks the kernel, 2 does it by hand, 0 goes by the port.</summary>
    [ModuleParam]
    public int Probe { get; set; }

    /// <summary>Other drivers may have handlers on the line.</summary>
    [ModuleParam]
    public int Share { get; set; }

    /// <summary>Records are written by a tasklet.</summary>
    [ModuleParam]
    public int Tasklet { get; set; }

    /// <summary>Records are written by a worker thread.</summary>
    [ModuleParam]
    public int Wq { get; set; }

    /// <summary>The registers are device memory.</summary>
    [ModuleParam]
    public int UseMem { get; set; }

    /// <summary>The major; 0: a free one.</summary>
    [ModuleParam]
    public uint Major { get; set; }

    public override KernelResult Init()
    {
        if (Claim() is null)
        {
            Printk(LogLevel.Info, $"short: can't get I/O {(UseMem != 0 ? "mem" : "port")} address 0x{Base:x}");
            return -ENODEV;
        }

        KernelResult result = Map();
        if (result.IsError)
            Release();
        return result;
    }

    public override void Exit()
    {
        if (_irq >= 0)
        {
            Iowrite8(0, _registers + ParallelPort.Control);
            FreeIrq((uint)_irq, DevId);
        }

        _interrupts.Stop();
        UnregisterChrdev(_major, Name);
        _ring.Free();
        Unmap();
        Release();
    }

    /// <summary>A shared line needs something that tells its handlers apart.</summary>
    private ShortModule? DevId => Share > 0 ? this : null;

    private Resource? Claim() => UseMem != 0 ? RequestMemRegion(new(Base), NrPorts, Name) : RequestRegion(Base, NrPorts, Name);

    private void Release()
    {
        if (UseMem != 0)
            ReleaseMemRegion(new(Base), NrPorts);
        else
            ReleaseRegion(Base, NrPorts);
    }

    // Ports get an address too, so that ioread8 reaches both: /dev/short0m works without use_mem, and the interrupt side need not know.
    private KernelResult Map()
    {
        _registers = UseMem != 0 ? Ioremap(new(Base), NrPorts) : IoportMap(Base, (uint)NrPorts);
        if (_registers.IsNull)
            return -ENOMEM;
        KernelResult result = _ring.Allocate();
        if (result.IsSuccess)
        {
            result = Register();
            if (result.IsError)
                _ring.Free();
        }

        if (result.IsError)
            Unmap();
        return result;
    }

    private void Unmap()
    {
        if (UseMem != 0)
            Iounmap(_registers);
        else
            IoportUnmap(_registers);
    }

    private KernelResult Register()
    {
        _ports = new(Base, _registers, UseMem != 0);
        _interrupts = new(_ring, _registers);
        _interruptOps = new() { Owner = this, Open = Open, Release = Close, Read = ReadRecords, Write = Toggle };
        _portOps = new() { Owner = this, Open = Open, Release = Close, Read = Read, Write = Write, Poll = Poll };
        KernelResult result = RegisterChrdev(Major, Name, _portOps);
        if (result.IsError)
        {
            Printk(LogLevel.Info, "short: can't get major number");
            return result;
        }

        _major = Major == 0 ? (uint)result.Value : Major;
        _irq = Irq >= 0 ? Irq : FindIrq();
        if (_irq >= 0)
            StartInterrupts();
        return 0;
    }

    private int FindIrq()
    {
        int irq = Probe switch
        {
            1 => ShortProbe.ByKernel(_registers),
            2 => new ShortProbe().ByHand(_registers),
            _ => -1,
        };
        if (irq >= 0)
            return irq;
        return Base switch
        {
            0x378 => 7,
            0x278 => 2,
            0x3bc => 5,
            _ => -1,
        };
    }

    // Without a line the ports still work, so it is no reason to fail.
    private void StartInterrupts()
    {
        (IrqHandler handler, string name) = (Share > 0, Tasklet > 0, Wq > 0) switch
        {
            (true, _, _) => ((IrqHandler)_interrupts.Shared, "short"),
            (_, true, _) => (_interrupts.ForTasklet, "short-bh"),
            (_, _, true) => (_interrupts.ForWork, "short-bh"),
            _ => (_interrupts.Plain, "short"),
        };
        if (RequestIrq((uint)_irq, handler, Share > 0 ? SaShirq | SaInterrupt : SaInterrupt, name, DevId).IsError)
        {
            Printk(LogLevel.Info, $"short: can't get assigned irq {_irq}");
            _irq = -1;
            return;
        }

        Iowrite8(ParallelPort.InterruptEnable, _registers + ParallelPort.Control);
    }

    private KernelResult Open(Inode inode, OpenFile filp)
    {
        if ((Iminor(inode) & InterruptMinor) != 0)
            filp.FOp = _interruptOps;
        return 0;
    }

    private static KernelResult Close(Inode inode, OpenFile filp) => 0;

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => _ports.Read(Iminor(filp.Inode), buffer, count);

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => _ports.Write(Iminor(filp.Inode), buffer, count);

    private static PollEvents Poll(OpenFile filp, PollTable? wait) => PollEvents.In | PollEvents.RdNorm | PollEvents.Out | PollEvents.WrNorm;

    private KernelResult ReadRecords(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position) => _ring.Read(buffer, count);

    // What is written does not matter, only how much: the data pins go up and down in turn.
    private KernelResult Toggle(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong start = (ulong)position;
        for (ulong i = 0; i < count; i++)
        {
            Iowrite8((start + i) % 2 == 0 ? (byte)0xff : (byte)0x00, _registers + ParallelPort.Data);
            Wmb();
        }

        position += (long)count;
        return count;
    }
}
