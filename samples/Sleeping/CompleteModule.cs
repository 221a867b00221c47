// Each write to /dev/complete lets one reader go, whether it waits already or comes later. After complete.c of Linux Device Drivers, 3rd
// edition, chapter 5. The wait is not interruptible: only a write ends it.
namespace Samples.Sleeping;

public sealed class CompleteModule : KernelModule
{
    private readonly Cdev _cdev = new();
    private readonly Completion _comp = new("comp");
    private DeviceNumber _device;

    public override KernelResult Init()
    {
        KernelResult result = AllocChrdevRegion(out _device, 0, 1, "complete");
        if (result.IsError)
            return result;
        CdevInit(_cdev, new() { Owner = this, Read = Read, Write = Write });
        result = CdevAdd(_cdev, _device, 1);
        if (result.IsError)
            UnregisterChrdevRegion(_device, 1);
        return result;
    }

    public override void Exit()
    {
        CdevDel(_cdev);
        UnregisterChrdevRegion(_device, 1);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Printk(LogLevel.Debug, $"process {Current.Pid} ({Current.Comm}) going to sleep");
        WaitForCompletion(_comp);
        Printk(LogLevel.Debug, $"awoken {Current.Pid} ({Current.Comm})");
        return 0;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Printk(LogLevel.Debug, $"process {Current.Pid} ({Current.Comm}) awakening the readers...");
        Complete(_comp);
        return count;
    }
}
