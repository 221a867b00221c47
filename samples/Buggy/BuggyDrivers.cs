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

    /// <summary>In the running kernel alone, which names the line: no compiler sees it.</summary>
    AtRunTimeOnly,
}

public static class BuggyDrivers
{
    public static IReadOnlyList<BuggyDriver> All { get; } =
    [
        new("DK1001", kernel => Ioctl(kernel, new MotorModule(), MotorModule.Home)),
        new("DK1002", CopyAndPaste),
        new("DK1003", kernel => Ioctl(kernel, new MotorModule(), MotorModule.AddMove)),
        new("DK1004", kernel => Ioctl(kernel, new MotorModule(), MotorModule.GetPosition)),
        new("DK1005", kernel => Ioctl(kernel, new WatchdogModule(), WatchdogModule.Start).Nanosleep(TimeSpan.FromSeconds(1))),
        new("DK1006", Brake),
        new("DK2001", kernel => Touch(kernel, new RingModule())),
        new("DK2002", kernel => Touch(kernel, new CaptureModule())),
        new("DK2006", kernel => Ioctl(kernel, new ScopeModule(), ScopeModule.GetModel)),
        new("DK2007", kernel => Ioctl(kernel, new ScopeModule(), ScopeModule.SetGain)),
        new("DK2008", kernel => Ioctl(kernel, new ScopeModule(), ScopeModule.GetTrace)),
        new("DK2009", kernel => Ioctl(kernel, new ScopeModule(), ScopeModule.GetStatus)),
        new("DK3001", kernel => Ioctl(kernel, new SpriteModule(), SpriteModule.Clear)),
        new("DK3002", kernel => Ioctl(kernel, new SpriteModule(), SpriteModule.Copy)),
        new("DK3003", EraseWhatIsNotThere, Shows.Later),
        new("DK3006", kernel => Ioctl(kernel, new MailboxModule(), MailboxModule.First)),
        new("DK3007", kernel => Ioctl(kernel, new MailboxModule(), MailboxModule.Post)),
        new("DK3008", kernel => Ioctl(kernel, new MailboxModule(), MailboxModule.Verify)),
        new("DK3010", ResetWhileMapped),
        new("DK3012", kernel => Ioctl(kernel, new MailboxModule(), MailboxModule.Lend)),
        new("DK3013", WriteAndUnload, Shows.AtRunTimeOnly),
        new("DK4004", MapTwice, Shows.Later),
        new("DK4005", kernel => Touch(kernel, new DoorbellModule())),
        new("DK4008", RefreshWhileMapped),
        new("DK4010", kernel => Touch(kernel, new PaletteModule())),
        new("DK4014", kernel => Touch(kernel, new TunerModule())),
        new("DK4015", ReadBeyondTheEnd, Shows.Later),
        new("DK7001", kernel => Ioctl(kernel, new AccountModule(), AccountModule.Double)),
        new("DK7002", CloseAnEmptyAccount),
        new("DK7003", TakeWhatIsNotThere, Shows.Later),
        new("DK7004", SaveAndAudit, Shows.Later),
        new("DK7005", kernel => Ioctl(kernel, new PagerModule(), PagerModule.Send), Shows.Later),
        new("DK7006", kernel => Ioctl(kernel, new AccountModule(), AccountModule.Freeze)),
        new("DK8002", OpenAfterExit, Shows.Later),
        new("DK8003", OpenAfterFailedInit, Shows.Later),
        new("DK8005", kernel => Ioctl(kernel, new KettleModule(), KettleModule.Descale)),
        new("DK8007", SwitchOnAfterExit, Shows.Later),
        new("DK8010", WaitForTheKettle, Shows.Later),
    ];

