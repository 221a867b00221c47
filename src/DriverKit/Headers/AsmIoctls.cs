using DriverKit.Vfs;

namespace DriverKit.Headers;

/// <summary><c>asm/ioctls.h</c>: commands that the kernel carries out itself; no driver sees them, but for <see cref="Fionread"/>.</summary>
/// <remarks>Source: include/asm-i386/ioctls.h of Linux 2.6.20; ioctl_list(2).</remarks>
public static class AsmIoctls
{
    /// <summary><c>FIONREAD</c>: stores an int: bytes from the position to the end of a regular file. Every other file's driver answers for itself.</summary>
    public const uint Fionread = IoctlCalls.Fionread;

    /// <summary><c>FIONBIO</c>: reads an int: whether O_NONBLOCK shall be on.</summary>
    public const uint Fionbio = IoctlCalls.Fionbio;

    /// <summary><c>FIOASYNC</c>: reads an int: whether O_ASYNC shall be on. ENOTTY for a driver without fasync.</summary>
    public const uint Fioasync = IoctlCalls.Fioasync;

    /// <summary><c>FIONCLEX</c>: the descriptor stays open over execve().</summary>
    public const uint Fionclex = IoctlCalls.Fionclex;

    /// <summary><c>FIOCLEX</c>: execve() closes the descriptor.</summary>
    public const uint Fioclex = IoctlCalls.Fioclex;

    /// <summary><c>FIOQSIZE</c>: stores a 64-bit number: bytes that a regular file or a directory takes up. ENOTTY for everything else.</summary>
    public const uint Fioqsize = IoctlCalls.Fioqsize;
}
