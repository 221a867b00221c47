using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/kernel.h</c>.</summary>
/// <remarks>Source: include/linux/kernel.h and kernel/printk.c of Linux 2.6.20.</remarks>
public static class LinuxKernel
{
    /// <summary><c>printk(KERN_WARNING …)</c>: the level of a line that gives none. Every context; never sleeps.</summary>
    public static void Printk(string message) => Printk(LogLevel.Warning, message);

    /// <summary><c>printk(KERN_… …)</c>. Every context; never sleeps.</summary>
    public static void Printk(LogLevel level, string message) => Kernel.Current("printk").Log.Write(level, message);

    /// <summary><c>might_sleep()</c>: says that the caller may sleep, and checks that it may.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MightSleep]
    public static void MightSleep() => AtomicContext.MightSleep(Kernel.Current("might_sleep").Machine, "might_sleep");
}