    /// <summary>Boots a machine and lets a session happen on it.</summary>
    /// <returns>What the kernel found; null when nothing happened.</returns>
    public static KernelFinding? Run(BuggyDriver driver)
    {
        using var kernel = Kernel.Boot(options: new KernelOptions { TrackModuleMemory = true });
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

    /// <summary>A program that has opened the node of a driver that has just been loaded.</summary>
    private static (UserProcess Process, int Fd) Open(Kernel kernel, MiscModule module)
    {
        kernel.InsertModule(module);
        UserProcess process = kernel.CreateProcess("victim");
        return (process, process.Open($"/dev/{module.Name}", OpenFlags.ReadWrite));
    }

    /// <summary>A program that does one ioctl, with a page of its own as the argument.</summary>
    private static UserProcess Ioctl(Kernel kernel, MiscModule module, uint command)
    {
        (UserProcess process, int fd) = Open(kernel, module);
        process.Ioctl(fd, command, process.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous));
        return process;
    }

    private static void Touch(Kernel kernel, MiscModule module)
    {
        (UserProcess process, int fd) = Open(kernel, module);
        Touch(process, fd);
    }

    /// <summary>The program maps a page of the device and reads it.</summary>
    private static UserVirtualAddress Touch(UserProcess process, int fd)
    {
        UserVirtualAddress area = process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, fd);
        process.Load<uint>(area);
        return area;
    }

    private static void CopyAndPaste(Kernel kernel)
    {
        (UserProcess process, int fd) = Open(kernel, new ClipboardModule());
        process.Write(fd, "to be pasted"u8);
        process.Lseek(fd, 0);
        process.Read(fd, new byte[64]);
    }

    private static void WriteAndUnload(Kernel kernel)
    {
        var module = new JournalModule();
        (UserProcess process, int fd) = Open(kernel, module);
        process.Write(fd, "first"u8);
        process.Write(fd, "second"u8);
        process.Close(fd);
        kernel.RemoveModule(module);
    }

    private static void Brake(Kernel kernel)
    {
        (UserProcess process, int fd) = Open(kernel, new MotorModule());
        process.Fsync(fd);
    }

    private static void EraseWhatIsNotThere(Kernel kernel)
    {
        (UserProcess process, int fd) = Open(kernel, new SpriteModule());
        process.Write(fd, [7, 0, 0, 0]);
    }

    private static void ResetWhileMapped(Kernel kernel)
    {
        (UserProcess process, int fd) = Open(kernel, new FrameModule());
        process.Mmap(default, PageSize, Protection.Read, MapFlags.Private, fd);
        process.Ioctl(fd, FrameModule.Reset);
        process.Ioctl(fd, FrameModule.Reset);
    }

    private static void MapTwice(Kernel kernel)
    {
        (UserProcess process, int fd) = Open(kernel, new BadgeModule());

        // Memory of its own beside it keeps the page table, which else would be made of the page that comes free.
        process.Load<uint>(process.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous));
        for (int i = 0; i < 2; i++)
            process.Munmap(Touch(process, fd), PageSize);
    }

    private static void RefreshWhileMapped(Kernel kernel)
    {
        (UserProcess process, int fd) = Open(kernel, new PosterModule());
        Touch(process, fd);
        process.Ioctl(fd, PosterModule.Refresh);
    }

    private static void ReadBeyondTheEnd(Kernel kernel)
    {
        (UserProcess process, int fd) = Open(kernel, new CellarModule());
        UserVirtualAddress area = process.Mmap(default, Room.Size + PageSize, Protection.Read, MapFlags.Shared, fd);
        process.Load<uint>(area + Room.Size);
    }

    private static void CloseAnEmptyAccount(Kernel kernel)
    {
        (UserProcess process, int fd) = Open(kernel, new AccountModule());
        process.Fsync(fd);
    }

    private static void TakeWhatIsNotThere(Kernel kernel)
    {
        (UserProcess process, int fd) = Open(kernel, new AccountModule());
        process.Read(fd, new byte[1]);
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

    private static void SwitchOnAfterExit(Kernel kernel)
    {
        var module = new LampModule();
        kernel.InsertModule(module);
        kernel.RemoveModule(module);
        kernel.Machine.Interrupts[Card.Irq].Raise();
        kernel.CreateProcess("victim").Nanosleep(TimeSpan.FromMilliseconds(1));
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
