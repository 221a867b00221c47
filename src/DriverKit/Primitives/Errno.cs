using System.Globalization;

namespace DriverKit.Primitives;

/// <summary>A Linux error number. Negated it is a <see cref="KernelResult"/>: <c>return -Errno.EFAULT;</c>, or, with
/// <c>using static DriverKit.Headers.AsmErrno</c>, <c>return -EFAULT;</c>.</summary>
/// <remarks>Numbers and names are those of <c>asm-generic/errno-base.h</c>, <c>asm-generic/errno.h</c> and <c>linux/errno.h</c>; the texts are what <c>strerror</c> says.</remarks>
/// <param name="Number">The positive number.</param>
public readonly record struct Errno(int Number)
{
    private static readonly Dictionary<int, (string Name, string Message)> Table = new()
    {
        [1] = ("EPERM", "Operation not permitted"),
        [2] = ("ENOENT", "No such file or directory"),
        [3] = ("ESRCH", "No such process"),
        [4] = ("EINTR", "Interrupted system call"),
        [5] = ("EIO", "Input/output error"),
        [6] = ("ENXIO", "No such device or address"),
        [7] = ("E2BIG", "Argument list too long"),
        [8] = ("ENOEXEC", "Exec format error"),
        [9] = ("EBADF", "Bad file descriptor"),
        [10] = ("ECHILD", "No child processes"),
        [11] = ("EAGAIN", "Resource temporarily unavailable"),
        [12] = ("ENOMEM", "Cannot allocate memory"),
        [13] = ("EACCES", "Permission denied"),
        [14] = ("EFAULT", "Bad address"),
        [15] = ("ENOTBLK", "Block device required"),
        [16] = ("EBUSY", "Device or resource busy"),
        [17] = ("EEXIST", "File exists"),
        [18] = ("EXDEV", "Invalid cross-device link"),
        [19] = ("ENODEV", "No such device"),
        [20] = ("ENOTDIR", "Not a directory"),
        [21] = ("EISDIR", "Is a directory"),
        [22] = ("EINVAL", "Invalid argument"),
        [23] = ("ENFILE", "Too many open files in system"),
        [24] = ("EMFILE", "Too many open files"),
        [25] = ("ENOTTY", "Inappropriate ioctl for device"),
        [26] = ("ETXTBSY", "Text file busy"),
        [27] = ("EFBIG", "File too large"),
        [28] = ("ENOSPC", "No space left on device"),
        [29] = ("ESPIPE", "Illegal seek"),
        [30] = ("EROFS", "Read-only file system"),
        [31] = ("EMLINK", "Too many links"),
        [32] = ("EPIPE", "Broken pipe"),
        [33] = ("EDOM", "Numerical argument out of domain"),
        [34] = ("ERANGE", "Numerical result out of range"),
        [35] = ("EDEADLK", "Resource deadlock avoided"),
        [36] = ("ENAMETOOLONG", "File name too long"),
        [37] = ("ENOLCK", "No locks available"),
        [38] = ("ENOSYS", "Function not implemented"),
        [39] = ("ENOTEMPTY", "Directory not empty"),
        [40] = ("ELOOP", "Too many levels of symbolic links"),
        [61] = ("ENODATA", "No data available"),
        [62] = ("ETIME", "Timer expired"),
        [71] = ("EPROTO", "Protocol error"),
        [75] = ("EOVERFLOW", "Value too large for defined data type"),
        [90] = ("EMSGSIZE", "Message too long"),
        [95] = ("EOPNOTSUPP", "Operation not supported"),
        [98] = ("EADDRINUSE", "Address already in use"),
        [110] = ("ETIMEDOUT", "Connection timed out"),
        [114] = ("EALREADY", "Operation already in progress"),
        [115] = ("EINPROGRESS", "Operation now in progress"),
        [116] = ("ESTALE", "Stale file handle"),
        [125] = ("ECANCELED", "Operation canceled"),
        [529] = ("EIOCBQUEUED", "iocb queued, will get completion event (never seen by a user program)"),
        [512] = ("ERESTARTSYS", "Restart the system call (never seen by a user program)"),
        [513] = ("ERESTARTNOINTR", "Restart the system call in any case (never seen by a user program)"),
        [514] = ("ERESTARTNOHAND", "Restart the system call unless a handler ran (never seen by a user program)"),
        [515] = ("ENOIOCTLCMD", "No such ioctl command (never seen by a user program)"),
        [516] = ("ERESTART_RESTARTBLOCK", "Restart the system call with what is left of its time (never seen by a user program)"),
    };

    /// <summary>No error.</summary>
    public static Errno None => default;

    /// <summary><c>EPERM</c> (1): Operation not permitted.</summary>
    public static Errno EPERM => new(1);

    /// <summary><c>ENOENT</c> (2): No such file or directory.</summary>
    public static Errno ENOENT => new(2);

    /// <summary><c>ESRCH</c> (3): No such process.</summary>
    public static Errno ESRCH => new(3);

    /// <summary><c>EINTR</c> (4): Interrupted system call.</summary>
    public static Errno EINTR => new(4);

    /// <summary><c>EIO</c> (5): Input/output error.</summary>
    public static Errno EIO => new(5);

    /// <summary><c>ENXIO</c> (6): No such device or address.</summary>
    public static Errno ENXIO => new(6);

    /// <summary><c>E2BIG</c> (7): Argument list too long.</summary>
    public static Errno E2BIG => new(7);

    /// <summary><c>ENOEXEC</c> (8): Exec format error.</summary>
    public static Errno ENOEXEC => new(8);

    /// <summary><c>EBADF</c> (9): Bad file descriptor.</summary>
    public static Errno EBADF => new(9);

    /// <summary><c>ECHILD</c> (10): No child processes.</summary>
    public static Errno ECHILD => new(10);

    /// <summary><c>EAGAIN</c> (11): Resource temporarily unavailable.</summary>
    public static Errno EAGAIN => new(11);

    /// <summary><c>ENOMEM</c> (12): Cannot allocate memory.</summary>
    public static Errno ENOMEM => new(12);

    /// <summary><c>EACCES</c> (13): Permission denied.</summary>
    public static Errno EACCES => new(13);

    /// <summary><c>EFAULT</c> (14): Bad address.</summary>
    public static Errno EFAULT => new(14);

    /// <summary><c>ENOTBLK</c> (15): Block device required.</summary>
    public static Errno ENOTBLK => new(15);

    /// <summary><c>EBUSY</c> (16): Device or resource busy.</summary>
    public static Errno EBUSY => new(16);

    /// <summary><c>EEXIST</c> (17): File exists.</summary>
    public static Errno EEXIST => new(17);

    /// <summary><c>EXDEV</c> (18): Invalid cross-device link.</summary>
    public static Errno EXDEV => new(18);

    /// <summary><c>ENODEV</c> (19): No such device.</summary>
    public static Errno ENODEV => new(19);

    /// <summary><c>ENOTDIR</c> (20): Not a directory.</summary>
    public static Errno ENOTDIR => new(20);

    /// <summary><c>EISDIR</c> (21): Is a directory.</summary>
    public static Errno EISDIR => new(21);

    /// <summary><c>EINVAL</c> (22): Invalid argument.</summary>
    public static Errno EINVAL => new(22);

    /// <summary><c>ENFILE</c> (23): Too many open files in system.</summary>
    public static Errno ENFILE => new(23);

    /// <summary><c>EMFILE</c> (24): Too many open files.</summary>
    public static Errno EMFILE => new(24);

    /// <summary><c>ENOTTY</c> (25): Inappropriate ioctl for device.</summary>
    public static Errno ENOTTY => new(25);

    /// <summary><c>ETXTBSY</c> (26): Text file busy.</summary>
    public static Errno ETXTBSY => new(26);

    /// <summary><c>EFBIG</c> (27): File too large.</summary>
    public static Errno EFBIG => new(27);

    /// <summary><c>ENOSPC</c> (28): No space left on device.</summary>
    public static Errno ENOSPC => new(28);

    /// <summary><c>ESPIPE</c> (29): Illegal seek.</summary>
    public static Errno ESPIPE => new(29);

    /// <summary><c>EROFS</c> (30): Read-only file system.</summary>
    public static Errno EROFS => new(30);

    /// <summary><c>EMLINK</c> (31): Too many links.</summary>
    public static Errno EMLINK => new(31);

    /// <summary><c>EPIPE</c> (32): Broken pipe.</summary>
    public static Errno EPIPE => new(32);

    /// <summary><c>EDOM</c> (33): Numerical argument out of domain.</summary>
    public static Errno EDOM => new(33);

    /// <summary><c>ERANGE</c> (34): Numerical result out of range.</summary>
    public static Errno ERANGE => new(34);

    /// <summary><c>EDEADLK</c> (35): Resource deadlock avoided.</summary>
    public static Errno EDEADLK => new(35);

    /// <summary><c>ENAMETOOLONG</c> (36): File name too long.</summary>
    public static Errno ENAMETOOLONG => new(36);

    /// <summary><c>ENOLCK</c> (37): No locks available.</summary>
    public static Errno ENOLCK => new(37);

    /// <summary><c>ENOSYS</c> (38): Function not implemented.</summary>
    public static Errno ENOSYS => new(38);

    /// <summary><c>ENOTEMPTY</c> (39): Directory not empty.</summary>
    public static Errno ENOTEMPTY => new(39);

    /// <summary><c>ELOOP</c> (40): Too many levels of symbolic links.</summary>
    public static Errno ELOOP => new(40);

    /// <summary><c>ENODATA</c> (61): No data available.</summary>
    public static Errno ENODATA => new(61);

    /// <summary><c>ETIME</c> (62): Timer expired.</summary>
    public static Errno ETIME => new(62);

    /// <summary><c>EPROTO</c> (71): Protocol error.</summary>
    public static Errno EPROTO => new(71);

    /// <summary><c>EOVERFLOW</c> (75): Value too large for defined data type.</summary>
    public static Errno EOVERFLOW => new(75);

    /// <summary><c>EMSGSIZE</c> (90): Message too long.</summary>
    public static Errno EMSGSIZE => new(90);

    /// <summary><c>EOPNOTSUPP</c> (95): Operation not supported.</summary>
    public static Errno EOPNOTSUPP => new(95);

    /// <summary><c>EADDRINUSE</c> (98): Address already in use.</summary>
    public static Errno EADDRINUSE => new(98);

    /// <summary><c>ETIMEDOUT</c> (110): Connection timed out.</summary>
    public static Errno ETIMEDOUT => new(110);

    /// <summary><c>EALREADY</c> (114): Operation already in progress.</summary>
    public static Errno EALREADY => new(114);

    /// <summary><c>EINPROGRESS</c> (115): Operation now in progress.</summary>
    public static Errno EINPROGRESS => new(115);

    /// <summary><c>ESTALE</c> (116): Stale file handle.</summary>
    public static Errno ESTALE => new(116);

    /// <summary><c>ECANCELED</c> (125): Operation canceled.</summary>
    public static Errno ECANCELED => new(125);

    /// <summary><c>EIOCBQUEUED</c> (529): a driver's aio_read or aio_write has begun, and <c>aio_complete()</c> will say how it ended (never seen by a user program).</summary>
    public static Errno EIOCBQUEUED => new(529);

    /// <summary><c>ERESTARTSYS</c> (512): Restart the system call (never seen by a user program).</summary>
    public static Errno ERESTARTSYS => new(512);

    /// <summary><c>ENOIOCTLCMD</c> (515): No such ioctl command (never seen by a user program).</summary>
    public static Errno ENOIOCTLCMD => new(515);

    /// <summary><c>ERESTARTNOINTR</c> (513): Restart the system call in any case (never seen by a user program).</summary>
    public static Errno ERESTARTNOINTR => new(513);

    /// <summary><c>ERESTARTNOHAND</c> (514): Restart the system call unless a handler ran (never seen by a user program).</summary>
    public static Errno ERESTARTNOHAND => new(514);

    /// <summary><c>ERESTART_RESTARTBLOCK</c> (516): Restart the system call with what is left of its time (never seen by a user program).</summary>
    public static Errno ERESTART_RESTARTBLOCK => new(516);

    /// <summary>Asks the kernel to make the call again after a signal; a process never sees it.</summary>
    internal bool IsRestart => this == ERESTARTSYS || this == ERESTARTNOINTR || this == ERESTARTNOHAND || this == ERESTART_RESTARTBLOCK;

    /// <summary>The symbolic name, <c>EFAULT</c>.</summary>
    public string Name => Table.TryGetValue(Number, out var entry) ? entry.Name : Number == 0 ? "0" : "E" + Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What <c>strerror</c> says.</summary>
    public string Message => Table.TryGetValue(Number, out var entry) ? entry.Message : Number == 0 ? "Success" : "Unknown error " + Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>All error numbers that have a name, in numerical order.</summary>
    public static IEnumerable<Errno> All => Table.Keys.Order().Select(number => new Errno(number));

    /// <summary>The negated errno as a result.</summary>
    public static KernelResult operator -(Errno errno) => KernelResult.FromErrno(errno);

    /// <summary>The symbolic name.</summary>
    public override string ToString() => Name;
}
