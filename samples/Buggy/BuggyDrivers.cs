// Every bug that the running kernel can find, and what a process does to make it show. Where each of them stands, a comment with its id says.
namespace Samples.Buggy;

/// <summary>A bug and how it comes to light.</summary>
/// <param name="Id">The rule, as the compiler and the running kernel both name it; the guilty line ends in a comment with it.</param>
/// <param name="Session">What goes on, on a machine that has just booted: insmod, and innocent programs.</param>
/// <param name="Shows">Where the kernel notices.</param>
public sealed record BuggyDriver(string Id, Action<Kernel> Session, Shows Shows = Shows.AtTheLine);

/// <summary>Where the harm of a bug shows.</summary>
public enum Shows
{
    /// <summary>At the guilty line itself, which is in the call trace.</summary>
    AtTheLine,

    /// <summary>After it: when the call has returned to the kernel, the module is gone, or nothing can run any more. The report has the rule, and the line is the compiler's to name.</summary>
    Later,
}

public static class BuggyDrivers
{
    public static IReadOnlyList<BuggyDriver> All { get; } =
    [
        new("DK1001", kernel => Ioctl(kernel, new MotorModule(), "/dev/motor", MotorModule.Home)),
        new("DK1002", CopyAndPaste),
        new("DK1003", kernel => Ioctl(kernel, new MotorModule(), "/dev/motor", MotorModule.AddMove)),
        new("DK1004", kernel => Ioctl(kernel, new MotorModule(), "/dev/motor", MotorModule.GetPosition)),
        new("DK1005", kernel => Ioctl(kernel, new WatchdogModule(), "/dev/watchdog", WatchdogModule.Start).Nanosleep(TimeSpan.FromSeconds(1))),
        new("DK1006", Brake),
        new("DK2001", kernel => Touch(kernel, new RingModule(), "/dev/ring")),
        new("DK2002", kernel => Touch(kernel, new CaptureModule(), "/dev/capture")),
        new("DK2006", kernel => Ioctl(kernel, new ScopeModule(), "/dev/scope", ScopeModule.GetModel)),
        new("DK2007", kernel => Ioctl(kernel, new ScopeModule(), "/dev/scope", ScopeModule.SetGain)),
        new("DK2008", kernel => Ioctl(kernel, new ScopeModule(), "/dev/scope", ScopeModule.GetTrace)),
        new("DK2009", kernel => Ioctl(kernel, new ScopeModule(), "/dev/scope", ScopeModule.GetStatus)),
        new("DK3001", kernel => Ioctl(kernel, new SpriteModule(), "/dev/sprite", SpriteModule.Clear)),
        new("DK3002", kernel => Ioctl(kernel, new SpriteModule(), "/dev/sprite", SpriteModule.Copy)),
        new("DK3003", EraseWhatIsNotThere, Shows.Later),
        new("DK3006", kernel => Ioctl(kernel, new MailboxModule(), "/dev/mailbox", MailboxModule.First)),
        new("DK3007", kernel => Ioctl(kernel, new MailboxModule(), "/dev/mailbox", MailboxModule.Post)),
        new("DK3008", kernel => Ioctl(kernel, new MailboxModule(), "/dev/mailbox", MailboxModule.Verify)),
        new("DK3010", ResetWhileMapped),
        new("DK3012", kernel => Ioctl(kernel, new MailboxModule(), "/dev/mailbox", MailboxModule.Lend)),
        new("DK4004", MapTwice, Shows.Later),
        new("DK4005", kernel => Touch(kernel, new DoorbellModule(), "/dev/doorbell")),
        new("DK4008", RefreshWhileMapped),
        new("DK4010", kernel => Touch(kernel, new PaletteModule(), "/dev/palette")),
        new("DK4014", kernel => Touch(kernel, new TunerModule(), "/dev/tuner")),
        new("DK4015", ReadBeyondTheEnd, Shows.Later),
        new("DK7001", kernel => Ioctl(kernel, new AccountModule(), "/dev/account", AccountModule.Double)),
        new("DK7002", CloseAnEmptyAccount),
        new("DK7003", TakeWhatIsNotThere, Shows.Later),
        new("DK7004", SaveAndAudit, Shows.Later),
        new("DK7005", kernel => Ioctl(kernel, new PagerModule(), "/dev/pager", PagerModule.Send), Shows.Later),
        new("DK7006", kernel => Ioctl(kernel, new AccountModule(), "/dev/account", AccountModule.Freeze)),
        new("DK8002", OpenAfterExit, Shows.Later),
        new("DK8003", OpenAfterFailedInit, Shows.Later),
        new("DK8005", kernel => Ioctl(kernel, new KettleModule(), "/dev/kettle", KettleModule.Descale)),
        new("DK8010", WaitForTheKettle, Shows.Later),
    ];

    /// <summary>Boots a machine and lets a session happen on it.</summary>
    /// <returns>What the kernel found; null when nothing happened.</returns>
    public static KernelFinding? Run(BuggyDriver driver)
    {
        using var kernel = Kernel.Boot();
        kernel.AddDevice(new MmioMemory("Capture card", CaptureModule.CardStart, CaptureModule.CardSize));
        kernel.AddDevice(new MmioRegisters("Card", Card.Registers, Card.Size, new Card(kernel.Machine.Interrupts[Card.Irq])));
        try
        {
            driver.Session(kernel);
            return null;
        }
        catch (KernelOopsException oops)
        {
            return new(oops.RuleId, oops.Report);
        }
        catch (DeadlockException deadlock)
        {
            return new(deadlock.Rule?.Id, deadlock.Report);
        }
    }

