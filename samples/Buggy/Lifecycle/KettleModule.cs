// DK8005, DK8009, DK8010: a kettle, with a page too many given back, an answer that is not one, and a sleep that nobody ends.
namespace Samples.Buggy;

public sealed class KettleModule : MiscModule
{
    public const uint Descale = 1;

    private readonly WaitQueueHead _queue = new("kettle");
    private volatile bool _boils;

    protected override FileOperations Operations => new() { Owner = this, UnlockedIoctl = Ioctl, Read = Read, Write = Write };

    private static KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case Descale:
                return Test();
            default:
                return -EINVAL; // DK8009
        }
    }

    private static KernelResult Test()
    {
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        Printk($"kettle: descales with {PageToPfn(page)}");
        PutPage(page);
        PutPage(page); // DK8005
        return 0;
    }

    // A write that comes while the reader waits for the lid wakes nobody.
    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        while (!_boils)
        {
            Msleep(1);
            InterruptibleSleepOn(_queue); // DK8010
        }

        _boils = false;
        return 0;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        _boils = true;
        WakeUpInterruptible(_queue);
        return count;
    }
}
