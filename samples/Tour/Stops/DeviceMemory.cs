// A display card: claimed with request_mem_region, its registers read with readl, its pixels mapped into two processes.
using Samples.FrameBuffer;

namespace Samples.Tour.Stops;

internal static class DeviceMemory
{
    public static void Visit(Guide guide)
    {
        Kernel kernel = guide.Kernel;
        var module = new FrameBufferModule();
        kernel.InsertModule(module);
        guide.Say("samples/FrameBuffer claims its card's memory, ioremaps the registers, and reads the geometry with readl.");
        guide.Show(guide.Grep("/proc/iomem", "isplay", "framebuffer"));
        guide.Show(kernel.Log.Lines.Last().Message);

        UserProcess left = kernel.CreateProcess("left"), right = kernel.CreateProcess("right");
        Canvas mine = new(left), theirs = new(right);
        mine[160, 100] = 0xFFCC66;
        guide.Say("Two processes map the pixels, write-combined (PWT), and the registers, uncached (PCD). One draws, the other sees it.");
        guide.Show(kernel.WalkPageTables(right, theirs.Pixels).Split('\n')[2].Trim());
        guide.Show(kernel.WalkPageTables(right, theirs.Registers).Split('\n')[2].Trim());
        guide.Show($"{left} stores {mine[160, 100]:x6} at (160, 100); {right} loads {theirs[160, 100]:x6}");
        guide.Claim(theirs[160, 100] == 0xFFCC66, "a pixel drawn by one process is seen by the other");

        uint before = theirs.Frame;
        mine.Present();
        guide.Show($"frame counter in the mapped register page: {before}, after an ioctl {theirs.Frame}");
        guide.Claim(theirs.Frame == before + 1, "a load from the register page reaches the device");
        Errno refused = ErrnoOf(() => right.Mprotect(theirs.Registers, PageSize, Protection.Read | Protection.Write));
        guide.Claim(refused == Errno.EACCES, "the register page stays read-only");
        left.Exit();
        right.Exit();
        kernel.RemoveModule(module);
    }

    private static Errno ErrnoOf(Action call)
    {
        try
        {
            call();
            return Errno.None;
        }
        catch (SyscallException error)
        {
            return error.Errno;
        }
    }
}
