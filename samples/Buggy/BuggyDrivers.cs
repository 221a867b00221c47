// Every driver of this project with the rule it breaks and what a process does to make it show.
namespace Samples.Buggy;

/// <summary>A driver with one bug.</summary>
/// <param name="Id">The rule, as the compiler and the running kernel both name it.</param>
/// <param name="File">The source file; the guilty line ends in a comment with the id.</param>
/// <param name="NewModule">Makes the driver.</param>
/// <param name="Provoke">What an innocent program does until the kernel stops.</param>
public sealed record BuggyDriver(string Id, string File, Func<KernelModule> NewModule, Action<UserProcess> Provoke);

public static class BuggyDrivers
{
    public static IReadOnlyList<BuggyDriver> All { get; } =
    [
        new("DK1002", "ClipboardModule.cs", () => new ClipboardModule(), CopyAndPaste),
        new("DK2001", "RingModule.cs", () => new RingModule(), process => Touch(process, "/dev/ring")),
        new("DK2002", "CaptureModule.cs", () => new CaptureModule(), process => Touch(process, "/dev/capture")),
    ];

    /// <summary>Boots a kernel, loads the driver and lets a process use it.</summary>
    /// <returns>The oops; null when nothing happened.</returns>
    public static KernelOopsException? Run(BuggyDriver driver)
    {
        using var kernel = Kernel.Boot();
        kernel.AddDevice(new MmioMemory("Capture card", CaptureModule.CardStart, CaptureModule.CardSize));
        kernel.InsertModule(driver.NewModule());
        try
        {
            driver.Provoke(kernel.CreateProcess("victim"));
            return null;
        }
        catch (KernelOopsException oops)
        {
            return oops;
        }
    }

    private static void CopyAndPaste(UserProcess process)
    {
        int fd = process.Open("/dev/clipboard", OpenFlags.ReadWrite);
        process.Write(fd, "to be pasted"u8);
        process.Lseek(fd, 0);
        process.Read(fd, new byte[64]);
    }

    private static void Touch(UserProcess process, string device)
    {
        int fd = process.Open(device, OpenFlags.ReadWrite);
        UserVirtualAddress area = process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, fd);
        process.Load<uint>(area);
    }
}
