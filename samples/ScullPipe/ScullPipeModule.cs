// Pipes in the kernel: /dev/scullpipe0 to 3. Reads and writes block, poll and SIGIO tell when they would not. After pipe.c of Linux Device
// Drivers, 3rd edition, chapters 5 and 6, as the book has it: each open empties the device, whoever else has it open.
namespace Samples.ScullPipe;

public sealed class ScullPipeModule : KernelModule
{
    private ScullPipeDevice[] _devices = [];
    private DeviceNumber _first;

    [ModuleParam]
    public int ScullPNrDevs { get; set; } = 4;

    [ModuleParam]
    public int ScullPBuffer { get; set; } = 4000;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _first, 0, (uint)ScullPNrDevs, "scullpipe");
        if (result.IsError)
        {
            Printk(LogLevel.Notice, $"Unable to get scullp region, error {result.Value}");
            return result;
        }

        _devices = [.. Enumerable.Range(0, ScullPNrDevs).Select(i => new ScullPipeDevice(this, i))];
        for (int i = 0; i < ScullPNrDevs; i++)
        {
            if (CdevAdd(_devices[i], _first + (uint)i, 1) is { IsError: true } error)
                Printk(LogLevel.Notice, $"Error {error.Value} adding scullpipe{i}");
        }

        CreateProcReadEntry("scullpipe", 0, null, ReadMem, null);
        return 0;
    }

    public override void Exit()
    {
        RemoveProcEntry("scullpipe", null);
        foreach (ScullPipeDevice device in _devices)
            CdevDel(device);
        UnregisterChrdevRegion(_first, (uint)ScullPNrDevs);
    }

    private KernelResult ReadMem(KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? data)
    {
        // Nothing is begun in the last 200 bytes of the page.
        int limit = (int)PageSize - 200;
        int length = Sprintf(page, $"Default buffersize is {ScullPBuffer}\n");
        for (int i = 0; i < ScullPNrDevs && length <= limit; i++)
        {
            if (_devices[i].Describe(page + length) is var result && result.IsError)
                return result;
            length += (int)result.Value;
        }

        eof = length <= limit;
        return length;
    }
}
