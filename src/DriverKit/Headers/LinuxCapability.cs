using DriverKit.Contracts;

namespace DriverKit.Headers;

/// <summary><c>linux/capability.h</c>: what only privileged processes may do. Every context.</summary>
/// <remarks>Source: kernel/capability.c of Linux 2.6.20.</remarks>
public static class LinuxCapability
{
    /// <summary><c>capable(cap)</c>: true when the task that runs may do it; otherwise return -EPERM.</summary>
    public static bool Capable(Capability capability) => Kernel.Current("capable").CurrentTask.Cred.Has(capability);
}