    /// <summary>A program that does one ioctl, with a page of its own as the argument.</summary>
    private static UserProcess Ioctl(Kernel kernel, KernelModule module, string device, uint command)
    {
        kernel.InsertModule(module);
        UserProcess process = kernel.CreateProcess("victim");
        UserVirtualAddress buffer = process.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Ioctl(process.Open(device, OpenFlags.ReadWrite), command, buffer);
        return process;
    }

    /// <summary>A program that maps a page of a device and reads it.</summary>
    private static UserProcess Touch(Kernel kernel, KernelModule module, string device)
    {
        kernel.InsertModule(module);
        UserProcess process = kernel.CreateProcess("victim");
        UserVirtualAddress area = process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, process.Open(device, OpenFlags.ReadWrite));
        process.Load<uint>(area);
        return process;
    }

    private static void CopyAndPaste(Kernel kernel)
    {
        kernel.InsertModule(new ClipboardModule());
        UserProcess process = kernel.CreateProcess("victim");
        int fd = process.Open("/dev/clipboard", OpenFlags.ReadWrite);
        process.Write(fd, "to be pasted"u8);
        process.Lseek(fd, 0);
        process.Read(fd, new byte[64]);
    }

    private static void Brake(Kernel kernel)
    {
        kernel.InsertModule(new MotorModule());
        UserProcess process = kernel.CreateProcess("victim");
        process.Fsync(process.Open("/dev/motor", OpenFlags.ReadWrite));
    }

    private static void EraseWhatIsNotThere(Kernel kernel)
    {
        kernel.InsertModule(new SpriteModule());
        UserProcess process = kernel.CreateProcess("victim");
        process.Write(process.Open("/dev/sprite", OpenFlags.ReadWrite), [7, 0, 0, 0]);
    }

    private static void ResetWhileMapped(Kernel kernel)
    {
        kernel.InsertModule(new FrameModule());
        UserProcess process = kernel.CreateProcess("victim");
        int fd = process.Open("/dev/frame", OpenFlags.ReadWrite);
        process.Mmap(default, PageSize, Protection.Read, MapFlags.Private, fd);
        process.Ioctl(fd, FrameModule.Reset);
        process.Ioctl(fd, FrameModule.Reset);
    }

    private static void MapTwice(Kernel kernel)
    {
        kernel.InsertModule(new BadgeModule());
        UserProcess process = kernel.CreateProcess("victim");
        int fd = process.Open("/dev/badge", OpenFlags.ReadWrite);

        // Memory of its own beside it keeps the page table, which else would be made of the page that comes free.
        process.Load<uint>(process.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous));
        for (int i = 0; i < 2; i++)
        {
            UserVirtualAddress area = process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, fd);
            process.Load<uint>(area);
            process.Munmap(area, PageSize);
        }
    }

    private static void RefreshWhileMapped(Kernel kernel)
    {
        UserProcess process = Touch(kernel, new PosterModule(), "/dev/poster");
        process.Ioctl(process.Open("/dev/poster", OpenFlags.ReadWrite), PosterModule.Refresh);
    }

    private static void ReadBeyondTheEnd(Kernel kernel)
    {
        kernel.InsertModule(new CellarModule());
        UserProcess process = kernel.CreateProcess("victim");
        UserVirtualAddress area = process.Mmap(default, Room.Size + PageSize, Protection.Read, MapFlags.Shared, process.Open("/dev/cellar", OpenFlags.ReadWrite));
        process.Load<uint>(area + Room.Size);
    }

    private static void CloseAnEmptyAccount(Kernel kernel)
    {
        kernel.InsertModule(new AccountModule());
        UserProcess process = kernel.CreateProcess("victim");
        process.Fsync(process.Open("/dev/account", OpenFlags.ReadWrite));
    }

    private static void TakeWhatIsNotThere(Kernel kernel)
    {
        kernel.InsertModule(new AccountModule());
        UserProcess process = kernel.CreateProcess("victim");
        process.Read(process.Open("/dev/account", OpenFlags.ReadWrite), new byte[1]);
    }

    private static void SaveAndAudit(Kernel kernel)
    {
        kernel.InsertModule(new AccountModule());
        foreach (uint command in new[] { AccountModule.Save, AccountModule.Audit })
            kernel.Spawn($"teller{command}", process => process.Ioctl(process.Open("/dev/account", OpenFlags.ReadWrite), command));
        kernel.Run();
    }

    private static void OpenAfterExit(Kernel kernel)
    {
        var module = new GhostModule();
        kernel.InsertModule(module);
        kernel.RemoveModule(module);
        kernel.CreateProcess("victim").Open("/dev/ghost");
    }

    private static void OpenAfterFailedInit(Kernel kernel)
    {
        try
        {
            kernel.InsertModule(new HalfModule());
        }
        catch (SyscallException refused) when (refused.Errno == Errno.EBUSY)
        {
            kernel.CreateProcess("victim").Open("/dev/half");
        }
    }

    private static void WaitForTheKettle(Kernel kernel)
    {
        kernel.InsertModule(new KettleModule());
        kernel.Spawn("reader", process => process.Read(process.Open("/dev/kettle", OpenFlags.ReadWrite), new byte[1]));
        kernel.Spawn("writer", process => process.Write(process.Open("/dev/kettle", OpenFlags.ReadWrite), [1]));
        kernel.Run();
    }
}

/// <summary>What the running kernel says of a bug.</summary>
/// <param name="RuleId">The rule that was broken; null when the kernel found something else.</param>
/// <param name="Report">Its report.</param>
public sealed record KernelFinding(string? RuleId, string Report);
