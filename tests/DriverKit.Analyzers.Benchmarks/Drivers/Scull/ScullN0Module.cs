namespace Drivers.ScullN0;

public sealed class ScullN0Module : KernelModule
{
    private const int Count = 4;

    private readonly SeqOperations _seq;
    private readonly List<ScullN0Device> _devices = [];
    private DeviceNumber _first;

    public ScullN0Module() => _seq = new() { Start = SeqStart, Next = SeqNext, Stop = SeqStop, Show = SeqShow };

    [ModuleParam]
    public int Quantum { get; set; } = 4000;

    [ModuleParam]
    public int QSet { get; set; } = 1000;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _first, 0, Count, "scullN0");
        if (result.IsError)
        {
            Printk(LogLevel.Warning, "scullN0: can't get a major");
            return result;
        }

        for (int i = 0; i < Count; i++)
        {
            var device = new ScullN0Device(this, i);
            result = CdevAdd(device, _first + (uint)i, 1);
            if (result.IsError)
                goto fail;
            _devices.Add(device);
        }

        return 0;

    fail:
        Printk(LogLevel.Notice, $"scullN0: error {result.Value} adding a device");
        foreach (ScullN0Device device in _devices)
            CdevDel(device);
        _devices.Clear();
        UnregisterChrdevRegion(_first, Count);
        return result;
    }

    public override void Exit()
    {
        foreach (ScullN0Device device in _devices)
        {
            CdevDel(device);
            device.Trim();
        }

        _devices.Clear();
        UnregisterChrdevRegion(_first, Count);
    }

    public KernelResult OpenList(Inode inode, OpenFile filp) => SeqOpen(filp, _seq);

    private object? SeqStart(SeqFile m, ref long position) => position >= _devices.Count ? null : _devices[(int)position];

    private object? SeqNext(SeqFile m, object v, ref long position)
    {
        position++;
        return position >= _devices.Count ? null : _devices[(int)position];
    }

    private static void SeqStop(SeqFile m, object? v)
    {
    }

    private static KernelResult SeqShow(SeqFile m, object v)
    {
        var device = (ScullN0Device)v;
        if (DownInterruptible(device.Sem).IsError)
            return -ERESTARTSYS;
        SeqPuts(m, device.Describe());
        SeqPutc(m, '\n');
        Up(device.Sem);
        return 0;
    }
}
