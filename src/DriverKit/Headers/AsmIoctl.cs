using System.Diagnostics.Contracts;
using System.Runtime.CompilerServices;

namespace DriverKit.Headers;

/// <summary><c>asm/ioctl.h</c>: how the number of an ioctl command says whose it is, which way data goes, and how many bytes. Every context.</summary>
/// <remarks>A case label wants a constant, and these are methods: keep commands in <c>static readonly uint</c> fields and switch over <see cref="IocNr"/>, or compare.
/// Source: include/asm-generic/ioctl.h of Linux 2.6.20. <code>
///   31 30 29            16 15         8 7          0
///  +-----+----------------+------------+------------+
///  | dir |      size      |    type    |     nr     |
///  +-----+----------------+------------+------------+
/// </code></remarks>
public static class AsmIoctl
{
    /// <summary><c>_IOC_NRBITS</c>.</summary>
    public const int IocNrbits = 8;

    /// <summary><c>_IOC_TYPEBITS</c>.</summary>
    public const int IocTypebits = 8;

    /// <summary><c>_IOC_SIZEBITS</c>.</summary>
    public const int IocSizebits = 14;

    /// <summary><c>_IOC_DIRBITS</c>.</summary>
    public const int IocDirbits = 2;

    /// <summary><c>_IOC_NRSHIFT</c>.</summary>
    public const int IocNrshift = 0;

    /// <summary><c>_IOC_TYPESHIFT</c>.</summary>
    public const int IocTypeshift = IocNrshift + IocNrbits;

    /// <summary><c>_IOC_SIZESHIFT</c>.</summary>
    public const int IocSizeshift = IocTypeshift + IocTypebits;

    /// <summary><c>_IOC_DIRSHIFT</c>.</summary>
    public const int IocDirshift = IocSizeshift + IocSizebits;

    /// <summary><c>_IOC_NONE</c>: the argument is a number, or there is none.</summary>
    public const uint IocNone = 0;

    /// <summary><c>_IOC_WRITE</c>: the process writes, the driver gets data.</summary>
    public const uint IocWrite = 1;

    /// <summary><c>_IOC_READ</c>: the process reads, the driver stores data through the pointer.</summary>
    public const uint IocRead = 2;

    /// <summary><c>_IOC(dir, type, nr, size)</c>: a command.</summary>
    /// <param name="direction">As the process sees it: <see cref="IocNone"/>, <see cref="IocRead"/>, <see cref="IocWrite"/> or both.</param>
    /// <param name="type">The driver's magic number, often a letter.</param>
    /// <param name="nr">The number of the command.</param>
    /// <param name="size">Bytes of what the pointer points to.</param>
    [Pure]
    public static uint Ioc(uint direction, uint type, uint nr, uint size) =>
        (direction << IocDirshift) | (type << IocTypeshift) | (nr << IocNrshift) | (size << IocSizeshift);

    /// <summary><c>_IO(type, nr)</c>: a command without data.</summary>
    /// <param name="type">The driver's magic number, often a letter.</param>
    /// <param name="nr">The number of the command.</param>
    [Pure]
    public static uint Io(uint type, uint nr) => Ioc(IocNone, type, nr, 0);

    /// <summary><c>_IOR(type, nr, size)</c>: the process reads a <typeparamref name="T"/>. Where C says <c>int</c>, so does C#; C's <c>long</c> and pointers are as wide as the machine.</summary>
    /// <param name="type">The driver's magic number, often a letter.</param>
    /// <param name="nr">The number of the command.</param>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has more than 16,383 bytes; in C that does not link.</exception>
    [Pure]
    public static uint Ior<T>(uint type, uint nr) where T : unmanaged => Ioc(IocRead, type, nr, IocTypecheck<T>());

    /// <summary><c>_IOW(type, nr, size)</c>: the process writes a <typeparamref name="T"/>.</summary>
    /// <param name="type">The driver's magic number, often a letter.</param>
    /// <param name="nr">The number of the command.</param>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has more than 16,383 bytes; in C that does not link.</exception>
    [Pure]
    public static uint Iow<T>(uint type, uint nr) where T : unmanaged => Ioc(IocWrite, type, nr, IocTypecheck<T>());

    /// <summary><c>_IOWR(type, nr, size)</c>: the process writes a <typeparamref name="T"/> and reads it back.</summary>
    /// <param name="type">The driver's magic number, often a letter.</param>
    /// <param name="nr">The number of the command.</param>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has more than 16,383 bytes; in C that does not link.</exception>
    [Pure]
    public static uint Iowr<T>(uint type, uint nr) where T : unmanaged => Ioc(IocRead | IocWrite, type, nr, IocTypecheck<T>());

    /// <summary><c>_IOC_DIR(cmd)</c>: <see cref="IocNone"/>, <see cref="IocRead"/>, <see cref="IocWrite"/> or both.</summary>
    [Pure]
    public static uint IocDir(uint command) => command >> IocDirshift;

    /// <summary><c>_IOC_TYPE(cmd)</c>: the magic number.</summary>
    [Pure]
    public static uint IocType(uint command) => (command >> IocTypeshift) & ((1u << IocTypebits) - 1);

    /// <summary><c>_IOC_NR(cmd)</c>: the number of the command.</summary>
    [Pure]
    public static uint IocNr(uint command) => (command >> IocNrshift) & ((1u << IocNrbits) - 1);

    /// <summary><c>_IOC_SIZE(cmd)</c>: bytes of what the pointer points to.</summary>
    [Pure]
    public static uint IocSize(uint command) => (command >> IocSizeshift) & ((1u << IocSizebits) - 1);

    /// <summary><c>_IOC_TYPECHECK(t)</c>.</summary>
    private static uint IocTypecheck<T>() where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        return size < 1 << IocSizebits
            ? (uint)size
            : throw new ArgumentException($"{typeof(T).Name} has {size} bytes; the number of an ioctl command has room for {(1 << IocSizebits) - 1}.");
    }
}
