namespace DriverKit.Tests.Support;

/// <summary>The machines that tests boot: small ones, and one with high memory.</summary>
internal static class Machines
{
    public static TheoryData<Architecture> Architectures => [Architecture.I386, Architecture.I386Pae, Architecture.X8664];

    public static Kernel Boot(Architecture architecture = Architecture.I386, KernelEra era = KernelEra.Linux2620) =>
        Kernel.Boot(new MachineOptions { MemorySize = 32.MiB(), Architecture = architecture }, new KernelOptions { Era = era });

    /// <summary>1 GiB on i386: 128 MiB of it are high memory.</summary>
    public static Kernel BootWithHighMemory(Architecture architecture = Architecture.I386) =>
        Kernel.Boot(new MachineOptions { MemorySize = 1.GiB(), Architecture = architecture });

    public static ulong FreePages(this Kernel kernel) => kernel.Memory.PageAllocator.FreePageCount;

    public static string Buddyinfo(this Kernel kernel) => kernel.ReadFile("/proc/buddyinfo");

    /// <summary>Runs code where driver code runs and gives back what it returns.</summary>
    public static T Run<T>(this Kernel kernel, Func<T> code)
    {
        T result = default!;
        kernel.RunKernelThread(() => result = code());
        return result;
    }

    public static string[] LogLines(this Kernel kernel) => [.. kernel.Log.Lines.Select(line => line.Message)];
}
